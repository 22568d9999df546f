import { useQuery } from "@tanstack/react-query";
import { use, useMemo } from "react";
import type { Json } from "../../../core/model/json.ts";
import { call } from "../api/client.ts";
import { SessionContext } from "../shell/session.ts";
import type { Checked } from "./checker.ts";

const DAY_MS = 86_400_000;
/** As a new workspace keeps events; its own is asked for, and a publish refuses by that. */
const RETENTION_DAYS = 400;

/**
 * Checks a rule as it is edited, in the browser.
 * @returns undefined until the checker is loaded; the same object while the rule is the same
 */
export function useChecked(rule: Json): Checked | undefined {
  const zone = use(SessionContext)?.workspace.timeZone ?? "UTC";
  const checker = useQuery({
    queryKey: ["rules", "checker"],
    queryFn: () => import("./checker.ts"),
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const workspace = useQuery({ queryKey: ["rules", "workspace"], queryFn: retention, staleTime: 60_000, retry: false });
  const check = checker.data?.checkAndDescribe;
  const retentionMs = (workspace.data ?? RETENTION_DAYS) * DAY_MS;
  return useMemo(() => check?.(rule, { zone, retentionMs, now: Date.now() }), [check, rule, zone, retentionMs]);
}

async function retention(): Promise<number> {
  return (await call.GET("/api/workspace")).data?.retentionDays ?? RETENTION_DAYS;
}

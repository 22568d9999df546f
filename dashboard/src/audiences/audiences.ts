import { useQuery } from "@tanstack/react-query";
import { api, call } from "../api/client.ts";
import type { Audience, AudienceSizeLine } from "../api/types.ts";
import { useDraftChanges } from "../shell/drafts.ts";

/** Of the largest workspace. */
const MOST = 10_000;

/** Every audience, page after page. */
export function useAllAudiences() {
  return useQuery({ queryKey: ["audiences"], queryFn: allAudiences });
}

async function allAudiences(): Promise<readonly Audience[]> {
  const found: Audience[] = [];
  for (let cursor: string | null = ""; cursor !== null && found.length < MOST;) {
    const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor === "" ? {} : { cursor }) };
    const { data } = await call.GET("/api/audiences", { params: { query } });
    found.push(...(data?.audiences ?? []));
    cursor = data?.next ?? null;
  }
  return found;
}

/** How each moved in a week, by its key. */
export function useSizeLines(): ReadonlyMap<string, AudienceSizeLine> {
  const { data } = api.useQuery("get", "/api/sizes", { params: { query: {} } });
  return new Map(data?.audiences.map((line) => [line.key, line]));
}

export type State = "live" | "draft" | "changed" | "removed";

/** Of each audience that is not simply live. */
export function useStates(): ReadonlyMap<string, State> {
  const { data } = useDraftChanges();
  const changes = data?.changes.filter(({ kind }) => kind === "audience") ?? [];
  return new Map(changes.map(({ key, change }) => [key, change === "added" ? "draft" : change]));
}

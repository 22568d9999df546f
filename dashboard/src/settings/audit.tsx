import { Anchor, Button, Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { call } from "../api/client.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty, Failed } from "../parts/states.tsx";
import { useSession } from "../shell/session.ts";
import { useSettingsWords } from "./words.ts";

/** Who changed what, and who read which person; the newest first. */
export function AuditScreen(): ReactNode {
  const say = useSettingsWords();
  const { workspace } = useSession();
  const numbers = useNumbers(workspace.timeZone);
  const audit = useInfiniteQuery({
    queryKey: ["audit"],
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const query = { limit: 50, ...(pageParam === "" ? {} : { cursor: pageParam }) };
      const { data } = await call.GET("/api/audit", { params: { query } });
      return data ?? { entries: [], next: null };
    },
    getNextPageParam: ({ next }) => next,
  });
  if (audit.isError) return <Failed error={audit.error} retry={() => void audit.refetch()} />;
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  if (audit.data !== undefined && entries.length === 0) return <Empty title={say("noAudit")} />;
  return (
    <Stack>
      <DataTable
        label={say("audit")}
        head={[say("when"), say("who"), say("did"), say("to")]}
        rows={entries.map(({ at, actor, action, target }, place) => ({
          key: `${at} ${place}`,
          cells: [numbers.time(at), actor, action, <Target key="to" target={target} />],
        }))}
      />
      {audit.hasNextPage ? (
        <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          {say("more")}
        </Button>
      ) : null}
    </Stack>
  );
}

const SCREENS: Readonly<Record<string, string>> = { profile: "/people", audience: "/audiences", campaign: "/campaigns" };

function Target({ target }: { readonly target: string }): ReactNode {
  const [kind = "", id = ""] = target.split(":", 2);
  const screen = SCREENS[kind];
  return screen === undefined ? (
    target
  ) : (
    <Anchor component={Link} href={`${screen}/${id}`}>
      {id.length > 24 ? `${kind} ${id.slice(0, 10)}…` : target}
    </Anchor>
  );
}

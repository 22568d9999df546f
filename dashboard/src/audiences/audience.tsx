import { Button, Stack, Tabs, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { api, call, refresh } from "../api/client.ts";
import type { Audience } from "../api/types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { done } from "../parts/notices.tsx";
import { Page } from "../parts/page.tsx";
import { Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { usePartWords } from "../parts/words.ts";
import { useMay } from "../shell/session.ts";
import { useAudienceLines } from "./audiences.ts";
import { Composition } from "./composition.tsx";
import { AudienceEditor, bodyOf } from "./editor.tsx";
import { History } from "./history.tsx";
import { StateBadge } from "./list.tsx";
import { Overview } from "./overview.tsx";
import { Users } from "./users.tsx";
import { useAudienceWords } from "./words.ts";

const TABS = ["overview", "edit", "composition", "history"] as const;

/** One audience: what it means, who is in it, how it moves, and how it came to be. */
export function AudienceScreen({ audienceKey: key }: { readonly audienceKey: string }): ReactNode {
  const say = useAudienceWords();
  const [, go] = useLocation();
  const [tab, setTab] = useUrlState("tab", "overview");
  const mayWrite = useMay("rules:write");
  const line = useAudienceLines().get(key);
  const audience = api.useQuery("get", "/api/audiences/{key}", { params: { path: { key } } });
  const tabs = TABS.filter((one) => one !== "composition" || mayWrite);
  return (
    <Page
      title={audience.data?.name ?? key}
      back={{ to: "/audiences", text: say("title") }}
      lead={audience.data === undefined ? undefined : audience.data.description || undefined}
      actions={
        audience.data === undefined ? undefined : (
          <>
            <StateBadge state={line?.state ?? null} />
            {mayWrite ? (
              <>
                <Button variant="default" onClick={() => go(`/audiences/+new?from=${key}`)}>
                  {say("duplicate")}
                </Button>
                <Delete audience={audience.data} />
              </>
            ) : null}
          </>
        )
      }
    >
      <Loaded query={audience} rows={8}>
        {(held) => (
          <Tabs value={tab} onChange={(chosen) => setTab(chosen ?? "overview")} keepMounted={false}>
            <Tabs.List>
              {tabs.map((one) => (
                <Tabs.Tab key={one} value={one}>
                  {say(one)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="overview" pt="md">
              <Overview audience={held} />
            </Tabs.Panel>
            <Tabs.Panel value="edit" pt="md">
              <AudienceEditor key={held.updatedAt} audience={held} isNew={false} />
            </Tabs.Panel>
            <Tabs.Panel value="composition" pt="md">
              <Composition rule={held.rule} />
            </Tabs.Panel>
            <Tabs.Panel value="history" pt="md">
              <History audienceKey={key} />
            </Tabs.Panel>
          </Tabs>
        )}
      </Loaded>
    </Page>
  );
}

function Delete({ audience }: { readonly audience: Audience }): ReactNode {
  const say = useAudienceWords();
  const part = usePartWords();
  const [, go] = useLocation();
  const { key, name } = audience;
  const params = { path: { key } };
  const users = useAudienceLines().get(key)?.usedBy ?? [];
  return (
    <Confirm
      variant="default"
      text={say("delete")}
      question={say("deleteQuestion", { name })}
      act={say("delete")}
      onAct={async () => {
        await call.DELETE("/api/audiences/{key}", { params });
        go("/audiences");
        await refresh();
        const undo = async (): Promise<void> => {
          await call.PUT("/api/audiences/{key}", { params, body: bodyOf(audience) });
          await refresh();
          done(part("undone"));
        };
        done(say("deleted"), { text: part("undo"), run: undo });
      }}
    >
      {users.length > 0 ? (
        <Stack gap="xs">
          <Text>{say("usedText")}</Text>
          <Users users={users} />
        </Stack>
      ) : (
        <Text>{say("deleteText")}</Text>
      )}
    </Confirm>
  );
}

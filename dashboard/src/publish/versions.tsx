import { Badge, Button, Group, Modal, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { api, call, refresh } from "../api/client.ts";
import type { RulesetVersion } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { Confirm } from "../parts/confirm.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { done } from "../parts/notices.tsx";
import { Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { usePartWords } from "../parts/words.ts";
import { useMay, useSession } from "../shell/session.ts";
import { ChangeCard } from "./change.tsx";
import { usePublishWords } from "./words.ts";

/** What was published when, by whom and why; each with what it changed, and a way back. */
export function Versions(): ReactNode {
  const say = usePublishWords();
  const part = usePartWords();
  const { workspace } = useSession();
  const numbers = useNumbers(workspace.timeZone);
  const mayPublish = useMay("rules:publish");
  const [shown, show] = useUrlState("version");
  const versions = api.useQuery("get", "/api/ruleset/versions", { params: { query: { limit: 50 } } });
  return (
    <Loaded query={versions}>
      {({ versions: all }) =>
        all.length === 0 ? null : (
          <Stack>
            <Title order={2} size="h4">
              {say("versions")}
            </Title>
            <DataTable
              label={say("versions")}
              head={[say("version"), say("when"), say("who"), say("what"), say("audiences"), ""]}
              numeric={[4]}
              rows={all.map((one) => ({
                key: String(one.version),
                cells: [
                  <Group key="version" gap="xs">
                    {one.version}
                    {one.live ? (
                      <Badge variant="default" tt="none">
                        {say("live")}
                      </Badge>
                    ) : null}
                  </Group>,
                  numbers.time(one.createdAt),
                  one.createdBy,
                  one.rolledBackFrom === null ? one.note : `${one.note} (${say("rolledBack", { version: one.rolledBackFrom })})`,
                  numbers.count(one.audiences),
                  <Group key="acts" gap={4} justify="flex-end">
                    <Button size="compact-sm" variant="default" onClick={() => show(String(one.version))}>
                      {say("diff")}
                    </Button>
                    {mayPublish && !one.live && one.state === "published" ? <Rollback to={one} /> : null}
                  </Group>,
                ],
              }))}
            />
            <Modal
              opened={shown !== ""}
              onClose={() => show("")}
              size="xl"
              title={`${say("version")} ${shown}`}
              closeButtonProps={{ "aria-label": part("close") }}
            >
              {shown === "" ? null : <Diff of={Number(shown)} before={before(all, Number(shown))} />}
            </Modal>
          </Stack>
        )
      }
    </Loaded>
  );
}

/** The version that was live before one. */
function before(all: readonly RulesetVersion[], version: number): number {
  return Math.max(0, ...all.filter((one) => one.version < version && one.state === "published").map((one) => one.version));
}

function Diff({ of, before: from }: { readonly of: number; readonly before: number }): ReactNode {
  const say = usePublishWords();
  const diff = api.useQuery("get", "/api/ruleset/diff", { params: { query: { from, to: of } } });
  return (
    <Loaded query={diff}>
      {({ changes }) => (
        <Stack>
          <Text c="dimmed">{say("changes", { count: changes.length })}</Text>
          {changes.map((change) => (
            <ChangeCard key={`${change.kind} ${change.key}`} change={change} />
          ))}
        </Stack>
      )}
    </Loaded>
  );
}

function Rollback({ to: { version } }: { readonly to: RulesetVersion }): ReactNode {
  const say = usePublishWords();
  return (
    <Confirm
      size="compact-sm"
      variant="default"
      text={say("rollback")}
      question={say("rollbackQuestion", { version })}
      act={say("rollback")}
      onAct={async () => {
        const { data } = await call.POST("/api/ruleset/rollback", { body: { version } });
        await refresh();
        if (data !== undefined) done(`${say("rollbackDone", { to: data.version, version })} ${say("draftsStay")}`);
      }}
    >
      <Text>{say("rollbackText")}</Text>
    </Confirm>
  );
}

import { Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { api, call, refresh } from "../api/client.ts";
import type { Source } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { Confirm } from "../parts/confirm.tsx";
import { CopyText } from "../parts/copy-text.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { done } from "../parts/notices.tsx";
import { SparkLine } from "../parts/spark-line.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { usePartWords } from "../parts/words.ts";
import { useMay } from "../shell/session.ts";
import { SourceForm } from "./source-form.tsx";
import { useDataWords } from "./words.ts";

/** Sites, apps and systems that send, each with its key and what to install. */
export function SourcesScreen(): ReactNode {
  const say = useDataWords();
  const part = usePartWords();
  const isAdmin = useMay("admin");
  const [chosen, choose] = useUrlState("source");
  const sources = api.useQuery("get", "/api/sources", { params: { query: { limit: 200 } } });
  const sent = api.useQuery("get", "/api/volume", {});
  const volume = new Map(sent.data?.sources.map(({ source, events }) => [source, events]));
  return (
    <Loaded query={sources}>
      {({ sources: all }) => {
        const source = all.find(({ key }) => key === chosen);
        return (
          <Stack>
            {isAdmin ? (
              <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => choose("+new")} w="fit-content">
                {say("newSource")}
              </Button>
            ) : null}
            {all.length === 0 ? (
              <Empty title={say("noSources")} text={say("noSourcesText")} />
            ) : (
              <DataTable
                label={say("sources")}
                head={[say("name"), say("kind"), say("channel"), say("party"), say("volume"), ""]}
                rows={all.map(({ key, name, kind, channel, party }) => ({
                  key,
                  cells: [
                    name,
                    say(`kind_${kind}`),
                    channel,
                    say(`party_${party}`),
                    <Volume key="volume" hours={volume.get(key)} />,
                    <Button key="open" size="compact-sm" variant="default" onClick={() => choose(key)}>
                      {say("install")}
                    </Button>,
                  ],
                }))}
              />
            )}
            <Drawer
              opened={chosen !== ""}
              onClose={() => choose("")}
              position="right"
              size="lg"
              title={source === undefined ? say("newSource") : source.name}
              closeButtonProps={{ "aria-label": part("close") }}
            >
              <Stack gap="lg">
                {source === undefined ? null : <Install source={source} />}
                {isAdmin ? <SourceForm key={chosen} source={source} onSaved={(key) => choose(key)} /> : null}
                {isAdmin && source !== undefined ? (
                  <Confirm
                    variant="light"
                    color="red"
                    w="fit-content"
                    text={say("deleteSource")}
                    question={say("deleteSourceQuestion", { name: source.name })}
                    act={say("deleteSource")}
                    onAct={async () => {
                      await call.DELETE("/api/sources/{key}", { params: { path: { key: source.key } } });
                      choose("");
                      await refresh();
                      done(say("deleted"));
                    }}
                  >
                    <Text>{say("deleteSourceText")}</Text>
                  </Confirm>
                ) : null}
              </Stack>
            </Drawer>
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** Events of a week: how many, and when. @param hours undefined where there were none */
function Volume({ hours }: { readonly hours: readonly number[] | undefined }): ReactNode {
  const numbers = useNumbers();
  if (hours === undefined) return "–";
  const days = Array.from({ length: 7 }, (_, day) => sum(hours.slice(day * 24, day * 24 + 24)));
  return (
    <Group gap="xs" wrap="nowrap">
      {numbers.count(sum(hours))}
      <SparkLine values={days} label={days.map((day) => numbers.count(day)).join(", ")} />
    </Group>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}

function Install({ source }: { readonly source: Source }): ReactNode {
  const say = useDataWords();
  const { origin } = window.location;
  const line =
    source.kind === "browser"
      ? `<script async src="${origin}/tag.js" data-key="${source.writeKey}"></script>`
      : `curl ${origin}/v1/track -H "X-Write-Key: ${source.writeKey}" -d '{"userId":"u1","event":"Order Completed","properties":{"value":42}}'`;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {say("writeKey")}
        </Text>
        <CopyText text={source.writeKey} />
      </Group>
      <Text size="sm">{say(source.kind === "browser" ? "installBrowser" : "installServer")}</Text>
      <CopyText text={line} block />
    </Stack>
  );
}

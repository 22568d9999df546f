import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { api, call, refresh } from "../api/client.ts";
import type { AudienceBody } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { useLanguage } from "../i18n/words.ts";
import { done, failed } from "../parts/notices.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useMay, useSession } from "../shell/session.ts";
import { useAudienceWords } from "./words.ts";

/** Every publish that changed an audience, each to be gone back to. */
export function History({ audienceKey: key }: { readonly audienceKey: string }): ReactNode {
  const say = useAudienceWords();
  const language = useLanguage();
  const { workspace } = useSession();
  const numbers = useNumbers(workspace.timeZone);
  const mayWrite = useMay("rules:write");
  const params = { path: { key } };
  const history = api.useQuery("get", "/api/audiences/{key}/history", { params: { ...params, query: {} } });
  const restore = async (version: number, held: Readonly<Record<string, unknown>>): Promise<void> => {
    try {
      await call.PUT("/api/audiences/{key}", { params, body: held as unknown as AudienceBody });
      await refresh();
      done(say("restored", { version }));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Loaded query={history}>
      {({ versions: entries }) =>
        entries.length === 0 ? (
          <Empty title={say("noHistory")} text={say("noHistoryText")} />
        ) : (
          <Stack>
            {entries.map(({ version, note, createdAt, createdBy, live, change, fields, content, sentences }) => (
              <Card key={version} withBorder component="article" aria-label={say("version", { version })}>
                <Group justify="space-between" align="flex-start">
                  <Stack gap={4}>
                    <Group gap="xs">
                      <Text fw={600}>{say("version", { version })}</Text>
                      {live ? <Badge variant="default">{say("live")}</Badge> : null}
                      <Text size="sm" c="dimmed">
                        {`${numbers.time(createdAt)} ${say("by", { who: createdBy })}`}
                      </Text>
                    </Group>
                    <Text size="sm">{say(`change_${change}`, { fields: numbers.list(fields) })}</Text>
                    {note === "" ? null : <Text size="sm">“{note}”</Text>}
                    {sentences === null ? null : <Text>{sentences[language]}</Text>}
                  </Stack>
                  {content === null || !mayWrite ? null : (
                    <Button variant="default" size="xs" onClick={() => void restore(version, content)}>
                      {say("restore")}
                    </Button>
                  )}
                </Group>
              </Card>
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

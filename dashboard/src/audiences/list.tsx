import { Anchor, Badge, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { AudienceLine } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Change } from "../parts/figure.tsx";
import { Page } from "../parts/page.tsx";
import { SparkLine } from "../parts/spark-line.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { useMay } from "../shell/session.ts";
import { useAllAudiences, useAudienceLines } from "./audiences.ts";
import { Users } from "./users.tsx";
import { useAudienceWords } from "./words.ts";

/** All audiences with how large they are and where they go. */
export function AudienceList(): ReactNode {
  const say = useAudienceWords();
  const numbers = useNumbers();
  const mayWrite = useMay("rules:write");
  const [words, setWords] = useUrlState("q");
  const audiences = useAllAudiences();
  const lines = useAudienceLines();
  const fits = (text: string): boolean => text.toLowerCase().includes(words.toLowerCase());
  return (
    <Page
      title={say("title")}
      lead={say("lead")}
      actions={
        mayWrite ? (
          <Button component={Link} href="/audiences/+new" leftSection={<Plus size={16} aria-hidden />}>
            {say("new")}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={audiences} rows={8}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={say("empty")} text={say("emptyText")}>
              {mayWrite ? (
                <Button component={Link} href="/audiences/+new">
                  {say("new")}
                </Button>
              ) : null}
            </Empty>
          ) : (
            <Stack>
              <TextInput
                label={say("filter")}
                value={words}
                onChange={(event) => setWords(event.currentTarget.value)}
                w={{ base: "100%", sm: 320 }}
              />
              <DataTable
                label={say("title")}
                head={[say("name"), say("size"), say("change"), say("trend"), say("usedBy"), say("state")]}
                numeric={[1]}
                rows={all
                  .filter(({ key, name, tags }) => [key, name, ...tags].some(fits))
                  .map(({ key, name, description, tags }) => {
                    const line = lines.get(key);
                    const now = line?.now ?? 0;
                    return {
                      key,
                      cells: [
                        <Stack key="name" gap={2}>
                          <Anchor component={Link} href={`/audiences/${key}`}>
                            {name}
                          </Anchor>
                          <Text size="xs" c="dimmed" component="span">
                            {description}
                          </Text>
                          <Group gap={4}>
                            {tags.map((tag) => (
                              <Badge key={tag} size="xs" variant="default">
                                {tag}
                              </Badge>
                            ))}
                          </Group>
                        </Stack>,
                        numbers.count(now),
                        line === undefined ? "–" : <Change key="change" now={now} before={now - line.change} />,
                        line === undefined ? (
                          ""
                        ) : (
                          <SparkLine
                            key="trend"
                            values={line.series}
                            label={`${numbers.count(line.series[0] ?? 0)} → ${numbers.count(now)}`}
                          />
                        ),
                        <Users key="users" users={line?.usedBy ?? []} />,
                        line === undefined ? "" : <StateBadge key="state" state={line.state} />,
                      ],
                    };
                  })}
              />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Where an audience stands between being written and being live. */
export function StateBadge({ state }: Pick<AudienceLine, "state">): ReactNode {
  const say = useAudienceWords();
  if (state === null) return null;
  return (
    <Badge variant="light" color={state === "live" ? "teal" : "yellow"} c="var(--mantine-color-text)" tt="none">
      {say(`state_${state}`)}
    </Badge>
  );
}

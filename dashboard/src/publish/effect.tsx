import { Anchor, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api } from "../api/client.ts";
import type { RulesetEffect } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Loaded } from "../parts/states.tsx";
import { usePublishWords } from "./words.ts";

type Size = RulesetEffect["audiences"][number]["before"];

/** Whom the publish of what waits would bring in and let go. */
export function Effect(): ReactNode {
  const say = usePublishWords();
  const numbers = useNumbers();
  const effect = api.useQuery("post", "/api/ruleset/effect", { body: {} });
  const written = (size: Size): string => {
    if (size === null) return "–";
    const estimate = numbers.count(size.estimate);
    return size.exact ? estimate : say("about", { estimate, low: numbers.count(size.low), high: numbers.count(size.high) });
  };
  return (
    <Stack component="section" gap="xs" aria-label={say("effect")}>
      <Title order={2} size="h4">
        {say("effect")}
      </Title>
      <Loaded query={effect} rows={3}>
        {({ people, affected, audiences }) => (
          <>
            <Text size="sm" c="dimmed">
              {[
                say("effectText", { count: people }),
                ...(affected > audiences.length ? [say("effectMore", { count: affected - audiences.length })] : []),
              ].join(" ")}
            </Text>
            {audiences.length === 0 ? null : (
              <DataTable
                label={say("effect")}
                head={[
                  say("kind_audience"),
                  say("because"),
                  say("effectNow"),
                  say("effectThen"),
                  say("effectEntered"),
                  say("effectExited"),
                ]}
                numeric={[2, 3, 4, 5]}
                rows={audiences.map(({ key, name, because, before, after, entered, exited }) => ({
                  key,
                  cells: [
                    <Anchor key="name" component={Link} href={`/audiences/${key}`}>
                      {name}
                    </Anchor>,
                    say(`because_${because}`),
                    ...[before, after, entered, exited].map(written),
                  ],
                }))}
              />
            )}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

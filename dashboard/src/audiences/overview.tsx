import { Card, Group, Stack, Text, Title } from "@mantine/core";
import { lazy, Suspense, type ReactNode } from "react";
import { api } from "../api/client.ts";
import type { Audience } from "../api/types.ts";
import { useLanguage } from "../i18n/words.ts";
import { Figure } from "../parts/figure.tsx";
import { Loaded } from "../parts/states.tsx";
import { Tiles } from "../parts/tiles.tsx";
import { useSession } from "../shell/session.ts";
import { useAudienceLines } from "./audiences.ts";
import { Users } from "./users.tsx";
import { useAudienceWords } from "./words.ts";

const TimeChart = lazy(async () => ({ default: (await import("../parts/time-chart.tsx")).TimeChart }));

/** What an audience means, how large it is, and how it came to that. */
export function Overview({ audience }: { readonly audience: Audience }): ReactNode {
  const say = useAudienceWords();
  const { workspace } = useSession();
  const language = useLanguage();
  const { key } = audience;
  const size = api.useQuery(
    "get",
    "/api/audiences/{key}/size",
    { params: { path: { key }, query: {} } },
    { refetchInterval: 30_000 },
  );
  const line = useAudienceLines().get(key);
  const meaning = api.useQuery("post", "/api/rules/validate", { body: { rule: audience.rule } });
  return (
    <Stack>
      <Card withBorder component="section" aria-label={say("means")}>
        <Text size="sm" c="dimmed">
          {say("means")}
        </Text>
        <Text size="lg">{meaning.data?.sentences[language] ?? "…"}</Text>
      </Card>
      <Loaded query={size} rows={6}>
        {({ now, series, publishes }) => {
          const sum = (of: (hour: (typeof series)[number]) => number): number =>
            series.reduce((total, hour) => total + of(hour), 0);
          return (
            <>
              <Tiles>
                <Figure name={say("nowIn")} value={now} before={series[0]?.size ?? 0} against={say("change")} />
                <Figure name={say("entered")} value={sum((hour) => hour.entered + hour.publish.entered)} note={say("change")} />
                <Figure name={say("exited")} value={sum((hour) => hour.exited + hour.publish.exited)} note={say("change")} />
              </Tiles>
              <Title order={2} size="h4">
                {say("perHour")}
              </Title>
              <Suspense>
                <TimeChart
                  label={say("perHour")}
                  zone={workspace.timeZone}
                  times={series.map(({ time }) => time)}
                  series={[
                    { name: say("size"), values: series.map((hour) => hour.size) },
                    { name: say("entered"), values: series.map((hour) => hour.entered + hour.publish.entered), as: "bars" },
                  ]}
                  marks={publishes.map(({ time, version, note }) => ({ at: time, text: say("published", { version, note }) }))}
                />
              </Suspense>
            </>
          );
        }}
      </Loaded>
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {say("usedBy")}
        </Text>
        {line === undefined ? null : line.usedBy.length === 0 ? (
          <Text size="sm">{say("usedByNobody")}</Text>
        ) : (
          <Users users={line.usedBy} />
        )}
      </Group>
    </Stack>
  );
}

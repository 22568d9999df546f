import { Alert, Anchor, Card, List, Stack, Text, Title } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api } from "../api/client.ts";
import type { Home as HomeData } from "../api/types.ts";
import { useAllAudiences } from "../audiences/audiences.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Change, Figure } from "../parts/figure.tsx";
import { Page } from "../parts/page.tsx";
import { SparkLine } from "../parts/spark-line.tsx";
import { Loaded } from "../parts/states.tsx";
import { Tiles } from "../parts/tiles.tsx";
import { useDraftCount } from "../shell/drafts.ts";
import { useHomeWords } from "./words.ts";

/** How is the day going, and does anything need me? */
export default function Home(): ReactNode {
  const say = useHomeWords();
  const home = api.useQuery("get", "/api/home", {}, { refetchInterval: 30_000 });
  return (
    <Page title={say("title")} lead={say("lead")}>
      <Loaded query={home} rows={8}>
        {(data) => (
          <Stack gap="lg">
            {data.people === 0 ? <Begin /> : null}
            <Figures home={data} />
            <Attention home={data} />
            <Moving moving={data.moving} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Figures({ home: { today, weekAgo, people, activeToday, campaigns } }: { readonly home: HomeData }): ReactNode {
  const say = useHomeWords();
  const numbers = useNumbers();
  const wait =
    today.waitP50 === null || today.waitP95 === null
      ? say("waitNone")
      : say("wait", { p50: numbers.count(today.waitP50), p95: numbers.count(today.waitP95) });
  const against = say("against");
  return (
    <Tiles>
      <Figure
        name={say("newPeople")}
        value={today.newPeople}
        before={weekAgo.newPeople}
        against={against}
        note={say("people", { count: numbers.count(people), active: numbers.count(activeToday) })}
      />
      <Figure name={say("events")} value={today.events} before={weekAgo.events} against={against} />
      <Figure name={say("decisions")} value={today.decisions} before={weekAgo.decisions} against={against} note={wait} />
      <Figure name={say("rejected")} value={today.rejected} before={weekAgo.rejected} against={against} />
      <Figure
        name={say("campaigns")}
        value={campaigns.live}
        note={say("campaignsOf", { count: numbers.count(campaigns.published) })}
      />
    </Tiles>
  );
}

/** Numbers are this far behind before it is said, ms. */
const LATE_MS = 5 * 60_000;

function Attention({ home: { quarantine, deadLetters } }: { readonly home: HomeData }): ReactNode {
  const say = useHomeWords();
  const numbers = useNumbers();
  const drafts = useDraftCount();
  const health = api.useQuery("get", "/api/health/detail", {}, { staleTime: 60_000 });
  const stores = Object.entries(health.data?.stores ?? {}).flatMap(([store, { reachable }]) => (reachable ? [] : [store]));
  const lateMs = health.data?.queue?.oldestWaitingMs ?? 0;
  const items: readonly (readonly [key: string, text: string, to: string])[] = [
    ...stores.map((store) => [store, say("store", { store }), ""] as const),
    ...(lateMs > LATE_MS ? [["late", say("behind", { span: numbers.span(lateMs) }), ""] as const] : []),
    ...(quarantine > 0 ? [["quarantine", say("quarantine", { count: quarantine }), "/data/quality"] as const] : []),
    ...(drafts > 0 ? [["drafts", say("drafts", { count: drafts }), "/publish"] as const] : []),
    ...(deadLetters > 0 ? [["dead", say("dead", { count: deadLetters }), ""] as const] : []),
  ];
  return (
    <section aria-label={say("attention")}>
      {items.length === 0 ? (
        <Text c="dimmed">{say("calm")}</Text>
      ) : (
        <Alert variant="light" color="yellow" icon={<CircleAlert aria-hidden />} title={say("attention")}>
          <List size="sm">
            {items.map(([key, text, to]) => (
              <List.Item key={key}>
                {to === "" ? (
                  text
                ) : (
                  <Anchor component={Link} href={to} size="sm" c="inherit" underline="always">
                    {text}
                  </Anchor>
                )}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </section>
  );
}

function Moving({ moving }: Pick<HomeData, "moving">): ReactNode {
  const say = useHomeWords();
  const numbers = useNumbers();
  const audiences = useAllAudiences();
  const names = new Map(audiences.data?.map(({ key, name }) => [key, name]));
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {say("moving")}
      </Title>
      {moving.length === 0 ? (
        <Text c="dimmed">{say("noMoving")}</Text>
      ) : (
        <DataTable
          label={say("moving")}
          head={[say("audience"), say("size"), say("change"), say("trend")]}
          numeric={[1]}
          rows={moving.map(({ key, now, change, series }) => ({
            key,
            cells: [
              <Anchor key="name" component={Link} href={`/audiences/${key}`}>
                {names.get(key) ?? key}
              </Anchor>,
              numbers.count(now),
              <Change key="change" now={now} before={now - change} />,
              <SparkLine key="trend" values={series} label={`${numbers.count(series[0] ?? 0)} → ${numbers.count(now)}`} />,
            ],
          }))}
        />
      )}
    </Stack>
  );
}

/** For who has nothing yet. */
function Begin(): ReactNode {
  const say = useHomeWords();
  const steps = [
    ["step1", "/data/sources"],
    ["step2", "/audiences/+new"],
    ["step3", "/publish"],
  ] as const;
  return (
    <Card withBorder component="section" aria-label={say("begin")}>
      <Title order={2} size="h4">
        {say("begin")}
      </Title>
      <Text c="dimmed" mb="sm">
        {say("beginText")}
      </Text>
      <List type="ordered">
        {steps.map(([step, to]) => (
          <List.Item key={step}>
            <Anchor component={Link} href={to}>
              {say(step)}
            </Anchor>
            <Text size="sm" c="dimmed">
              {say(`${step}Text`)}
            </Text>
          </List.Item>
        ))}
      </List>
    </Card>
  );
}

import { Anchor, Badge, Code, Group, Stack, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api } from "../api/client.ts";
import type { CataloguedEvent } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { When } from "../parts/when.tsx";
import { usePartWords } from "../parts/words.ts";
import { useDataWords } from "./words.ts";

const WEEK_MS = 7 * 86_400_000;

/** Every event and property that was ever seen, and what is odd about them. */
export function CatalogueScreen(): ReactNode {
  const [chosen] = useUrlState("event");
  return chosen === "" ? <Events /> : <Properties event={chosen} />;
}

function Events(): ReactNode {
  const say = useDataWords();
  const numbers = useNumbers();
  const [words, setWords] = useUrlState("q");
  const catalogue = api.useQuery("get", "/api/catalogue", {});
  return (
    <Loaded query={catalogue} rows={6}>
      {({ events }) =>
        events.length === 0 ? (
          <Empty title={say("noCatalogue")} text={say("noCatalogueText")} />
        ) : (
          <Stack>
            <TextInput
              label={say("filter")}
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
              w={{ base: "100%", sm: 280 }}
            />
            <DataTable
              label={say("catalogue")}
              head={[say("event"), say("week"), say("month"), say("lastSeen"), say("sources")]}
              numeric={[1, 2]}
              rows={events
                .filter(({ event }) => event.toLowerCase().includes(words.toLowerCase()))
                .map((one) => ({
                  key: one.event,
                  cells: [
                    <Group key="name" gap="xs">
                      <Anchor component={Link} href={`/data/catalogue?event=${encodeURIComponent(one.event)}`}>
                        {one.event}
                      </Anchor>
                      <Oddity event={one} />
                    </Group>,
                    numbers.count(one.last7Days),
                    numbers.count(one.last30Days),
                    <When key="last" at={one.lastSeen} />,
                    numbers.list(one.sources),
                  ],
                }))}
            />
          </Stack>
        )
      }
    </Loaded>
  );
}

function Oddity({ event }: { readonly event: CataloguedEvent }): ReactNode {
  const say = useDataWords();
  const now = Date.now();
  if (Date.parse(event.firstSeen) > now - WEEK_MS) return <Badge variant="default">{say("fresh")}</Badge>;
  return Date.parse(event.lastSeen) < now - WEEK_MS ? (
    <Badge color="yellow" variant="light" c="var(--mantine-color-text)">
      {say("vanished")}
    </Badge>
  ) : null;
}

function Properties({ event }: { readonly event: string }): ReactNode {
  const say = useDataWords();
  const part = usePartWords();
  const detail = api.useQuery("get", "/api/catalogue/{event}", { params: { path: { event } } });
  return (
    <Stack>
      <Anchor component={Link} href="/data/catalogue" size="sm">
        {part("back")}
      </Anchor>
      <Loaded query={detail} rows={6}>
        {({ properties }) => (
          <DataTable
            label={event}
            head={[say("property"), say("types"), say("values"), say("lastSeen")]}
            rows={properties.map(({ path, types, values, lastSeen }) => ({
              key: path,
              cells: [
                path,
                <Group key="types" gap={4}>
                  {types.map(({ type }) => (
                    <Badge key={type} variant="default">
                      {type}
                    </Badge>
                  ))}
                  {types.filter(({ type }) => type !== "null").length > 1 ? (
                    <Badge color="yellow" variant="light" c="var(--mantine-color-text)">
                      {say("changing", { count: types.length })}
                    </Badge>
                  ) : null}
                </Group>,
                <Code key="values">
                  {(values ?? [])
                    .slice(0, 5)
                    .map((value) => JSON.stringify(value))
                    .join(", ")}
                </Code>,
                <When key="last" at={lastSeen} />,
              ],
            }))}
          />
        )}
      </Loaded>
    </Stack>
  );
}

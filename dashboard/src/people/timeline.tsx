import { Accordion, Badge, Button, Code, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Profile } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { usePartWords } from "../parts/words.ts";
import { Empty, Failed } from "../parts/states.tsx";
import { When } from "../parts/when.tsx";
import { useSession } from "../shell/session.ts";
import { usePeopleWords } from "./words.ts";

const AT_ONCE = 30;

/** One line of time over all devices, the store and the mail; the newest first. */
export function Timeline({ id, profile }: { readonly id: string; readonly profile: Profile }): ReactNode {
  const say = usePeopleWords();
  const part = usePartWords();
  const { workspace } = useSession();
  const numbers = useNumbers(workspace.timeZone);
  const events = useInfiniteQuery({
    queryKey: ["events", id],
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const query = { limit: AT_ONCE, ...(pageParam === "" ? {} : { cursor: pageParam }) };
      const { data } = await call.GET("/api/profiles/{id}/events", { params: { path: { id }, query } });
      return data ?? { events: [], next: null };
    },
    getNextPageParam: ({ next }) => next,
  });
  if (events.isError) return <Failed error={events.error} retry={() => void events.refetch()} />;
  const all = events.data?.pages.flatMap((page) => page.events) ?? [];
  if (events.data !== undefined && all.length === 0) return <Empty title={say("noEvents")} text={say("noEventsText")} />;
  return (
    <Stack>
      <Accordion variant="separated" multiple>
        {all.map((event) => (
          <Accordion.Item
            key={`${event.source} ${event.messageId} ${String(event["sequence"])}`}
            value={`${event.source} ${event.messageId} ${String(event["sequence"])}`}
          >
            <Accordion.Control>
              <Group justify="space-between" gap="xs">
                <Group gap="xs">
                  <Text fw={550}>{event.name}</Text>
                  <Badge variant="default">{event.source}</Badge>
                </Group>
                <Text size="sm" c="dimmed" component="span">
                  {event.time === null ? "" : <When at={event.time} zone={workspace.timeZone} />}
                </Text>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              <Stack gap="xs">
                <Text size="sm">
                  {event.time === null ? "" : numbers.time(event.time)}
                  {event.receivedAt === null ? "" : ` · ${say("received")} ${numbers.time(event.receivedAt)}`}
                  {` · ${say("origin")} ${originOf(event, profile)}`}
                </Text>
                <Code block className="wrap" style={{ whiteSpace: "pre-wrap" }}>
                  {JSON.stringify(event.properties, null, 2)}
                </Code>
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      {events.hasNextPage ? (
        <Button variant="default" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
          {part("more")}
        </Button>
      ) : null}
    </Stack>
  );
}

/** The identifier that an event came in under. */
function originOf(event: Readonly<Record<string, unknown>>, { identifiers }: Profile): string {
  const { origin } = event;
  if (typeof origin !== "object" || origin === null || !("type" in origin) || !("hash" in origin)) return "–";
  const alike = identifiers.filter(({ type }) => type === origin.type);
  const place = alike.findIndex(({ hash }) => hash === origin.hash);
  return alike.length > 1 && place >= 0 ? `${String(origin.type)} ${place + 1}` : String(origin.type);
}

import { Accordion, Alert, Button, Code, Group, JsonInput, Select, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { call, refresh } from "../api/client.ts";
import type { RejectedEvent } from "../api/types.ts";
import { DataTable } from "../parts/data-table.tsx";
import { done, failed } from "../parts/notices.tsx";
import { Empty, Failed } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { When } from "../parts/when.tsx";
import { usePartWords } from "../parts/words.ts";
import { useMay } from "../shell/session.ts";
import { useDataWords } from "./words.ts";

const AT_ONCE = 100;

/** Events with a fault, by their reason, to be mended and sent again. */
export function QualityScreen(): ReactNode {
  const say = useDataWords();
  const part = usePartWords();
  const [code, setCode] = useUrlState("reason");
  const quarantine = useInfiniteQuery({
    queryKey: ["quarantine"],
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const query = { limit: AT_ONCE, ...(pageParam === "" ? {} : { cursor: pageParam }) };
      const { data } = await call.GET("/api/quarantine", { params: { query } });
      return data ?? { events: [], refused: [], next: null };
    },
    getNextPageParam: ({ next }) => next,
  });
  if (quarantine.isError) return <Failed error={quarantine.error} retry={() => void quarantine.refetch()} />;
  const pages = quarantine.data?.pages ?? [];
  const events = pages.flatMap((page) => page.events);
  const refused = pages[0]?.refused ?? [];
  const reasons = Map.groupBy(events, (event) => event.code);
  const shown = code === "" ? events : (reasons.get(code) ?? []);
  if (quarantine.data === undefined) return null;
  return (
    <Stack>
      {events.length === 0 ? (
        <Empty title={say("noQuarantine")} text={say("noQuarantineText")} />
      ) : (
        <>
          <Select
            label={say("reason")}
            value={code}
            data={[
              { value: "", label: `${say("all")} (${events.length}${quarantine.hasNextPage ? "+" : ""})` },
              ...[...reasons].map(([value, of]) => ({ value, label: `${value} (${of.length})` })),
            ]}
            allowDeselect={false}
            w={{ base: "100%", sm: 320 }}
            onChange={(chosen) => setCode(chosen ?? "")}
          />
          <Replay code={code} events={shown} />
          <Accordion variant="separated" multiple>
            {shown.slice(0, AT_ONCE).map((event) => (
              <Accordion.Item key={event.id} value={event.id}>
                <Accordion.Control>
                  <Group justify="space-between" gap="xs">
                    <Text fw={550}>{event.code}</Text>
                    <Text size="sm" c="dimmed" component="span">
                      {event.source} · <When at={event.receivedAt} />
                    </Text>
                  </Group>
                </Accordion.Control>
                <Accordion.Panel>
                  <Stack gap="xs">
                    <Text size="sm">{event.detail ?? say("noDetail")}</Text>
                    <Code block className="wrap" style={{ whiteSpace: "pre-wrap" }} aria-label={say("raw")}>
                      {JSON.stringify(event.payload, null, 2)}
                    </Code>
                  </Stack>
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
          {quarantine.hasNextPage ? (
            <Button variant="default" loading={quarantine.isFetchingNextPage} onClick={() => void quarantine.fetchNextPage()}>
              {part("more")}
            </Button>
          ) : null}
        </>
      )}
      {refused.length === 0 ? null : (
        <>
          <Title order={2} size="h4">
            {say("refusedTitle")}
          </Title>
          <DataTable
            label={say("refusedTitle")}
            head={[say("day"), say("importSource"), say("count")]}
            numeric={[2]}
            rows={refused.map(({ day, source, count }) => ({ key: `${day} ${source}`, cells: [day, source, count] }))}
          />
        </>
      )}
    </Stack>
  );
}

/** Sends what is shown again, with a change to each. */
function Replay({ code, events }: { readonly code: string; readonly events: readonly RejectedEvent[] }): ReactNode {
  const say = useDataWords();
  const mayWrite = useMay("profiles:write");
  const [patch, setPatch] = useState("");
  const [isBusy, setBusy] = useState(false);
  if (!mayWrite) return null;
  const isWrong = patch.trim() !== "" && objectIn(patch) === undefined;
  const replay = async (): Promise<void> => {
    setBusy(true);
    try {
      const change = objectIn(patch);
      const meant = code === "" ? { ids: events.slice(0, 500).map(({ id }) => id) } : { code };
      const { data } = await call.POST("/api/quarantine/replay", {
        body: { ...meant, ...(change === undefined ? {} : { patch: change }) },
      });
      if (data !== undefined) done(say("replayed", { accepted: data.accepted, count: data.replayed, rejected: data.rejected }));
      await refresh();
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Alert variant="light" color="tide" title={say("fixTitle")}>
      <Stack gap="sm">
        <Text size="sm">{say("fixText")}</Text>
        <JsonInput
          label={say("patch")}
          value={patch}
          onChange={setPatch}
          autosize
          minRows={2}
          error={isWrong ? say("notJson") : undefined}
        />
        <Button w="fit-content" loading={isBusy} disabled={isWrong || events.length === 0} onClick={() => void replay()}>
          {say("replay")}
        </Button>
      </Stack>
    </Alert>
  );
}

function objectIn(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

import { Alert, Button, Group, List, Progress, Stack, Text, Textarea, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { api, ApiError, call, refresh } from "../api/client.ts";
import type { RulesetDiff } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { done, failed } from "../parts/notices.tsx";
import { Page } from "../parts/page.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useMay } from "../shell/session.ts";
import { useDraftChanges } from "../shell/drafts.ts";
import { ChangeCard } from "./change.tsx";
import { Effect } from "./effect.tsx";
import { Versions } from "./versions.tsx";
import { usePublishWords } from "./words.ts";

/** What will count from now on, and what did when? */
export default function PublishRoom(): ReactNode {
  const say = usePublishWords();
  const diff = useDraftChanges();
  const isUnknown = diff.error instanceof ApiError && diff.error.status === 404;
  return (
    <Page title={say("title")} lead={say("lead")}>
      <CatchUp />
      {isUnknown ? (
        <Stack>
          <Alert variant="light">{say("unknownBefore")}</Alert>
          <PublishForm isPossible />
        </Stack>
      ) : (
        <Loaded query={diff} rows={6}>
          {(held) =>
            held.changes.length + held.settings.length === 0 ? (
              <Empty title={say("nothing")} text={say("nothingText")} />
            ) : (
              <ChangeSet diff={held} />
            )
          }
        </Loaded>
      )}
      <Versions />
    </Page>
  );
}

/** All that waits, each as it was and as it will be, and what publishes it. */
function ChangeSet({ diff }: { readonly diff: RulesetDiff }): ReactNode {
  const say = usePublishWords();
  const numbers = useNumbers();
  const { total, changes, settings, publish } = diff;
  return (
    <Stack>
      <Title order={2} size="h4">
        {say("changes", { count: total.added + total.changed + total.removed })}
      </Title>
      <Faults title={say("faults")} faults={publish?.faults ?? []} colour="red" />
      <Faults title={say("warnings")} faults={publish?.warnings ?? []} colour="yellow" />
      {settings.length === 0 ? null : (
        <Alert color="yellow" variant="light">
          {say("settings", { names: numbers.list(settings) })}
        </Alert>
      )}
      {changes.map((change) => (
        <ChangeCard key={`${change.kind} ${change.key}`} change={change} isDraft />
      ))}
      {publish?.possible === true ? <Effect /> : null}
      <PublishForm isPossible={publish?.possible ?? false} />
    </Stack>
  );
}

function PublishForm({ isPossible }: { readonly isPossible: boolean }): ReactNode {
  const say = usePublishWords();
  const mayPublish = useMay("rules:publish");
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const publish = async (): Promise<void> => {
    setBusy(true);
    try {
      const { data } = await call.POST("/api/ruleset/publish", { body: { note } });
      await refresh();
      if (data !== undefined) done(`${say("published", { version: data.version })} ${say("publishedWhy")}`);
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  if (!mayPublish) return <Text c="dimmed">{say("nobody")}</Text>;
  return (
    <Group align="flex-end">
      <Textarea
        label={say("note")}
        value={note}
        autosize
        maxLength={1_000}
        w={{ base: "100%", sm: 480 }}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Button loading={isBusy} disabled={!isPossible} onClick={() => void publish()}>
        {say("publish")}
      </Button>
    </Group>
  );
}

function Faults({
  title,
  faults,
  colour,
}: {
  readonly title: string;
  readonly faults: NonNullable<RulesetDiff["publish"]>["faults"];
  readonly colour: string;
}): ReactNode {
  const say = usePublishWords();
  if (faults.length === 0) return null;
  return (
    <Alert color={colour} variant="light" title={title}>
      <List size="sm">
        {faults.map(({ audience, campaign, pointer, code, message }) => (
          <List.Item key={`${audience} ${campaign} ${pointer} ${code}`}>
            {audience === undefined && campaign === undefined
              ? message
              : say("faultIn", {
                  kind: say(campaign === undefined ? "kind_audience" : "kind_campaign"),
                  name: campaign ?? audience ?? "",
                  message,
                })}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** While people are still told, it is looked at so often, ms. */
const EVERY_MS = 2_000;

/** How many people have been told of the live version. */
function CatchUp(): ReactNode {
  const say = usePublishWords();
  const numbers = useNumbers();
  const progress = api.useQuery(
    "get",
    "/api/ruleset/progress",
    {},
    { refetchInterval: ({ state }) => (state.data !== undefined && state.data.done < state.data.total ? EVERY_MS : false) },
  );
  if (progress.data === undefined || progress.data.version === 0) return null;
  const { version, total, done: told, changed } = progress.data;
  return (
    <Stack gap={4} aria-live="polite">
      {told >= total ? (
        <Text size="sm" c="dimmed">
          {say("progressDone", { version })}
        </Text>
      ) : (
        <>
          <Progress.Root>
            <Progress.Section value={(told / Math.max(1, total)) * 100} aria-label={say("progress")} />
          </Progress.Root>
          <Text size="sm">
            {say("progressText", {
              done: numbers.count(told),
              total: numbers.count(total),
              version,
              changed: numbers.count(changed),
            })}
          </Text>
        </>
      )}
    </Stack>
  );
}

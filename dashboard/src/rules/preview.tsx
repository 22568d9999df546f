import { Anchor, Button, Card, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { use, useState, type ReactNode } from "react";
import { Link } from "wouter";
import type { Json } from "../../../core/model/json.ts";
import { call } from "../api/client.ts";
import type { RulePreview as Previewed } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { Failed } from "../parts/states.tsx";
import { SessionContext } from "../shell/session.ts";
import { API_CATALOGUE, CatalogueContext, useSeen, type CatalogueSource } from "./catalogue.ts";
import { usePreviewWords } from "./preview-words.ts";
import { useChecked } from "./use-checked.ts";

const SETTLED_MS = 300;

/** How many people a rule would select now, and which: asked for whenever it is right and has settled. */
export function RulePreview({
  rule,
  catalogue = API_CATALOGUE,
}: {
  readonly rule: Json;
  /** Names the audiences that they are in too. */
  readonly catalogue?: CatalogueSource;
}): ReactNode {
  const say = usePreviewWords();
  const [settled] = useDebouncedValue(rule, SETTLED_MS);
  const isRight = useChecked(settled)?.sentences !== undefined;
  const preview = usePreview(settled, false, isRight);
  const isOld = preview.isPlaceholderData || preview.isFetching || settled !== rule || !isRight;
  return (
    <CatalogueContext value={catalogue}>
      <Card withBorder padding="md" component="section" aria-label={say("title")}>
        <Stack gap="sm">
          <Title order={2} size="h5">
            {say("title")}
          </Title>
          <div aria-live="polite" aria-busy={isOld && isRight}>
            {preview.isError && !preview.isFetching ? (
              <Failed error={preview.error} retry={() => void preview.refetch()} />
            ) : preview.data === undefined ? (
              <Text c="dimmed">{say(isRight ? "counting" : "wait")}</Text>
            ) : (
              <Size preview={preview.data} isOld={isOld} />
            )}
          </div>
          {preview.data === undefined || preview.data.size.estimate === 0 ? null : (
            <Stack gap="md" style={{ opacity: isOld ? 0.6 : 1 }}>
              <Overlap overlap={preview.data.overlap} />
              <Apart key={JSON.stringify(settled)} rule={settled} isRight={isRight} />
              <Sample people={preview.data.sample} />
            </Stack>
          )}
        </Stack>
      </Card>
    </CatalogueContext>
  );
}

/** A call that is no longer wanted is broken off; the answer before stays until there is another. */
function usePreview(rule: Json, composition: boolean, enabled: boolean): UseQueryResult<Previewed> {
  return useQuery({
    queryKey: ["rules", "preview", rule, composition],
    queryFn: ({ signal }) => ask(rule, composition, signal),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

async function ask(rule: Json, composition: boolean, signal: AbortSignal): Promise<Previewed> {
  const { data } = await call.POST("/api/rules/preview", { body: { rule: rule as never, composition }, signal });
  if (data === undefined) throw new Error("no preview");
  return data;
}

function Size({ preview: { size, ms }, isOld }: { readonly preview: Previewed; readonly isOld: boolean }): ReactNode {
  const say = usePreviewWords();
  const numbers = useNumbers();
  const everyone = usePreview({ everyone: true }, false, true).data?.size.estimate ?? 0;
  const { estimate, low, high, exact } = size;
  const n = numbers.count(estimate);
  return (
    <div style={{ opacity: isOld ? 0.6 : 1 }}>
      <Text fz={24} fw={650} lh={1.2}>
        {exact ? say("exact", { count: estimate, n }) : say("about", { n })}
      </Text>
      {exact ? null : <Text>{say("between", { low: numbers.count(low), high: numbers.count(high) })}</Text>}
      {everyone === 0 ? null : (
        <Text size="sm" c="dimmed">
          {say("ofAll", { share: numbers.share(Math.min(1, estimate / everyone)), all: numbers.count(everyone) })}
        </Text>
      )}
      {estimate === 0 ? <Text size="sm">{say("nobody")}</Text> : null}
      <Text size="xs" c="dimmed">
        {isOld ? say("counting") : say("took", { ms: numbers.count(Math.round(ms)) })}
      </Text>
    </div>
  );
}

function Overlap({ overlap }: Pick<Previewed, "overlap">): ReactNode {
  const say = usePreviewWords();
  const numbers = useNumbers();
  const names = new Map(useSeen("audiences").map(({ key, name }) => [key, name]));
  return (
    <Stack gap={6} role="group" aria-label={say("overlap")}>
      <Text size="sm" fw={600}>
        {say("overlap")}
      </Text>
      {overlap.length === 0 ? <Text size="sm">{say("overlapNone")}</Text> : null}
      {overlap.map(({ audience, share }) => {
        const text = say("overlapOne", { share: numbers.share(share), name: names.get(audience) ?? audience });
        return <Bar key={audience} text={text} share={share} />;
      })}
    </Stack>
  );
}

/** A share, as words and as a bar beside them. */
function Bar({ text, share }: { readonly text: string; readonly share: number }): ReactNode {
  return (
    <div>
      <Text size="sm" className="wrap">
        {text}
      </Text>
      <Progress value={share * 100} size="sm" aria-hidden />
    </div>
  );
}

/** Asked only when the reader wants it: it looks at everything that people have done. */
function Apart({ rule, isRight }: { readonly rule: Json; readonly isRight: boolean }): ReactNode {
  const say = usePreviewWords();
  const numbers = useNumbers();
  const [isAsked, setAsked] = useState(false);
  const { data, error } = usePreview(rule, true, isAsked && isRight);
  const composition = isAsked ? data?.composition : undefined;
  return (
    <Stack gap={6} role="group" aria-label={say("apart")}>
      {isAsked ? (
        <Text size="sm" fw={600}>
          {say("apart")}
        </Text>
      ) : (
        <Button variant="default" size="compact-sm" onClick={() => setAsked(true)} style={{ alignSelf: "flex-start" }}>
          {say("askApart")}
        </Button>
      )}
      {isAsked && error !== null ? <Failed error={error} /> : null}
      {isAsked && composition === undefined && error === null ? <Text size="sm">{say("counting")}</Text> : null}
      {composition?.length === 0 ? <Text size="sm">{say("apartNone")}</Text> : null}
      {composition?.map(({ feature, share, everyone }) => (
        <div key={feature}>
          <Text size="sm" fw={550} className="wrap">
            {featureText(feature, say)}
          </Text>
          <Bar text={say("apartOne", { share: numbers.share(share), everyone: numbers.share(everyone) })} share={share} />
        </div>
      ))}
    </Stack>
  );
}

/** `event Order Completed`, or `trait plan "gold"`, in words. */
function featureText(feature: string, say: ReturnType<typeof usePreviewWords>): string {
  const [, kind, name = "", value = ""] = /^(event) (.*)$/s.exec(feature) ?? /^(trait) (\S+) (.*)$/s.exec(feature) ?? [];
  if (kind === "event") return say("did", { name });
  return kind === "trait" ? say("has", { name, value: value.replace(/^"(.*)"$/s, "$1") }) : feature;
}

function Sample({ people }: { readonly people: readonly string[] }): ReactNode {
  const say = usePreviewWords();
  const mayRead = use(SessionContext)?.scopes.includes("profiles:read") === true;
  if (!mayRead || people.length === 0) return null;
  return (
    <Stack gap={6} role="group" aria-label={say("people")}>
      <Text size="sm" fw={600}>
        {say("people")}
      </Text>
      <Group gap="xs">
        {people.map((id) => (
          <Anchor key={id} component={Link} href={`/people/${id}`} size="sm" aria-label={say("person", { id: id.slice(0, 8) })}>
            {id.slice(0, 8)}
          </Anchor>
        ))}
      </Group>
    </Stack>
  );
}

import { Anchor, Badge, Button, Card, Code, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { refresh } from "../api/client.ts";
import type { RulesetChange } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { useLanguage } from "../i18n/words.ts";
import { done, failed } from "../parts/notices.tsx";
import { useMay } from "../shell/session.ts";
import { takeBack } from "./take-back.ts";
import { usePublishWords } from "./words.ts";

const SCREENS = { audience: "/audiences", placement: "/campaigns/placements", campaign: "/campaigns" } as const;

/** One thing that differs, in words where it has a rule. @param isDraft true where it is not published yet and may be taken back */
export function ChangeCard({
  change,
  isDraft = false,
}: {
  readonly change: RulesetChange;
  readonly isDraft?: boolean;
}): ReactNode {
  const say = usePublishWords();
  const language = useLanguage();
  const numbers = useNumbers();
  const mayWrite = useMay("rules:write");
  const { kind, key, name, change: how, fields, before, after } = change;
  const { before: was, after: is } = change.sentences ?? { before: null, after: null };
  const others = fields.filter((field) => field !== "rule" || is === null);
  const discard = async (): Promise<void> => {
    try {
      await takeBack(change);
      await refresh();
      done(say("discarded"));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Card withBorder component="article" aria-label={`${say(`kind_${kind}`)} ${name}`}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start">
          <Group gap="xs">
            <Badge
              variant="light"
              c="var(--mantine-color-text)"
              color={how === "removed" ? "red" : how === "added" ? "teal" : "yellow"}
              tt="none"
            >
              {say(how)}
            </Badge>
            <Text size="sm" c="dimmed">
              {say(`kind_${kind}`)}
            </Text>
            <Anchor component={Link} href={`${SCREENS[kind]}/${key}`} fw={600}>
              {name}
            </Anchor>
          </Group>
          {isDraft && mayWrite ? (
            <Button size="compact-sm" variant="default" onClick={() => void discard()}>
              {say("discard")}
            </Button>
          ) : null}
        </Group>
        {was !== null && was[language] !== is?.[language] ? (
          <Text size="sm">
            <Text span c="dimmed" size="sm">
              {say("was")}:{" "}
            </Text>
            {was[language]}
          </Text>
        ) : null}
        {is === null ? null : (
          <Text size="sm">
            <Text span c="dimmed" size="sm">
              {say("is")}:{" "}
            </Text>
            {is[language]}
          </Text>
        )}
        {how === "changed" && others.length > 0 ? (
          <Stack gap={2}>
            <Text size="sm" c="dimmed">
              {say("fields", { fields: numbers.list(fields) })}
            </Text>
            {others.map((field) => (
              <Text key={field} size="sm" component="div" className="wrap">
                {field}: <Code>{JSON.stringify(before?.[field])}</Code> → <Code>{JSON.stringify(after?.[field])}</Code>
              </Text>
            ))}
          </Stack>
        ) : null}
      </Stack>
    </Card>
  );
}

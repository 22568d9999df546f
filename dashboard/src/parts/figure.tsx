import { Card, Group, Text } from "@mantine/core";
import { ArrowDown, ArrowUp, Minus } from "lucide-react";
import type { ReactNode } from "react";
import { useNumbers } from "../i18n/numbers.ts";
import { usePartWords } from "./words.ts";

/** A number with what it is, in which unit, and against what. */
export function Figure({
  name,
  value,
  unit,
  before,
  against,
  note,
}: {
  readonly name: string;
  readonly value: number | undefined;
  readonly unit?: string;
  /** The number that it is compared with. */
  readonly before?: number;
  /** What that is: "against last week". */
  readonly against?: string;
  readonly note?: ReactNode;
}): ReactNode {
  const numbers = useNumbers();
  return (
    <Card withBorder padding="md" component="section" aria-label={name}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz={28} fw={650} lh={1.2}>
        {value === undefined ? "–" : numbers.count(value)}
        {unit === undefined || value === undefined ? null : (
          <Text span size="md" c="dimmed" fw={400}>
            {" "}
            {unit}
          </Text>
        )}
      </Text>
      {before === undefined || value === undefined ? null : (
        <Group gap={6}>
          <Change now={value} before={before} />
          <Text size="sm" c="dimmed">
            {against}
          </Text>
        </Group>
      )}
      {note === undefined ? null : (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
    </Card>
  );
}

/** How a number moved: by a sign and by words, never by colour alone. */
export function Change({ now, before }: { readonly now: number; readonly before: number }): ReactNode {
  const numbers = useNumbers();
  const say = usePartWords();
  const by = now - before;
  const text = before === 0 ? numbers.change(by) : numbers.shareChange(by / before);
  const label = by === 0 ? say("same") : say(by > 0 ? "upBy" : "downBy", { by: text.replace(/^[+-]/, "") });
  const Arrow = by === 0 ? Minus : by > 0 ? ArrowUp : ArrowDown;
  return (
    <Group gap={2} wrap="nowrap" role="img" aria-label={label}>
      <Arrow size={14} aria-hidden />
      <Text span size="sm" fw={550} aria-hidden>
        {text}
      </Text>
    </Group>
  );
}

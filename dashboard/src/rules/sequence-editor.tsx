import { ActionIcon, Button, Group, Paper, Stack } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useLayoutEffect, useRef, type ReactNode } from "react";
import type { Json, JsonObject } from "../../../core/model/json.ts";
import { childPointer } from "../../../core/rules/faults.ts";
import type { ConditionProps } from "./condition-editor.tsx";
import { useEventWords } from "./event-words.ts";
import { Faults } from "./fault-board.tsx";
import { listOf, objectOf, put, without } from "./json-edit.ts";
import { NamesEditor, WhereEditor } from "./match-editor.tsx";
import { useValueWords } from "./value-words.ts";
import { WindowEditor } from "./window-editor.tsx";
import { Act, Below, Tick, Word } from "./inline.tsx";
import { SpanField } from "./time-fields.tsx";

const FEWEST = 2;
const MOST = 10;

/** Events one after the other: two to ten steps, what they all lie in, and what must not come between. */
export function SequenceEditor({ value, onChange, pointer }: ConditionProps): ReactNode {
  const say = useEventWords();
  const steps = listOf(value["sequence"]);
  const place = childPointer(pointer, "sequence");
  const root = useRef<HTMLDivElement>(null);
  const focus = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (focus.current === undefined) return;
    root.current?.querySelector<HTMLElement>(`[data-step="${focus.current}"] :is(input, select)`)?.focus();
    focus.current = undefined;
  });
  const set = (next: readonly Json[], focused?: number): void => {
    focus.current = focused;
    onChange(put(value, "sequence", next));
  };
  const swap = (index: number, other: number): void => {
    const [one, two] = [objectOf(steps[index]), objectOf(steps[other])];
    // The time to the step before belongs to the place: the first has none.
    set(steps.with(index, inPlaceOf(one, two)).with(other, inPlaceOf(two, one)), other);
  };
  const remove = (index: number): void => {
    const rest = steps.toSpliced(index, 1);
    const [first, ...later] = rest;
    set(index === 0 && first !== undefined ? [without(objectOf(first), "within"), ...later] : rest, Math.max(0, index - 1));
  };
  return (
    <Below>
      <Stack gap="xs" ref={root}>
        {steps.map((step, index) => (
          <Step
            key={index}
            index={index}
            count={steps.length}
            value={objectOf(step)}
            onChange={(next) => set(steps.with(index, next))}
            pointer={childPointer(place, index)}
            onMove={(by) => swap(index, index + by)}
            onRemove={() => remove(index)}
          />
        ))}
        <Faults pointer={place} />
        <Group gap="xs">
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<Plus size={16} aria-hidden />}
            disabled={steps.length >= MOST}
            onClick={() => set([...steps, { event: "", within: "1d" }], steps.length)}
          >
            {say("stepAdd")}
          </Button>
        </Group>
        <Group gap="xs">
          <Word>{say("allWithin")}</Word>
          <WindowEditor
            value={value["within"]}
            onChange={(within) => onChange(put(value, "within", within))}
            pointer={childPointer(pointer, "within")}
          />
          <Tick
            label={say("sameSession")}
            checked={value["sameSession"] === true}
            onChange={(checked) => onChange(put(value, "sameSession", checked ? true : undefined))}
          />
          <Faults pointer={childPointer(pointer, "sameSession")} />
        </Group>
        <Without value={value} onChange={onChange} pointer={pointer} />
      </Stack>
    </Below>
  );
}

function inPlaceOf(place: JsonObject, step: JsonObject): JsonObject {
  return put(without(step, "within"), "within", place["within"]);
}

function Step({
  index,
  count,
  value,
  onChange,
  pointer,
  onMove,
  onRemove,
}: ConditionProps & {
  readonly index: number;
  readonly count: number;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}): ReactNode {
  const say = useEventWords();
  const place = index + 1;
  return (
    <Paper
      withBorder
      p="xs"
      role="group"
      aria-label={say("step", { place })}
      data-step={index}
      style={{ background: "transparent" }}
    >
      <Group gap="xs" wrap="nowrap" align="flex-start" justify="space-between">
        <Group gap="xs" align="flex-start" style={{ flex: 1, minWidth: 0 }}>
          <Word>{index === 0 ? say("step", { place }) : say("thenNext")}</Word>
          <NamesEditor
            value={value["event"]}
            onChange={(names) => onChange(put(value, "event", names))}
            pointer={childPointer(pointer, "event")}
          />
          {index === 0 && !Object.hasOwn(value, "within") ? null : <Within value={value} onChange={onChange} pointer={pointer} />}
          <WhereEditor value={value} onChange={onChange} pointer={pointer} />
          <Faults pointer={pointer} />
        </Group>
        <Group gap={2} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            disabled={index === 0}
            aria-label={say("stepUp", { place })}
            onClick={() => onMove(-1)}
          >
            <ArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            disabled={place === count}
            aria-label={say("stepDown", { place })}
            onClick={() => onMove(1)}
          >
            <ArrowDown size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            disabled={count <= FEWEST}
            aria-label={say("stepRemove", { place })}
            onClick={onRemove}
          >
            <Trash2 size={16} aria-hidden />
          </ActionIcon>
        </Group>
      </Group>
    </Paper>
  );
}

/** How soon after the step before; not said, it is at any time. */
function Within({ value, onChange, pointer }: ConditionProps): ReactNode {
  const say = useEventWords();
  const word = useValueWords();
  const isTold = Object.hasOwn(value, "within");
  return (
    <>
      <Tick
        label={isTold ? say("within") : say("anyTime")}
        name={say("thenWithin")}
        checked={isTold}
        onChange={(checked) => onChange(put(value, "within", checked ? "1d" : undefined))}
      />
      {isTold ? (
        <SpanField
          label={word("amount")}
          value={value["within"]}
          onChange={(span) => onChange(put(value, "within", span))}
          pointer={childPointer(pointer, "within")}
        />
      ) : null}
    </>
  );
}

function Without({ value, onChange, pointer }: ConditionProps): ReactNode {
  const say = useEventWords();
  const match = value["without"];
  if (match === undefined) return <Act text={say("addWithout")} onClick={() => onChange(put(value, "without", { event: "" }))} />;
  const written = objectOf(match);
  const place = childPointer(pointer, "without");
  const set = (next: JsonObject): void => onChange(put(value, "without", next));
  return (
    <Group gap="xs" align="flex-start">
      <Word>{say("without")}</Word>
      <NamesEditor
        value={written["event"]}
        onChange={(names) => set(put(written, "event", names))}
        pointer={childPointer(place, "event")}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={say("removeWithout")}
        onClick={() => onChange(without(value, "without"))}
      >
        <Trash2 size={16} aria-hidden />
      </ActionIcon>
      <WhereEditor value={written} onChange={set} pointer={place} />
      <Faults pointer={place} />
    </Group>
  );
}

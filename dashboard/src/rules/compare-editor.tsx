import { ActionIcon } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import type { Json, JsonObject } from "../../../core/model/json.ts";
import { childPointer } from "../../../core/rules/faults.ts";
import { Faults } from "./fault-board.tsx";
import { ChoiceField, NARROW, NumberField, TextField, type Field } from "./fields.tsx";
import { listOf, objectOf, put, replaceKey, without } from "./json-edit.ts";
import { useValueWords } from "./value-words.ts";
import { Act, Word } from "./inline.tsx";

const BOUNDS = ["gte", "gt", "lte", "lt", "eq", "ne", "between"] as const;
type Bound = (typeof BOUNDS)[number];

/** COMPARE: bounds on a number or a version, all of which must hold. @param beside keys of the same object that are none */
export function CompareEditor({
  value,
  onChange,
  pointer,
  of,
  beside = [],
  owns = true,
}: Omit<Field, "label" | "onChange"> & {
  readonly onChange: (value: JsonObject) => void;
  readonly of: "number" | "version";
  readonly beside?: readonly string[];
  /** False where another stands for the object itself. */
  readonly owns?: boolean;
}): ReactNode {
  const say = useValueWords();
  const written = objectOf(value);
  const keys = Object.keys(written).filter((key) => !beside.includes(key));
  const free = BOUNDS.find((bound) => !keys.includes(bound));
  const begun = of === "number" ? 1 : "1.0.0";
  return (
    <>
      {keys.map((key, index) => (
        <Fragment key={index}>
          {index === 0 ? null : <Word>{say("and")}</Word>}
          <ChoiceField
            label={say("bound")}
            value={key}
            choices={BOUNDS.filter((bound) => bound === key || !keys.includes(bound)).map((bound) => ({
              value: bound as string,
              label: say(`bound_${bound}`),
            }))}
            onChange={(chosen) => onChange(replaceKey(written, key, chosen, boundFor(chosen, written[key], begun)))}
          />
          <BoundField
            bound={key}
            of={of}
            value={written[key]}
            pointer={childPointer(pointer, key)}
            onChange={(next) => onChange(put(written, key, next))}
          />
          {keys.length === 1 ? null : (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={say("removeBound")}
              onClick={() => onChange(without(written, key))}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          )}
        </Fragment>
      ))}
      {free === undefined ? null : (
        <Act
          text={say("addBound")}
          icon={<Plus size={14} aria-hidden />}
          onClick={() => onChange({ ...written, [nextBound(keys) ?? free]: boundFor(nextBound(keys) ?? free, begun, begun) })}
        />
      )}
      {owns ? <Faults pointer={pointer} /> : null}
    </>
  );
}

/** The other end of what is bounded on one side; else any. */
function nextBound(keys: readonly string[]): Bound | undefined {
  if (keys.length === 0) return "gte";
  const other: Bound = keys.includes("gte") || keys.includes("gt") ? "lte" : "gte";
  return keys.includes(other) ? undefined : other;
}

function boundFor(bound: string, before: Json | undefined, begun: Json): Json {
  const [low] = listOf(before);
  const single = Array.isArray(before) ? (low ?? begun) : (before ?? begun);
  return bound === "between" ? (Array.isArray(before) ? before : [single, single]) : single;
}

function BoundField({
  bound,
  of,
  value,
  onChange,
  pointer,
}: Omit<Field, "label"> & { readonly bound: string; readonly of: "number" | "version" }): ReactNode {
  const say = useValueWords();
  if (bound === "between") return <RangeFields of={of} value={value} onChange={onChange} pointer={pointer} />;
  return of === "number" ? (
    <NumberField label={say("boundValue")} value={value} onChange={onChange} pointer={pointer} />
  ) : (
    <TextField label={say("version")} value={value} onChange={onChange} pointer={pointer} style={NARROW} />
  );
}

/** Both ends of `between`, of numbers or of versions. */
export function RangeFields({
  of,
  value,
  onChange,
  pointer,
}: Omit<Field, "label"> & { readonly of: "number" | "version" }): ReactNode {
  const say = useValueWords();
  const [low, high] = listOf(value);
  const Each = of === "number" ? NumberField : TextField;
  return (
    <>
      <Each
        label={say("low")}
        value={low}
        pointer={childPointer(pointer, 0)}
        onChange={(next) => onChange([next, high ?? next])}
        style={NARROW}
      />
      <Word>{say("and")}</Word>
      <Each
        label={say("high")}
        value={high}
        pointer={childPointer(pointer, 1)}
        onChange={(next) => onChange([low ?? next, next])}
        style={NARROW}
      />
      <Faults pointer={pointer} />
    </>
  );
}

import { TextInput } from "@mantine/core";
import type { CSSProperties, ReactNode } from "react";
import { useFault } from "./fault-board.tsx";
import { ChoiceField, roomy, WIDE, type Field } from "./fields.tsx";
import { textOf } from "./json-edit.ts";
import { useValueWords } from "./value-words.ts";

const SHORT: CSSProperties = { flex: "0 1 5rem", minWidth: "4rem" };
const SPAN = /^(.*?)([smhdw])$/s;
const UNITS = ["s", "m", "h", "d", "w"] as const;
type SpanUnit = (typeof UNITS)[number];

/** A DURATION: a whole number and its unit. */
export function SpanField({ value, onChange, pointer, label }: Field): ReactNode {
  const say = useValueWords();
  const text = textOf(value);
  const error = useFault(pointer);
  const [, amount = text, unit = "d"] = SPAN.exec(text) ?? [];
  const unitName = UNITS.find((one) => one === unit) ?? "d";
  return (
    <>
      <TextInput
        aria-label={label}
        inputMode="numeric"
        value={amount}
        error={error}
        onChange={({ currentTarget }) => onChange(`${currentTarget.value.trim()}${unitName}`)}
        style={roomy(SHORT, error)}
      />
      <ChoiceField<SpanUnit>
        label={say("unit")}
        value={unitName}
        choices={UNITS.map((one) => ({ value: one, label: say(`unit_${one}`) }))}
        onChange={(chosen) => onChange(`${amount}${chosen}`)}
      />
    </>
  );
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** An instant: a date, which the browser helps to choose, or a moment of one as it is written. */
export function InstantField({ value, onChange, pointer, label }: Field): ReactNode {
  const say = useValueWords();
  const error = useFault(pointer);
  const text = textOf(value);
  const form = text === "" || DATE.test(text) ? "date" : "moment";
  return (
    <>
      <TextInput
        aria-label={label}
        type={form === "date" ? "date" : "text"}
        placeholder={say("momentHint")}
        value={text}
        error={error}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        style={WIDE}
      />
      <ChoiceField
        label={say("dateForm")}
        value={form}
        choices={[
          { value: "date", label: say("form_date") },
          { value: "moment", label: say("form_moment") },
        ]}
        onChange={(chosen) => {
          if (chosen !== form) onChange(chosen === "date" ? text.slice(0, 10) : `${text || today()}T00:00:00Z`);
        }}
      />
    </>
  );
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

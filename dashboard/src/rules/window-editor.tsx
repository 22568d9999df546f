import type { ReactNode } from "react";
import { isJsonObject, type Json, type JsonObject } from "../../../core/model/json.ts";
import { childPointer } from "../../../core/rules/faults.ts";
import { useEventWords } from "./event-words.ts";
import { Faults } from "./fault-board.tsx";
import { ChoiceField, CompleteField, NumberField, type Field } from "./fields.tsx";
import { put, textOf } from "./json-edit.ts";
import { useValueWords } from "./value-words.ts";
import { Act, Tick, Word } from "./inline.tsx";
import { InstantField, SpanField, today } from "./time-fields.tsx";

const KINDS = ["retained", "sliding", "offset", "absolute", "calendar", "session"] as const;
type Kind = (typeof KINDS)[number] | "unread";

/** What a period begins as. */
const NEW: Readonly<Record<(typeof KINDS)[number], () => Json | undefined>> = {
  retained: () => undefined,
  sliding: () => "30d",
  offset: () => ({ from: "60d", to: "30d" }),
  absolute: () => ({ after: today() }),
  calendar: () => ({ calendar: "month" }),
  session: () => ({ session: true }),
};

/** The period that events lie in: `within`. @param onChange undefined for ever */
export function WindowEditor({
  value,
  onChange,
  pointer,
}: {
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
  readonly pointer: string;
}): ReactNode {
  const say = useEventWords();
  const word = useValueWords();
  const kind = kindOf(value);
  const written = isJsonObject(value) ? value : {};
  const props = { value: written, onChange, pointer };
  return (
    <>
      <ChoiceField<Kind>
        label={say("period")}
        value={kind}
        choices={[...KINDS, ...(kind === "unread" ? (["unread"] as const) : [])].map((one) => ({
          value: one,
          label: say(`period_${one}`),
        }))}
        onChange={(chosen) => {
          if (chosen !== kind && chosen !== "unread") onChange(NEW[chosen]());
        }}
      />
      {kind === "sliding" ? <SpanField label={word("amount")} value={value} onChange={onChange} pointer={pointer} /> : null}
      {kind === "offset" ? <Offset {...props} /> : null}
      {kind === "absolute" ? <Absolute {...props} /> : null}
      {kind === "calendar" ? <Calendar {...props} /> : null}
      {kind === "sliding" ? null : <Faults pointer={pointer} />}
    </>
  );
}

function kindOf(value: Json | undefined): Kind {
  if (value === undefined) return "retained";
  if (typeof value === "string") return "sliding";
  if (!isJsonObject(value)) return "unread";
  const has = (...keys: readonly string[]): boolean => keys.some((key) => Object.hasOwn(value, key));
  if (has("session")) return "session";
  if (has("calendar", "last", "complete", "timeZone")) return "calendar";
  if (has("from", "to")) return "offset";
  return "absolute";
}

interface PartProps {
  readonly value: JsonObject;
  readonly onChange: (value: JsonObject) => void;
  readonly pointer: string;
}

function fieldOf({ value, onChange, pointer }: PartProps, key: string): Omit<Field, "label"> {
  return { value: value[key], onChange: (next) => onChange(put(value, key, next)), pointer: childPointer(pointer, key) };
}

function Offset(props: PartProps): ReactNode {
  const say = useEventWords();
  const word = useValueWords();
  return (
    <>
      <Word>{say("from")}</Word>
      <SpanField label={`${word("amount")}: ${say("from")}`} {...fieldOf(props, "from")} />
      <Word>{say("ago")}</Word>
      <SpanField label={`${word("amount")}: ${say("ago")}`} {...fieldOf(props, "to")} />
      <Word>{say("agoEnd")}</Word>
    </>
  );
}

/** From one instant to before another: one of the two may be left open. */
function Absolute(props: PartProps): ReactNode {
  const say = useEventWords();
  const { value, onChange } = props;
  return (["after", "before"] as const).map((key) => (
    <span key={key} style={{ display: "contents" }}>
      <Word>{say(key)}</Word>
      {Object.hasOwn(value, key) ? (
        <>
          <InstantField label={say(key)} {...fieldOf(props, key)} />
          <Act text={say("removeDate")} name={say(key)} onClick={() => onChange(put(value, key, undefined))} />
        </>
      ) : (
        <Act text={say("addDate")} name={say(key)} onClick={() => onChange(put(value, key, today()))} />
      )}
    </span>
  ));
}

const UNITS = ["day", "week", "month", "year"] as const;

/** The current unit and some before it, or only full ones. What is left out stays so until it is changed. */
function Calendar(props: PartProps): ReactNode {
  const say = useEventWords();
  const { value, onChange, pointer } = props;
  return (
    <>
      <NumberField
        label={say("last")}
        value={value["last"] ?? 1}
        onChange={(last) => onChange(put(value, "last", last))}
        pointer={childPointer(pointer, "last")}
        style={{ width: "4rem" }}
      />
      <ChoiceField
        label={say("unit")}
        value={textOf(value["calendar"])}
        choices={UNITS.map((unit) => ({ value: unit as string, label: say(`unit_${unit}`) }))}
        onChange={(unit) => onChange(put(value, "calendar", unit))}
        pointer={childPointer(pointer, "calendar")}
      />
      <Tick
        label={say("complete")}
        checked={value["complete"] === true}
        onChange={(checked) => onChange(put(value, "complete", checked ? true : undefined))}
      />
      <CompleteField
        label={`${say("timeZone")}: ${say("timeZoneOwn")}`}
        value={value["timeZone"]}
        offered={ZONES}
        onChange={(zone) => onChange(put(value, "timeZone", zone === "" ? undefined : zone))}
        pointer={childPointer(pointer, "timeZone")}
      />
      <Faults pointer={childPointer(pointer, "complete")} />
    </>
  );
}

const ZONES = Intl.supportedValuesOf("timeZone");

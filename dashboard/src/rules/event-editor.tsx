import { use, type ReactNode } from "react";
import { isJsonObject, type JsonObject } from "../../../core/model/json.ts";
import { childPointer } from "../../../core/rules/faults.ts";
import { KnownContext, pathsOf } from "./catalogue.ts";
import { CompareEditor } from "./compare-editor.tsx";
import type { ConditionProps } from "./condition-editor.tsx";
import { useEventWords } from "./event-words.ts";
import { Faults } from "./fault-board.tsx";
import { ChoiceField, CompleteField } from "./fields.tsx";
import { objectOf, put, replaceKey, without } from "./json-edit.ts";
import { KnownOf, NamesEditor, namesIn, WhereEditor } from "./match-editor.tsx";
import { TestEditor } from "./test-editor.tsx";
import { WindowEditor } from "./window-editor.tsx";

/** Events: which, in what period, and what is asked of them taken together. */
export function EventEditor({ value, onChange, pointer }: ConditionProps): ReactNode {
  return (
    <>
      <NamesEditor
        value={value["event"]}
        onChange={(names) => onChange(put(value, "event", names))}
        pointer={childPointer(pointer, "event")}
      />
      <KnownOf events={namesIn(value["event"])}>
        <AggregateEditor value={value} onChange={onChange} pointer={pointer} />
      </KnownOf>
      <WindowEditor
        value={value["within"]}
        onChange={(within) => onChange(put(value, "within", within))}
        pointer={childPointer(pointer, "within")}
      />
      <WhereEditor value={value} onChange={onChange} pointer={pointer} />
    </>
  );
}

const KINDS = ["count", "days", "sum", "avg", "min", "max", "distinct", "last", "first"] as const;
type Kind = (typeof KINDS)[number];
const OF: ReadonlySet<string> = new Set<Kind>(["sum", "avg", "min", "max", "distinct"]);
const ASKING: ReadonlySet<string> = new Set<Kind>(["first", "last"]);

/** One aggregate; none asks whether there is one such event at all. */
function AggregateEditor({ value, onChange, pointer }: ConditionProps): ReactNode {
  const say = useEventWords();
  const kind = KINDS.find((one) => Object.hasOwn(value, one));
  const choose = (chosen: Kind | "once"): void => {
    if (chosen === kind) return;
    if (chosen === "once") onChange(without(value, ...KINDS));
    else if (kind === undefined) onChange({ ...value, [chosen]: aggregateFor(chosen, {}) });
    else onChange(replaceKey(value, kind, chosen, aggregateFor(chosen, objectOf(value[kind]))));
  };
  return (
    <>
      <ChoiceField<Kind | "once">
        label={say("asks")}
        value={kind ?? "once"}
        choices={(["once", ...KINDS] as const).map((one) => ({ value: one, label: say(`asks_${one}`) }))}
        onChange={choose}
      />
      {kind === undefined ? null : (
        <AggregateParts
          key={kind}
          kind={kind}
          value={value[kind]}
          onChange={(aggregate) => onChange(put(value, kind, aggregate))}
          pointer={childPointer(pointer, kind)}
        />
      )}
    </>
  );
}

function AggregateParts({
  kind,
  value,
  onChange,
  pointer,
}: {
  readonly kind: Kind;
  readonly value: JsonObject[string] | undefined;
  readonly onChange: (value: JsonObject) => void;
  readonly pointer: string;
}): ReactNode {
  const say = useEventWords();
  const known = use(KnownContext);
  const written = objectOf(value);
  const path = written["of"];
  const of = (
    <CompleteField
      label={say("of")}
      value={path}
      offered={pathsOf(known)}
      onChange={(next) => onChange(put(written, "of", next))}
      pointer={childPointer(pointer, "of")}
    />
  );
  if (ASKING.has(kind))
    return (
      <>
        {of}
        <TestEditor
          value={written}
          onChange={onChange}
          pointer={pointer}
          path={typeof path === "string" ? path : ""}
          beside={["of"]}
          isNever={["exists"]}
        />
        <Faults pointer={pointer} />
      </>
    );
  return (
    <>
      {OF.has(kind) ? of : null}
      <CompareEditor of="number" value={written} onChange={onChange} pointer={pointer} beside={["of"]} />
    </>
  );
}

/** What is kept of one aggregate under another: its property, and its bounds where it has some. */
function aggregateFor(kind: Kind, before: JsonObject): JsonObject {
  const { of = "", ...rest } = before;
  if (ASKING.has(kind)) return { of, eq: "" };
  const bounds = Object.fromEntries(Object.entries(rest).filter(([key, bound]) => BOUNDS.has(key) && isNumeric(bound)));
  const compare = Object.keys(bounds).length > 0 ? bounds : { gte: kind === "count" || kind === "days" ? 2 : 1 };
  return OF.has(kind) ? { of, ...compare } : compare;
}

const BOUNDS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "lte", "gt", "gte", "between"]);

function isNumeric(bound: JsonObject[string]): boolean {
  return typeof bound === "number" || (Array.isArray(bound) && !isJsonObject(bound));
}

import { Text, TagsInput } from "@mantine/core";
import { Filter } from "lucide-react";
import { useMemo, useRef, type ReactNode } from "react";
import { isJsonObject } from "../../../core/model/json.ts";
import { childPointer } from "../../../core/rules/faults.ts";
import { KnownContext, usePropertiesOf, useSeen } from "./catalogue.ts";
import type { ConditionProps } from "./condition-editor.tsx";
import { useEventWords } from "./event-words.ts";
import { useFault } from "./fault-board.tsx";
import { ChoiceField, Noted, WIDE, type Field } from "./fields.tsx";
import { useNumbers } from "../i18n/numbers.ts";
import { newCondition } from "./defaults.ts";
import { listOf, put } from "./json-edit.ts";
import { NestedQuery } from "./nested-query.tsx";
import { Act, Below } from "./inline.tsx";

/** Which events are meant: their names, or any. The filter on them stands below (`WhereEditor`). */
export function NamesEditor({ value, onChange, pointer }: Omit<Field, "label">): ReactNode {
  const say = useEventWords();
  const numbers = useNumbers();
  const error = useFault(pointer);
  const seen = useSeen("events");
  const isAny = value === "*";
  const names = namesIn(value);
  const notes = new Map(seen.map(({ event, last30Days }) => [event, say("seen", { count: numbers.count(last30Days) })]));
  const often = useMemo(() => seen.toSorted((one, other) => other.last30Days - one.last30Days).map(({ event }) => event), [seen]);
  return (
    <>
      <ChoiceField
        label={say("which")}
        value={isAny ? "any" : "named"}
        choices={[
          { value: "named", label: say("which_named") },
          { value: "any", label: say("which_any") },
        ]}
        onChange={(chosen) => onChange(chosen === "any" ? "*" : "")}
      />
      {isAny ? null : (
        <TagsInput
          aria-label={say("names")}
          placeholder={names.length === 0 ? say("namesHint") : ""}
          data={often}
          limit={30}
          value={names}
          error={error}
          splitChars={["\n", "\t"]}
          onChange={(chosen) => onChange(chosen.length > 1 ? chosen : (chosen[0] ?? ""))}
          renderOption={({ option }) => <Noted text={option.value} note={notes.get(option.value)} />}
          style={{ ...WIDE, flexBasis: "14rem" }}
        />
      )}
    </>
  );
}

export function namesIn(value: Field["value"]): string[] {
  const names = typeof value === "string" ? [value] : listOf(value);
  return names.flatMap((name) => (typeof name === "string" && name !== "" && name !== "*" ? [name] : []));
}

/** What the events must be like to count, if anything: a filter over their properties, completed from what was seen of them. */
export function WhereEditor({ value, onChange, pointer }: ConditionProps): ReactNode {
  const say = useEventWords();
  const where = value["where"];
  const isNew = useRef(false);
  const focus = (place: HTMLDivElement | null): void => {
    if (place === null || !isNew.current) return;
    isNew.current = false;
    place.querySelector<HTMLElement>("input")?.focus();
  };
  if (where === undefined)
    return (
      <Act
        text={say("addWhere")}
        icon={<Filter size={14} aria-hidden />}
        onClick={() => {
          isNew.current = true;
          onChange(put(value, "where", newCondition("property")));
        }}
      />
    );
  return (
    <Below style={{ paddingInlineStart: "0.75rem", borderInlineStart: "2px solid var(--mantine-color-default-border)" }}>
      <Text size="sm" c="dimmed">
        {say("where")}
      </Text>
      <div ref={focus}>
        <KnownOf events={namesIn(value["event"])}>
          <NestedQuery
            grammar="filter"
            label={say("filter")}
            value={where}
            onChange={(filter) =>
              onChange(put(value, "where", isJsonObject(filter) && Object.keys(filter).length === 0 ? undefined : filter))
            }
            pointer={childPointer(pointer, "where")}
          />
        </KnownOf>
      </div>
    </Below>
  );
}

/** Offers the properties of some events to what is within. */
export function KnownOf({ events, children }: { readonly events: readonly string[]; readonly children: ReactNode }): ReactNode {
  return <KnownContext value={usePropertiesOf(events)}>{children}</KnownContext>;
}

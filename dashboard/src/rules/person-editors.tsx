import type { ReactNode } from "react";
import { childPointer } from "../../../core/rules/faults.ts";
import { useSeen } from "./catalogue.ts";
import type { ConditionProps } from "./condition-editor.tsx";
import { Faults } from "./fault-board.tsx";
import { ChoiceField, CompleteField, NumberField, TextField } from "./fields.tsx";
import { objectOf, put, textOf } from "./json-edit.ts";
import { useValueWords } from "./value-words.ts";
import { useRuleWords } from "./words.ts";
import { Tick, Word } from "./inline.tsx";
import { SpanField } from "./time-fields.tsx";

/** The conditions that ask neither a trait nor events, and where an event came from. */

export function AudienceEditor({ value, onChange, pointer }: ConditionProps): ReactNode {
  const say = useRuleWords();
  const word = useValueWords();
  const audiences = useSeen("audiences");
  const isFor = Object.hasOwn(value, "for");
  return (
    <>
      <CompleteField
        label={say("audienceKey")}
        value={value["audience"]}
        offered={audiences.map(({ key }) => key)}
        notes={new Map(audiences.map(({ key, name }) => [key, name]))}
        onChange={(key) => onChange(put(value, "audience", key))}
        pointer={childPointer(pointer, "audience")}
      />
      <Tick
        label={say("forSome")}
        checked={isFor}
        onChange={(checked) => onChange(put(value, "for", checked ? "30d" : undefined))}
      />
      {isFor ? (
        <SpanField
          label={word("amount")}
          value={value["for"]}
          onChange={(span) => onChange(put(value, "for", span))}
          pointer={childPointer(pointer, "for")}
        />
      ) : null}
    </>
  );
}

/** A list, or a source, by its key. */
export function KeyEditor({ of, value, onChange, pointer }: ConditionProps & { readonly of: "list" | "source" }): ReactNode {
  const say = useRuleWords();
  const seen = useSeen(of === "list" ? "lists" : "sources");
  return (
    <CompleteField
      label={say(of === "list" ? "listKey" : "sourceKey")}
      value={value[of]}
      offered={seen.map(({ key }) => key)}
      notes={new Map(seen.map(({ key, name }) => [key, name]))}
      onChange={(key) => onChange(put(value, of, key))}
      pointer={childPointer(pointer, of)}
    />
  );
}

const ORIGINS = {
  party: ["first", "second", "third"],
  channel: ["web", "app", "store", "email", "crm", "partner"],
} as const;

export function OriginEditor({
  of,
  value,
  onChange,
  pointer,
}: ConditionProps & { readonly of: keyof typeof ORIGINS }): ReactNode {
  const say = useRuleWords();
  const choices =
    of === "party"
      ? ORIGINS.party.map((one) => ({ value: one as string, label: say(`party_${one}`) }))
      : ORIGINS.channel.map((one) => ({ value: one as string, label: say(`channel_${one}`) }));
  return (
    <ChoiceField
      label={say(of)}
      value={textOf(value[of])}
      choices={choices}
      onChange={(chosen) => onChange(put(value, of, chosen))}
      pointer={childPointer(pointer, of)}
    />
  );
}

export function BucketEditor({ value, onChange, pointer }: ConditionProps): ReactNode {
  const say = useRuleWords();
  const place = childPointer(pointer, "bucket");
  const bucket = objectOf(value["bucket"]);
  const field = (key: "salt" | "from" | "to") => ({
    value: bucket[key],
    pointer: childPointer(place, key),
    onChange: (next: ConditionProps["value"][string]) => onChange(put(value, "bucket", put(bucket, key, next))),
  });
  return (
    <>
      <Word>{say("fromShare")}</Word>
      <NumberField label={say("shareFrom")} {...field("from")} />
      <Word>{say("toShare")}</Word>
      <NumberField label={say("shareTo")} {...field("to")} />
      <TextField label={say("salt")} {...field("salt")} />
      <Faults pointer={place} />
    </>
  );
}

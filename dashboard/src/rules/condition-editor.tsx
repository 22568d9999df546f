import { Textarea } from "@mantine/core";
import { use, useState, type ReactNode } from "react";
import type { Json, JsonObject } from "../../../core/model/json.ts";
import { childPointer } from "../../../core/rules/faults.ts";
import { KnownContext, pathsOf } from "./catalogue.ts";
import { EventEditor } from "./event-editor.tsx";
import { CompleteField } from "./fields.tsx";
import { objectOf, put, textOf } from "./json-edit.ts";
import { isComparison, openMissing, subjectOf, withMissing, type Grammar, type LeafKind } from "./model.ts";
import { OrUnknown } from "./or-unknown.tsx";
import { AudienceEditor, BucketEditor, KeyEditor, OriginEditor } from "./person-editors.tsx";
import { SequenceEditor } from "./sequence-editor.tsx";
import { TestEditor, useFirstTest } from "./test-editor.tsx";
import { useValueWords } from "./value-words.ts";
import { useRuleWords } from "./words.ts";
import { Below, Word } from "./inline.tsx";

export interface ConditionProps {
  readonly value: JsonObject;
  readonly onChange: (value: JsonObject) => void;
  readonly pointer: string;
}

/** The controls of a condition, by its kind. */
export function ConditionEditor({
  kind,
  grammar,
  value,
  onChange,
  pointer,
  isDenied,
}: {
  readonly kind: LeafKind;
  readonly grammar: Grammar;
  readonly value: Json;
  readonly onChange: (value: Json) => void;
  readonly pointer: string;
  /** True where it stands below a negation. */
  readonly isDenied: boolean;
}): ReactNode {
  const say = useRuleWords();
  const props = { value: objectOf(value), onChange, pointer };
  switch (kind) {
    case "trait":
    case "property":
      return <ComparisonEditor grammar={grammar} isDenied={isDenied} {...props} />;
    case "event":
      return <EventEditor {...props} />;
    case "sequence":
      return <SequenceEditor {...props} />;
    case "audience":
      return <AudienceEditor {...props} />;
    case "list":
    case "source":
      return <KeyEditor of={kind} {...props} />;
    case "party":
    case "channel":
      return <OriginEditor of={kind} {...props} />;
    case "bucket":
      return <BucketEditor {...props} />;
    case "everyone":
      return <Word>{say("everyoneText")}</Word>;
    case "raw":
      return <OtherEditor value={value} onChange={onChange} />;
  }
}

/** A trait or a property, how it is compared, and whether who has none is meant too. */
function ComparisonEditor({
  grammar,
  isDenied,
  value,
  onChange,
  pointer,
}: ConditionProps & { readonly grammar: Grammar; readonly isDenied: boolean }): ReactNode {
  const say = useRuleWords();
  const word = useValueWords();
  const known = use(KnownContext);
  const firstTest = useFirstTest();
  const subject = subjectOf(grammar);
  const opened = openMissing(value, grammar);
  const comparison = opened ?? value;
  const place = opened === undefined ? pointer : childPointer(childPointer(pointer, "any"), 0);
  const path = textOf(comparison[subject]);
  const set = (next: JsonObject): void =>
    onChange(opened !== undefined && isComparison(next, grammar) ? withMissing(next) : next);
  return (
    <>
      <CompleteField
        label={word(subject)}
        value={comparison[subject]}
        offered={pathsOf(known)}
        notes={new Map(known.map((one) => [one.path, one.types.map(({ type }) => type).join(", ")]))}
        onChange={(next) => set(put(comparison, subject, next))}
        onLeave={() => {
          const first = firstTest(path, comparison);
          if (first !== comparison) set(first);
        }}
        pointer={childPointer(place, subject)}
      />
      <TestEditor value={comparison} onChange={set} pointer={place} path={path} beside={[subject]} />
      {isComparison(comparison, grammar) ? (
        <OrUnknown
          why={say(isDenied ? "orUnknownTurned" : "orUnknownWhy", { name: path })}
          checked={opened !== undefined}
          onChange={(checked) => onChange(checked ? withMissing(comparison) : comparison)}
        />
      ) : null}
    </>
  );
}

/** What is no condition, as JSON: taken over as soon as it can be read. */
function OtherEditor({ value, onChange }: { readonly value: Json; readonly onChange: (value: Json) => void }): ReactNode {
  const say = useRuleWords();
  const [text, setText] = useState(() => JSON.stringify(value, undefined, 2));
  return (
    <Below>
      <Textarea
        aria-label={say("other")}
        description={say("otherHint")}
        inputWrapperOrder={["input", "description", "error"]}
        autosize
        maxRows={12}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          try {
            onChange(JSON.parse(currentTarget.value) as Json);
          } catch {
            // Not yet.
          }
        }}
        styles={{ input: { fontFamily: "monospace" } }}
      />
    </Below>
  );
}

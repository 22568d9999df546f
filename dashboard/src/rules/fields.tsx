import { Autocomplete, NativeSelect, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState, type CSSProperties, type ReactNode } from "react";
import type { Json } from "../../../core/model/json.ts";
import { useFault } from "./fault-board.tsx";
import { numberOf, tagOf, textOf, valueOfTag } from "./json-edit.ts";
import { useValueWords } from "./value-words.ts";

/** The fields that all editors are made of. Each shows what is wrong at its place in the rule, and keeps what it cannot show. */

export interface Field<T = Json | undefined> {
  readonly value: T;
  readonly onChange: (value: Json) => void;
  /** Where in the rule it stands. */
  readonly pointer: string;
  readonly label: string;
}

/** Grows with its row, and takes one of its own where the screen is narrow. */
export const WIDE: CSSProperties = { flex: "1 1 11rem", minWidth: 0, maxWidth: "26rem" };
export const NARROW: CSSProperties = { flex: "0 1 7rem", minWidth: "5.5rem" };
/** Room for what is wrong, in a field that is narrow otherwise. */
export function roomy(style: CSSProperties, error: string | undefined): CSSProperties {
  return error === undefined ? style : { ...style, flex: "1 1 14rem", maxWidth: "26rem", width: "auto" };
}
export const SELECT: CSSProperties = { flex: "0 1 auto", minWidth: 0, maxWidth: "100%" };

export function TextField({
  value,
  onChange,
  pointer,
  label,
  placeholder,
  style = WIDE,
}: Field & { readonly placeholder?: string; readonly style?: CSSProperties }): ReactNode {
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      value={textOf(value)}
      error={useFault(pointer)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      style={style}
    />
  );
}

/** Keeps what is being typed: `1.` is not yet another number than 1. */
export function NumberField({
  value,
  onChange,
  pointer,
  label,
  style = NARROW,
}: Field & { readonly style?: CSSProperties }): ReactNode {
  const [typed, setTyped] = useState<string>();
  const text = typed !== undefined && numberOf(typed) === value ? typed : textOf(value);
  const error = useFault(pointer);
  return (
    <TextInput
      aria-label={label}
      inputMode="decimal"
      value={text}
      error={error}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        onChange(numberOf(currentTarget.value));
      }}
      style={roomy(style, error)}
    />
  );
}

export interface Choice<T extends string = string> {
  readonly value: T;
  readonly label: string;
}

/** A choice of few. What is chosen and is none of them stays to be seen. */
export function ChoiceField<T extends string>({
  value,
  onChange,
  label,
  choices,
  pointer,
  style = SELECT,
}: {
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly label: string;
  readonly choices: readonly (Choice<T> | { readonly group: string; readonly items: readonly Choice<T>[] })[];
  /** Not given where another field shows what is wrong. */
  readonly pointer?: string;
  readonly style?: CSSProperties;
}): ReactNode {
  const offered = choices.flatMap((one) => ("group" in one ? one.items : [one]));
  const data = choices.map((one) => ("group" in one ? { group: one.group, items: [...one.items] } : one));
  const all = offered.some((one) => one.value === value) ? data : [...data, { value, label: value }];
  const input = (error: string | undefined): ReactNode => (
    <NativeSelect
      aria-label={label}
      data={all}
      value={value}
      error={error}
      onChange={({ currentTarget }) => {
        const chosen = offered.find((one) => one.value === currentTarget.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
      style={style}
    />
  );
  return pointer === undefined ? input(undefined) : <WithFault pointer={pointer} show={input} />;
}

function WithFault({
  pointer,
  show,
}: {
  readonly pointer: string;
  readonly show: (error: string | undefined) => ReactNode;
}): ReactNode {
  return show(useFault(pointer));
}

/** A text with what was seen to choose from. @param notes what is said beside some of the suggestions */
export function CompleteField({
  value,
  onChange,
  pointer,
  label,
  offered,
  notes,
  onLeave,
  style = WIDE,
}: Field & {
  readonly offered: readonly string[];
  readonly notes?: ReadonlyMap<string, string>;
  readonly onLeave?: () => void;
  readonly style?: CSSProperties;
}): ReactNode {
  return (
    <Autocomplete
      aria-label={label}
      placeholder={label}
      data={[...new Set(offered)]}
      limit={30}
      value={textOf(value)}
      error={useFault(pointer)}
      onChange={onChange}
      onBlur={onLeave}
      renderOption={({ option }) => <Noted text={option.value} note={notes?.get(option.value)} />}
      style={style}
    />
  );
}

export function Noted({ text, note }: { readonly text: string; readonly note: string | undefined }): ReactNode {
  return (
    <span className="wrap">
      {text}
      {note === undefined ? null : <span style={{ color: "var(--mantine-color-dimmed)" }}> · {note}</span>}
    </span>
  );
}

/** More of them are written one a line. */
const MOST_TAGS = 200;

/** Several values, each of its own type (`tagOf`). @param read what a value that was typed is taken as */
export function ValuesField({
  value,
  onChange,
  pointer,
  label,
  offered,
  hint,
  read = valueOfTag,
}: Field<readonly Json[]> & {
  readonly offered: readonly Json[];
  readonly hint: string;
  readonly read?: (tag: string) => Json;
}): ReactNode {
  const say = useValueWords();
  const error = useFault(pointer);
  const tags = value.map(tagOf);
  const held = new Map(tags.map((tag, index) => [tag, value[index] ?? null]));
  const taken = (texts: readonly string[]): void => {
    onChange(texts.filter((text) => text !== "").map((text) => held.get(text) ?? read(text)));
  };
  if (tags.length > MOST_TAGS)
    return (
      <Textarea
        aria-label={label}
        description={say("valuesLong")}
        rows={8}
        value={tags.join("\n")}
        error={error}
        onChange={({ currentTarget }) => taken(currentTarget.value.split("\n"))}
        style={{ flex: "1 1 100%" }}
      />
    );
  return (
    <TagsInput
      aria-label={label}
      description={hint}
      inputWrapperOrder={["input", "description", "error"]}
      data={[...new Set(offered.map(tagOf))]}
      value={tags}
      error={error}
      allowDuplicates
      splitChars={["\n", "\t"]}
      onChange={taken}
      style={{ flex: "1 1 16rem", minWidth: 0 }}
    />
  );
}

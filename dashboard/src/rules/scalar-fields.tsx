import { Button, NativeSelect, Text } from "@mantine/core";
import { Lightbulb } from "lucide-react";
import type { ReactNode } from "react";
import type { Json } from "../../../core/model/json.ts";
import { onlyType, useKnown, useKnownValues } from "./catalogue.ts";
import { useFault } from "./fault-board.tsx";
import { ChoiceField, CompleteField, NumberField, ValuesField, type Field } from "./fields.tsx";
import { listOf, numberOf, tagOf, valueOfTag } from "./json-edit.ts";
import { useValueWords } from "./value-words.ts";

const TYPES = ["text", "number", "flag"] as const;
type Type = (typeof TYPES)[number];

/** A scalar with its type: what was written keeps its own until another is chosen. @param path of what it is compared with */
export function ScalarField({ value, onChange, pointer, path }: Omit<Field, "label"> & { readonly path: string }): ReactNode {
  const say = useValueWords();
  const known = useKnownValues(path);
  const type = typeOf(value);
  return (
    <>
      {type === "number" ? (
        <NumberField label={say("value")} value={value} onChange={onChange} pointer={pointer} />
      ) : type === "flag" ? (
        <FlagField label={say("value")} value={value} onChange={onChange} pointer={pointer} yes={say("true")} no={say("false")} />
      ) : (
        <CompleteField
          label={say("value")}
          value={value}
          onChange={(text) => onChange(known.find((one) => one === text || (value === "" && tagOf(one) === text)) ?? text)}
          pointer={pointer}
          offered={known.map((one) => (typeof one === "string" ? one : tagOf(one)))}
        />
      )}
      <ChoiceField<Type>
        label={say("type")}
        value={type}
        choices={TYPES.map((one) => ({ value: one, label: say(`type_${one}`) }))}
        onChange={(chosen) => onChange(asType(value, chosen))}
      />
      <TypeAdvice value={value} onChange={onChange} path={path} />
    </>
  );
}

export function FlagField({
  value,
  onChange,
  pointer,
  label,
  yes,
  no,
}: Field & { readonly yes: string; readonly no: string }): ReactNode {
  return (
    <NativeSelect
      aria-label={label}
      data={[
        ...(typeof value === "boolean" ? [] : [{ value: "", label: "" }]),
        { value: "true", label: yes },
        { value: "false", label: no },
      ]}
      value={typeof value === "boolean" ? String(value) : ""}
      error={useFault(pointer)}
      onChange={({ currentTarget }) => onChange(currentTarget.value === "true")}
    />
  );
}

/** A value of a type that the property never has is never equal: offers the one that it has. */
function TypeAdvice({
  value,
  onChange,
  path,
}: {
  readonly value: Json | undefined;
  readonly onChange: (value: Json) => void;
  readonly path: string;
}): ReactNode {
  const say = useValueWords();
  const type = onlyType(useKnown(path));
  const number = typeof value === "string" && value !== "" ? numberOf(value) : undefined;
  if (type === "number" && typeof number === "number")
    return <Advice text={say("takeNumber", { number, name: path })} act={() => onChange(number)} />;
  if (type === "text" && typeof value === "number")
    return <Advice text={say("takeText", { text: String(value), name: path })} act={() => onChange(String(value))} />;
  return null;
}

function Advice({ text, act }: { readonly text: string; readonly act: () => void }): ReactNode {
  return (
    <Button
      variant="light"
      size="compact-sm"
      h="auto"
      py={4}
      leftSection={<Lightbulb size={14} aria-hidden />}
      onClick={act}
      styles={{ label: { whiteSpace: "normal", textAlign: "start" } }}
    >
      <Text size="sm" span>
        {text}
      </Text>
    </Button>
  );
}

/** Several scalars: what is typed has the type that the property has, else the one that it reads as. */
export function ScalarsField({ value, onChange, pointer, path }: Omit<Field, "label"> & { readonly path: string }): ReactNode {
  const say = useValueWords();
  const known = useKnownValues(path);
  const type = onlyType(useKnown(path)) ?? onlyType(useKnown(`${path}[]`));
  return (
    <ValuesField
      label={say("values")}
      hint={say("valuesHint")}
      value={listOf(value)}
      onChange={onChange}
      pointer={pointer}
      offered={known}
      read={(tag) => (type === "text" && !tag.startsWith('"') ? tag : valueOfTag(tag))}
    />
  );
}

function typeOf(value: Json | undefined): Type {
  return typeof value === "number" ? "number" : typeof value === "boolean" ? "flag" : "text";
}

function asType(value: Json | undefined, type: Type): Json {
  const text = typeof value === "string" ? value : value === undefined ? "" : tagOf(value);
  if (type === "text") return text;
  if (type === "flag") return text === "true";
  const number = numberOf(text);
  return typeof number === "number" ? number : 0;
}

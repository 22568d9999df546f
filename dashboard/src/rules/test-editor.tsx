import { use, type ReactNode } from "react";
import type { Json, JsonObject } from "../../../core/model/json.ts";
import { childPointer } from "../../../core/rules/faults.ts";
import { elementsOf, KnownContext, onlyType, useKnownValues } from "./catalogue.ts";
import { CompareEditor, RangeFields } from "./compare-editor.tsx";
import { FOLDING, isOperator, NEW_OPERANDS, operandFor, type OperatorName } from "./defaults.ts";
import { Faults } from "./fault-board.tsx";
import { ChoiceField, CompleteField, NumberField, TextField, ValuesField, type Field } from "./fields.tsx";
import { listOf, objectOf, put, replaceKey, without } from "./json-edit.ts";
import { NestedQuery } from "./nested-query.tsx";
import { FlagField, ScalarField, ScalarsField } from "./scalar-fields.tsx";
import { useValueWords } from "./value-words.ts";
import { Below, Tick, Word } from "./inline.tsx";
import { InstantField, SpanField } from "./time-fields.tsx";

const OPERATORS = {
  ops_any: ["eq", "ne", "in", "notIn", "exists"],
  ops_number: ["gte", "gt", "lte", "lt", "between"],
  ops_text: ["contains", "startsWith", "endsWith", "glob", "matches"],
  ops_list: ["hasAny", "hasAll", "hasNone", "size", "some"],
  ops_date: ["withinLast", "olderThan", "withinNext", "before", "after", "anniversary"],
  ops_special: ["version", "cidr", "near"],
} as const satisfies Readonly<Record<string, readonly OperatorName[]>>;
type OperatorGroup = keyof typeof OPERATORS;
const OPERATOR_GROUPS = Object.keys(OPERATORS) as readonly OperatorGroup[];

/**
 * How a value is compared: the operator of a condition, its operand, and whether case counts.
 * @param value the condition, of which the operator is a part
 * @param path of the value that is compared, as rules write it
 */
export function TestEditor({
  value,
  onChange,
  pointer,
  path,
  beside,
  isNever = [],
}: {
  readonly value: JsonObject;
  readonly onChange: (value: JsonObject) => void;
  readonly pointer: string;
  readonly path: string;
  /** Keys of the condition that are no operator. */
  readonly beside: readonly string[];
  /** Operators that may not stand here. */
  readonly isNever?: readonly OperatorName[];
}): ReactNode {
  const say = useValueWords();
  const keys = Object.keys(value).filter((key) => !beside.includes(key) && key !== "ignoreCase");
  const operator = keys.find(isOperator) ?? keys[0];
  const choose = (chosen: string): void => {
    if (!isOperator(chosen)) return;
    const operand = operandFor(chosen, operator, operator === undefined ? undefined : value[operator]);
    const next = operator === undefined ? put(value, chosen, operand) : replaceKey(value, operator, chosen, operand);
    onChange(FOLDING.has(chosen) ? next : without(next, "ignoreCase"));
  };
  return (
    <>
      <ChoiceField
        label={say("operator")}
        value={operator ?? ""}
        choices={OPERATOR_GROUPS.map((group) => ({
          group: say(group),
          items: OPERATORS[group]
            .filter((one) => !isNever.includes(one))
            .map((one) => ({ value: one as string, label: say(`op_${one}`) })),
        }))}
        onChange={choose}
      />
      {operator !== undefined && isOperator(operator) ? (
        <Operand
          key={operator}
          operator={operator}
          path={path}
          value={value[operator]}
          pointer={childPointer(pointer, operator)}
          onChange={(operand) => onChange(put(value, operator, operand))}
        />
      ) : null}
      {operator !== undefined && FOLDING.has(operator) && (takesCase(value[operator]) || Object.hasOwn(value, "ignoreCase")) ? (
        <Tick
          label={say("ignoreCase")}
          checked={value["ignoreCase"] === true}
          onChange={(checked) => onChange(put(value, "ignoreCase", checked ? true : undefined))}
        />
      ) : null}
      <Faults pointer={childPointer(pointer, "ignoreCase")} />
    </>
  );
}

/** Where there is no text to compare, case means nothing. */
function takesCase(operand: Json | undefined): boolean {
  const values = Array.isArray(operand) ? listOf(operand) : [operand];
  return values.length === 0 || values.some((value) => typeof value === "string");
}

type OperandProps = Omit<Field, "label"> & { readonly operator: OperatorName; readonly path: string };

function Operand({ operator, ...rest }: OperandProps): ReactNode {
  const say = useValueWords();
  switch (operator) {
    case "eq":
    case "ne":
      return <ScalarField {...rest} />;
    case "in":
    case "notIn":
    case "hasAny":
    case "hasAll":
    case "hasNone":
      return <ScalarsField {...rest} />;
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return <NumberField label={say("value")} {...rest} />;
    case "between":
      return <RangeFields of="number" {...rest} />;
    case "exists":
      return <FlagField label={say("value")} yes={say("known")} no={say("notKnown")} {...rest} />;
    case "contains":
    case "startsWith":
    case "endsWith":
      return <KnownText {...rest} />;
    case "glob":
    case "matches":
      return <TextField label={say("pattern")} placeholder={operator === "glob" ? "*@example.com" : "^sku-[0-9]+$"} {...rest} />;
    case "size":
      return <CompareEditor of="number" {...rest} />;
    case "version":
      return <CompareEditor of="version" {...rest} />;
    case "some":
      return <Element {...rest} />;
    case "before":
    case "after":
      return <InstantField label={say("date")} {...rest} />;
    case "withinLast":
    case "olderThan":
    case "withinNext":
      return <SpanField label={say("amount")} {...rest} />;
    case "anniversary":
      return <Anniversary {...rest} />;
    case "cidr":
      return <Blocks {...rest} />;
    case "near":
      return <Circle {...rest} />;
  }
}

type Rest = Omit<OperandProps, "operator">;

function KnownText({ path, ...rest }: Rest): ReactNode {
  const say = useValueWords();
  const offered = useKnownValues(path).filter((one) => typeof one === "string");
  return <CompleteField label={say("text")} offered={offered} {...rest} />;
}

function Element({ value, onChange, pointer, path }: Rest): ReactNode {
  const say = useValueWords();
  const known = use(KnownContext);
  return (
    <KnownContext value={elementsOf(known, path)}>
      <Below>
        <NestedQuery grammar="element" label={say("element")} value={value ?? {}} onChange={onChange} pointer={pointer} />
      </Below>
    </KnownContext>
  );
}

function Anniversary({ value, onChange, pointer }: Rest): ReactNode {
  const say = useValueWords();
  const written = objectOf(value);
  return (
    <>
      <SpanField
        label={say("amount")}
        value={written["withinNext"]}
        onChange={(span) => onChange(put(written, "withinNext", span))}
        pointer={childPointer(pointer, "withinNext")}
      />
      <Faults pointer={pointer} />
    </>
  );
}

function Blocks({ value, onChange, pointer }: Rest): ReactNode {
  const say = useValueWords();
  return (
    <ValuesField
      label={say("blocks")}
      hint={say("blocksHint")}
      value={listOf(value)}
      onChange={onChange}
      pointer={pointer}
      offered={[]}
      read={(tag) => tag.trim()}
    />
  );
}

const CIRCLE = ["km", "lat", "lon"] as const;

function Circle({ value, onChange, pointer }: Rest): ReactNode {
  const say = useValueWords();
  const written = objectOf(value);
  return (
    <>
      {CIRCLE.map((key) => (
        <NumberField
          key={key}
          label={say(key)}
          value={written[key]}
          onChange={(number) => onChange(put(written, key, number))}
          pointer={childPointer(pointer, key)}
        />
      )).flatMap((field, index) => (index === 0 ? [field, <Word key="of">{say("kmOf")}</Word>] : [field]))}
      <Faults pointer={pointer} />
    </>
  );
}

/** What a condition on a property compares first, by what was seen of it. */
export function useFirstTest(): (path: string, value: JsonObject) => JsonObject {
  const known = use(KnownContext);
  return (path, value) => {
    const seen = known.find((one) => one.path === path);
    const isUntouched = value["eq"] === "" && !Object.hasOwn(value, "ignoreCase");
    if (!isUntouched || seen === undefined) return value;
    const type = onlyType(seen);
    if (type === "number") return replaceKey(value, "eq", "gte", seen.values?.find((one) => typeof one === "number") ?? 0);
    if (type === "boolean") return put(value, "eq", true);
    if (seen.types.every((one) => one.type === "array")) {
      const holdsObjects = known.some((one) => one.path.startsWith(`${path}[].`));
      const operator = holdsObjects ? "some" : "hasAny";
      return replaceKey(value, "eq", operator, NEW_OPERANDS[operator]);
    }
    if (seen.types.every((one) => one.type === "instant")) return replaceKey(value, "eq", "withinLast", "30d");
    return value;
  };
}

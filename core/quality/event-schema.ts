import { Validator, type Schema, type ValidationError } from "jsonschema";
import { canonicalJson, isJsonArray, isJsonObject, ownProperty, type Json, type JsonObject } from "../model/json.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { leadingDate, parseTimestamp } from "../model/timestamp.ts";
import { compilePattern } from "../rules/pattern.ts";

/** What is wrong with a schema: a JSON Pointer (RFC 6901) into it, a stable code, a sentence. */
export interface SchemaFault {
  readonly pointer: string;
  readonly code:
    | "unknown_keyword"
    | "bad_keyword"
    | "bad_pattern"
    | "unknown_format"
    | "remote_ref"
    | "unknown_ref"
    | "recursive_ref"
    | "too_many_keywords";
  readonly message: string;
}

/** A schema ready to be asked. @returns what is first found wrong, as `/total is not of a type(s) number`; it repeats no value */
export type EventSchema = (properties: JsonObject) => string | undefined;

/** Keywords of one schema, after its references are written out. */
const MOST_KEYWORDS = 2_000;
const LONGEST_DETAIL = 300;

/**
 * Reads a schema of JSON Schema draft 7. What is not known is refused rather than passed over: a plan with `requried` in it
 * would watch over nothing. Patterns are of RE2, whose time grows with the text alone; references lead within the schema, and not back
 * into themselves, and are written out, so that a question always ends.
 */
export function compileSchema(schema: JsonObject | boolean): Result<EventSchema, readonly SchemaFault[]> {
  const reader = new SchemaReader(schema);
  const whole = reader.read(schema, "", []);
  if (reader.faults.length > 0) return fail(reader.faults);
  const validator = new SafeValidator(reader.patterns);
  return ok((properties) => {
    const [first] = validator.validate(properties, whole as Schema, { base: "/" }).errors;
    return first === undefined ? undefined : detailOf(first);
  });
}

function detailOf({ path, name, argument, message }: ValidationError): string {
  // What the schema `false` says.
  const isNothingAllowed = name === "type" && Array.isArray(argument) && argument.length === 0;
  const what = isNothingAllowed ? "is not allowed" : message;
  return `${path.map((step) => `/${escaped(String(step))}`).join("")} ${what}`.trim().slice(0, LONGEST_DETAIL);
}

/** The library's, but for what a hostile event or a careless pattern could make slow. */
class SafeValidator extends Validator {
  constructor(patterns: ReadonlyMap<string, (text: string) => boolean>) {
    super();
    this.attributes["pattern"] = (value, schema) => {
      const pattern: unknown = schema.pattern;
      if (typeof value !== "string" || typeof pattern !== "string" || patterns.get(pattern)?.(value) === true) return "";
      return `does not match pattern ${JSON.stringify(pattern)}`;
    };
    this.attributes["format"] = (value, schema) => {
      const format: unknown = schema.format;
      if (typeof value !== "string" || typeof format !== "string" || FORMATS.get(format)?.(value) === true) return "";
      return `does not conform to the ${JSON.stringify(format)} format`;
    };
    this.attributes["uniqueItems"] = (value: Json, schema) => {
      if (schema.uniqueItems !== true || !isJsonArray(value)) return "";
      return new Set(value.map(canonicalJson)).size === value.length ? "" : "contains duplicate item";
    };
  }
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["date-time", (text: string) => parseTimestamp(text) !== undefined],
  ["date", (text: string) => text.length === 10 && leadingDate(text) !== undefined],
  ["email", (text: string) => /^[^\s@]+@[^\s@]+$/.test(text)],
  ["uri", (text: string) => /^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(text)],
  ["uuid", (text: string) => UUID.test(text)],
]);

const TYPES: ReadonlySet<Json> = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

/** What the value of a keyword must be. */
type Kind =
  "schema" | "schemas" | "named" | "items" | "types" | "count" | "number" | "divisor" | "boolean" | "texts" | "values" | "any";

const KEYWORDS: ReadonlyMap<string, Kind | "pattern" | "format" | "dependencies"> = new Map([
  ["type", "types"],
  ["enum", "values"],
  ["const", "any"],
  ["properties", "named"],
  ["required", "texts"],
  ["additionalProperties", "schema"],
  ["propertyNames", "schema"],
  ["minProperties", "count"],
  ["maxProperties", "count"],
  ["dependencies", "dependencies"],
  ["items", "items"],
  ["additionalItems", "schema"],
  ["contains", "schema"],
  ["minItems", "count"],
  ["maxItems", "count"],
  ["uniqueItems", "boolean"],
  ["minLength", "count"],
  ["maxLength", "count"],
  ["pattern", "pattern"],
  ["format", "format"],
  ["minimum", "number"],
  ["maximum", "number"],
  ["exclusiveMinimum", "number"],
  ["exclusiveMaximum", "number"],
  ["multipleOf", "divisor"],
  ["allOf", "schemas"],
  ["anyOf", "schemas"],
  ["oneOf", "schemas"],
  ["not", "schema"],
  ["if", "schema"],
  ["then", "schema"],
  ["else", "schema"],
]);

/** Said for people, or for references: nothing is asked by them. */
const SILENT: ReadonlySet<string> = new Set(
  "$schema $id $comment title description default examples readOnly writeOnly deprecated definitions $defs".split(" "),
);

class SchemaReader {
  readonly faults: SchemaFault[] = [];
  readonly patterns = new Map<string, (text: string) => boolean>();
  readonly #root: Json;
  #keywords = 0;

  constructor(root: Json) {
    this.#root = root;
  }

  /** The schema with its references written out. @param within the references that led here */
  read(schema: Json, pointer: string, within: readonly string[]): JsonObject | boolean {
    if (typeof schema === "boolean") return schema;
    if (!isJsonObject(schema)) return this.#bad(pointer, "bad_keyword", "A schema is an object, true or false.");
    const reference = ownProperty(schema, "$ref");
    if (reference !== undefined) return this.#referred(reference, `${pointer}/$ref`, within);
    const read: Record<string, Json> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (SILENT.has(keyword)) continue;
      this.#keywords++;
      if (this.#keywords > MOST_KEYWORDS) {
        if (this.#keywords === MOST_KEYWORDS + 1)
          this.#bad(pointer, "too_many_keywords", `A schema has ${MOST_KEYWORDS} keywords at most, its references written out.`);
        break;
      }
      const at = `${pointer}/${escaped(keyword)}`;
      const kind = KEYWORDS.get(keyword);
      if (kind === undefined) this.#bad(at, "unknown_keyword", "This keyword is not known: JSON Schema draft 7 is read here.");
      else read[keyword] = this.#value(kind, value, at, within);
    }
    return read;
  }

  #value(kind: Kind | "pattern" | "format" | "dependencies", value: Json, at: string, within: readonly string[]): Json {
    switch (kind) {
      case "schema":
        return this.read(value, at, within);
      case "items":
        return isJsonArray(value) ? this.#schemas(value, at, within) : this.read(value, at, within);
      case "schemas":
        if (isJsonArray(value) && value.length > 0) return this.#schemas(value, at, within);
        return this.#bad(at, "bad_keyword", "This is a list of schemas.");
      case "named":
      case "dependencies":
        if (!isJsonObject(value)) return this.#bad(at, "bad_keyword", "This is an object of schemas.");
        return Object.fromEntries(
          Object.entries(value).map(([name, inner]) => [
            name,
            kind === "dependencies" && isTexts(inner) ? inner : this.read(inner, `${at}/${escaped(name)}`, within),
          ]),
        );
      case "pattern":
        return this.#pattern(value, at);
      case "format":
        if (typeof value === "string" && FORMATS.has(value)) return value;
        return this.#bad(at, "unknown_format", `Formats are ${[...FORMATS.keys()].join(", ")}.`);
      default:
        return isOfKind(kind, value) ? value : this.#bad(at, "bad_keyword", WORDS[kind]);
    }
  }

  #schemas(list: readonly Json[], at: string, within: readonly string[]): Json {
    return list.map((inner, index) => this.read(inner, `${at}/${index}`, within));
  }

  #pattern(value: Json, at: string): Json {
    const compiled = typeof value === "string" ? compilePattern(value, false) : undefined;
    if (typeof value !== "string" || compiled === undefined)
      return this.#bad(at, "bad_pattern", "This is no pattern of RE2, or too large a one.");
    this.patterns.set(value, compiled);
    return value;
  }

  #referred(reference: Json, at: string, within: readonly string[]): JsonObject | boolean {
    if (typeof reference !== "string" || !reference.startsWith("#"))
      return this.#bad(at, "remote_ref", "A reference leads to a place of the schema itself, like #/definitions/price.");
    if (within.includes(reference)) return this.#bad(at, "recursive_ref", "A reference must not lead back to itself.");
    let target: Json | undefined = this.#root;
    for (const step of reference.slice(1).split("/").slice(1).map(unescaped)) {
      if (isJsonArray(target)) target = target[Number(step)];
      else target = isJsonObject(target) ? ownProperty(target, step) : undefined;
    }
    if (target === undefined) return this.#bad(at, "unknown_ref", "There is nothing at this place of the schema.");
    return this.read(target, reference.slice(1), [...within, reference]);
  }

  /** @returns a schema that holds of everything, so that reading can go on */
  #bad(pointer: string, code: SchemaFault["code"], message: string): true {
    if (this.faults.length < 100) this.faults.push({ pointer, code, message });
    return true;
  }
}

const WORDS = {
  types: "This is a type of JSON Schema, or a list of them.",
  count: "This is a whole number, 0 or more.",
  number: "This is a number.",
  divisor: "This is a number above 0.",
  boolean: "This is true or false.",
  texts: "This is a list of texts.",
  values: "This is a list of values, not empty.",
  any: "",
} as const;

function isOfKind(kind: keyof typeof WORDS, value: Json): boolean {
  switch (kind) {
    case "types":
      return isJsonArray(value) ? value.length > 0 && value.every((type) => TYPES.has(type)) : TYPES.has(value);
    case "count":
      return Number.isSafeInteger(value) && Number(value) >= 0;
    case "number":
      return typeof value === "number";
    case "divisor":
      return typeof value === "number" && value > 0;
    case "boolean":
      return typeof value === "boolean";
    case "texts":
      return isTexts(value);
    case "values":
      return isJsonArray(value) && value.length > 0;
    case "any":
      return true;
  }
}

function isTexts(value: Json): boolean {
  return isJsonArray(value) && value.every((text) => typeof text === "string");
}

function escaped(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

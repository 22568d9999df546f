import { CHANNELS, PARTIES } from "../model/event.ts";
import { isJsonObject } from "../model/json.ts";
import type { ElementFilter, Filter, OriginFilter, PropertyFilter } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";
import { readGroup, readNegation, refuseOtherKeys } from "./group-syntax.ts";
import { readTest } from "./operator-syntax.ts";
import { parsePath } from "./path.ts";

type Written = Readonly<Record<string, unknown>>;
type ReadKind<Kind> = (reading: Reading, written: Written, pointer: string, depth: number) => Kind | undefined;
type Kinds<Kind> = ReadonlyMap<string, ReadKind<Kind>>;

/** Every kind of filter, by the key that names it (rules.md, "Events"). */
const KINDS: Kinds<Filter> = new Map<string, ReadKind<Filter>>([
  ["all", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "all", readFilter)],
  ["any", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "any", readFilter)],
  ["none", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "none", readFilter)],
  ["not", (reading, written, pointer, depth) => readNegation(reading, written, pointer, depth, readFilter)],
  ["property", readProperty],
  ["source", (reading, written, pointer) => readOrigin(reading, written, pointer, "source")],
  ["party", (reading, written, pointer) => readOrigin(reading, written, pointer, "party")],
  ["channel", (reading, written, pointer) => readOrigin(reading, written, pointer, "channel")],
]);

/** Those that an element of an array can be asked: it comes from nowhere (rules.md, "Traits", `some`). */
const ELEMENT_KINDS: Kinds<ElementFilter> = new Map<string, ReadKind<ElementFilter>>([
  ["all", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "all", readElementFilter)],
  ["any", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "any", readElementFilter)],
  ["none", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "none", readElementFilter)],
  ["not", (reading, written, pointer, depth) => readNegation(reading, written, pointer, depth, readElementFilter)],
  ["property", readProperty],
]);

/** Reads what `where` holds. */
export function readFilter(reading: Reading, written: unknown, pointer: string, depth: number): Filter | undefined {
  return readOneOf(KINDS, "an event", reading, written, pointer, depth);
}

/** Reads what `some` holds. */
export function readElementFilter(reading: Reading, written: unknown, pointer: string, depth: number): ElementFilter | undefined {
  return readOneOf(ELEMENT_KINDS, "an element of a list", reading, written, pointer, depth);
}

function readOneOf<Kind>(
  kindsKnown: Kinds<Kind>,
  what: string,
  reading: Reading,
  written: unknown,
  pointer: string,
  depth: number,
): Kind | undefined {
  if (!reading.enter(pointer, depth)) return undefined;
  if (!isJsonObject(written))
    return reading.fault(pointer, "wrong_type", `A filter is an object, for example {"property":"category","eq":"shoes"}.`);
  const keys = Object.keys(written);
  const kinds = keys.filter((key) => kindsKnown.has(key));
  const [kind] = kinds;
  if (kinds.length > 1) {
    return reading.fault(
      pointer,
      "several_conditions",
      `This filter asks several things at once: join them with "all" or "any".`,
    );
  }
  if (kind !== undefined) return kindsKnown.get(kind)?.(reading, written, pointer, depth);
  if (keys.length === 0)
    return reading.fault(pointer, "missing_condition", `This filter is empty: say what ${what} must be to count.`);
  for (const key of keys)
    reading.fault(childPointer(pointer, key), "unknown_key", `“${key}” is not something ${what} can be filtered by.`);
  return undefined;
}

function readProperty(reading: Reading, written: Written, pointer: string, depth: number): PropertyFilter | undefined {
  const path = readPathAt(reading, written["property"], childPointer(pointer, "property"));
  const test = readTest(reading, written, pointer, "property", (element, place) =>
    readElementFilter(reading, element, place, depth + 1),
  );
  return path && test ? { kind: "property", path, test } : undefined;
}

/** Reads a path of a trait or property. */
export function readPathAt(reading: Reading, written: unknown, pointer: string): readonly string[] | undefined {
  if (typeof written !== "string") return reading.fault(pointer, "wrong_type", "Give the name of the value, as a text.");
  const path = parsePath(written);
  if (path) return path;
  return reading.fault(
    pointer,
    "bad_path",
    "A name is one or more words with dots between, as address.city; a dot of the name itself is written \\. and a backslash \\\\.",
  );
}

function readOrigin(reading: Reading, written: Written, pointer: string, kind: OriginFilter["kind"]): OriginFilter | undefined {
  refuseOtherKeys(reading, written, pointer, [kind]);
  const place = childPointer(pointer, kind);
  const is = written[kind];
  if (typeof is !== "string") return reading.fault(place, "wrong_type", `Give the ${kind} as a text.`);
  if (kind === "source" && is === "") return reading.fault(place, "unknown_value", "Give the key of a source.");
  if (kind === "party" && !PARTIES.has(is))
    return reading.fault(place, "unknown_value", `A party is "first", "second" or "third".`);
  if (kind === "channel" && !CHANNELS.has(is)) {
    return reading.fault(place, "unknown_value", `A channel is "web", "app", "store", "email", "crm" or "partner".`);
  }
  return { kind, is };
}

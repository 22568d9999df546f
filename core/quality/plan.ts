import { readCell, type CellReader, type CellType } from "../import/cell.ts";
import { eventName, pageProperties, type EventType } from "../model/event.ts";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../model/json.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { compileSchema, type EventSchema, type SchemaFault } from "./event-schema.ts";
import { replacePersonal, type PersonalKind } from "./personal-data.ts";
import { parsePropertyPath, putAt, replaceAt, valueAt, type PropertyPath } from "./property-path.ts";

/** What becomes of an event that is not as planned: taken and counted, kept for a replay, or let go but for a count. */
export type Handling = "allow" | "quarantine" | "drop";

/** How a value that is a text (or a number, where a text is wanted) is brought to its type on the way in. */
export type TypeFix = (typeof TYPE_FIXES)[number];
export const TYPE_FIXES = ["text", "number", "decimal-comma", "integer", "boolean", "json", "instant", "unix", "unixms"] as const;

/** The tracking plan of a workspace, as it is written. Paths are those of `parsePropertyPath`. */
export interface PlanDocument {
  /** By the name under which an event arrives; `$page`, `$screen`, `$identify`, `$group` are the other calls'. */
  readonly events: Readonly<Record<string, PlannedEvent>>;
  /** Events that are not named above. */
  readonly unplanned: Handling;
  readonly personal: Readonly<Record<PersonalKind, "allow" | "quarantine" | "hash">>;
}

export interface PlannedEvent {
  /** For people. */
  readonly description?: string;
  /** The name it is to bear. The rest of what is planned for it stands under that name, but for its own way there: `properties`. */
  readonly rename?: string;
  readonly properties?: {
    /** From the path at which a value arrives to where it belongs. What stands there already stays. */
    readonly rename?: Readonly<Record<string, string>>;
    readonly types?: Readonly<Record<string, TypeFix>>;
  };
  /** JSON Schema (draft 7) of the properties, after renaming and typing. */
  readonly schema?: JsonObject | boolean;
  /** What becomes of an event that the schema does not hold of; `quarantine` without. */
  readonly violation?: Handling;
  /** Properties in which an address or a card number may stand. */
  readonly personal?: readonly string[];
}

export interface PlanFault {
  readonly pointer: string;
  readonly code:
    SchemaFault["code"] | "bad_path" | "path_in_array" | "reserved_name" | "not_renamable" | "chain_of_names" | "renamed_entry";
  readonly message: string;
}

/** Why an event is not taken as it came. */
export type PlanCode = "plan_violation" | "unplanned_event" | "personal_email" | "personal_card";

/** What a plan says of an event. */
export interface Judged {
  /** As it is taken: renamed, typed, hashed. */
  readonly event: JsonObject;
  /** Undefined where it is as planned. */
  readonly verdict?: { readonly handling: Handling; readonly code: PlanCode; readonly detail?: string };
}

/** What judging needs and the core has not. */
export interface PlanReader extends CellReader {
  /** A keyed hash, to stand in the place of what is hashed. */
  readonly hash: (kind: PersonalKind, normal: string) => string;
}

/** A plan ready to be asked. */
export interface Plan {
  readonly personal: PlanDocument["personal"];
  /**
   * Judges an event of a call. What is no event at all, or has a field of a wrong type, comes back as it is: whoever reads it says so.
   * @param type where the call's path says it
   */
  judge(event: JsonObject, type: EventType | undefined, reader: PlanReader): Judged;
}

/** One entry, ready. */
interface Entry {
  readonly rename: string | undefined;
  readonly moves: readonly (readonly [from: PropertyPath, to: PropertyPath])[];
  readonly types: readonly (readonly [PropertyPath, TypeFix])[];
  readonly schema: EventSchema | undefined;
  readonly violation: Handling;
  readonly personal: readonly PropertyPath[];
}

const CALLS: ReadonlySet<string> = new Set(["$page", "$screen", "$identify", "$group", "$alias"]);

/** Properties whose purpose it is to hold an address: they are read as identifiers. */
const OF_AN_IDENTIFY: readonly PropertyPath[] = ["email", "phone"].map((key) => [{ key, each: false }]);

/** Reads a plan. Every fault is named at its place. */
export function compilePlan(document: PlanDocument): Result<Plan, readonly PlanFault[]> {
  const faults: PlanFault[] = [];
  const entries = new Map(Object.entries(document.events).map(([name, event]) => [name, entryOf(name, event, document, faults)]));
  return faults.length > 0 ? fail(faults) : ok(new CompiledPlan(entries, document.unplanned, document.personal));
}

class CompiledPlan implements Plan {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #unplanned: Handling;
  readonly personal: PlanDocument["personal"];
  readonly #isWatching: boolean;

  constructor(entries: ReadonlyMap<string, Entry>, unplanned: Handling, personal: PlanDocument["personal"]) {
    this.#entries = entries;
    this.#unplanned = unplanned;
    this.personal = personal;
    this.#isWatching = personal.email !== "allow" || personal.card !== "allow";
  }

  judge(event: JsonObject, type: EventType | undefined, reader: PlanReader): Judged {
    const kind = type ?? ownProperty(event, "type");
    const said = ownProperty(event, "event");
    const arrived = nameOf(kind, said);
    const field = kind === "identify" || kind === "group" ? "traits" : "properties";
    const held = ownProperty(event, field) ?? undefined;
    if (arrived === undefined || (held !== undefined && !isJsonObject(held))) return { event };
    const before = held ?? {};
    const renaming = this.#entries.get(arrived);
    const name = renaming?.rename ?? arrived;
    const entry = name === arrived ? renaming : this.#entries.get(name);
    let properties = before;
    if (renaming !== entry) properties = fixed(properties, renaming, reader);
    properties = fixed(properties, entry, reader);
    const written: JsonObject = {
      ...event,
      ...(name === arrived ? {} : { event: name }),
      ...(properties === before ? {} : { [field]: properties }),
    };
    const personal = this.#isWatching ? this.#withoutPersonal(written, kind, field, entry?.personal ?? [], reader) : undefined;
    const taken = personal?.event ?? written;
    if (renaming === undefined && entry === undefined && this.#unplanned !== "allow")
      return { event: taken, verdict: { handling: this.#unplanned, code: "unplanned_event" } };
    const isPage = kind === "page" || kind === "screen";
    const asRead = isPage ? pageProperties(properties, textOf(event, "name"), textOf(event, "category")) : properties;
    const detail = entry?.schema?.(asRead);
    const violation: Judged["verdict"] =
      detail === undefined || entry === undefined ? undefined : { handling: entry.violation, code: "plan_violation", detail };
    if (personal?.found !== undefined && violation?.handling !== "drop")
      return { event: taken, verdict: { handling: "quarantine", code: `personal_${personal.found}` } };
    return violation === undefined ? { event: taken } : { event: taken, verdict: violation };
  }

  /** The event with what is to be hashed hashed, and what of it must not be there. What an identify says of its person is as it must be. */
  #withoutPersonal(
    event: JsonObject,
    kind: Json | undefined,
    field: string,
    ownPersonal: readonly PropertyPath[],
    reader: PlanReader,
  ): { readonly event: JsonObject; readonly found: PersonalKind | undefined } {
    let found: PersonalKind | undefined;
    const replace = (kindFound: PersonalKind, normal: string): string | undefined => {
      const handling = this.personal[kindFound];
      if (handling === "hash") return `${kindFound}:${reader.hash(kindFound, normal)}`;
      if (handling === "quarantine" && found !== "card") found = kindFound;
      return undefined;
    };
    const exempt = [...(kind === "identify" ? OF_AN_IDENTIFY : []), ...ownPersonal];
    const replaced: Record<string, Json> = {};
    for (const part of ["event", "name", "category", field, "context"]) {
      const value = ownProperty(event, part);
      if (value === undefined) continue;
      const allowed = part === field ? exempt : part === "context" ? OF_A_CONTEXT : [];
      const scanned = replacePersonal(without(value, allowed), replace);
      // Found nowhere or hashed: what was left out of the search goes back to its place.
      replaced[part] = isJsonObject(value) && isJsonObject(scanned) ? withBack(scanned, value, allowed) : scanned;
    }
    return { event: { ...event, ...replaced }, found };
  }
}

/** Where a call says who its person is: those are identifiers, and kept as hashes alone. */
const OF_A_CONTEXT: readonly PropertyPath[] = [
  [{ key: "externalIds", each: false }],
  [
    { key: "traits", each: false },
    { key: "email", each: false },
  ],
  [
    { key: "traits", each: false },
    { key: "phone", each: false },
  ],
];

function without(value: Json, paths: readonly PropertyPath[]): Json {
  return isJsonObject(value) ? paths.reduce((of, path) => replaceAt(of, path, () => undefined), value) : value;
}

function withBack(scanned: JsonObject, before: JsonObject, paths: readonly PropertyPath[]): JsonObject {
  let whole = scanned;
  for (const path of paths) {
    const value = valueAt(before, path);
    if (value !== undefined) whole = putAt(whole, path, value) ?? whole;
  }
  return whole;
}

function nameOf(kind: Json | undefined, said: Json | undefined): string | undefined {
  if (kind === "track") return typeof said === "string" && said !== "" ? said : undefined;
  const isOther = kind === "page" || kind === "screen" || kind === "identify" || kind === "group" || kind === "alias";
  return isOther ? eventName(kind, "") : undefined;
}

function textOf(event: JsonObject, field: string): string | undefined {
  const value = ownProperty(event, field);
  return typeof value === "string" ? value : undefined;
}

function fixed(properties: JsonObject, entry: Entry | undefined, reader: PlanReader): JsonObject {
  if (entry === undefined) return properties;
  let now = properties;
  for (const [from, to] of entry.moves) now = withMoved(now, from, to);
  for (const [path, type] of entry.types) now = replaceAt(now, path, (value) => typed(value, type, reader));
  return now;
}

function withMoved(properties: JsonObject, from: PropertyPath, to: PropertyPath): JsonObject {
  const value = valueAt(properties, from);
  if (value === undefined || valueAt(properties, to) !== undefined) return properties;
  return (
    putAt(
      replaceAt(properties, from, () => undefined),
      to,
      value,
    ) ?? properties
  );
}

/** A value brought to its type; as it is where it cannot be: the schema has the last word. */
function typed(value: Json, type: TypeFix, reader: CellReader): Json {
  if (type === "text") return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  const isCount = typeof value === "number" && (type === "unix" || type === "unixms");
  if (type === "boolean" && (value === 0 || value === 1)) return value === 1;
  if (typeof value !== "string" && !isCount) return value;
  const read = readCell(String(value), CELL_TYPES[type], reader);
  return read.ok ? read.value : value;
}

const CELL_TYPES: Readonly<Record<Exclude<TypeFix, "text">, CellType>> = {
  number: { kind: "number" },
  "decimal-comma": { kind: "decimal-comma" },
  integer: { kind: "integer" },
  boolean: { kind: "boolean" },
  json: { kind: "json" },
  instant: { kind: "date", pattern: null },
  unix: { kind: "unix" },
  unixms: { kind: "unixms" },
};

function entryOf(name: string, event: PlannedEvent, document: PlanDocument, faults: PlanFault[]): Entry {
  const at = `/events/${escaped(name)}`;
  const fault = (pointer: string, code: PlanFault["code"], message: string): void => {
    faults.push({ pointer: `${at}${pointer}`, code, message });
  };
  const path = (text: string, pointer: string, isWhole: boolean): PropertyPath => {
    const read = parsePropertyPath(text);
    if (read === undefined) fault(pointer, "bad_path", "Write a path as rules do: keys with a dot between them.");
    else if (isWhole && read.some(({ each }) => each))
      fault(pointer, "path_in_array", "A property is moved, or allowed, as a whole: not one of each element.");
    return read ?? [];
  };
  if (name.startsWith("$") && !CALLS.has(name))
    fault("", "reserved_name", "Names with a $ are ours: $page, $screen, $identify, $group, $alias.");
  if (event.rename !== undefined) {
    if (name.startsWith("$")) fault("/rename", "not_renamable", "Only the events of track calls bear a name of their own.");
    if (event.rename.startsWith("$")) fault("/rename", "reserved_name", "No track call may bear this name.");
    if (ownRename(document, event.rename) !== undefined)
      fault("/rename", "chain_of_names", "The event of this name is renamed itself.");
    for (const field of ["schema", "violation", "personal"] as const)
      if (event[field] !== undefined) fault(`/${field}`, "renamed_entry", "This stands with the entry of the new name.");
  }
  const compiled = event.schema === undefined ? undefined : compileSchema(event.schema);
  if (compiled?.ok === false) for (const { pointer, code, message } of compiled.error) fault(`/schema${pointer}`, code, message);
  return {
    rename: event.rename,
    moves: Object.entries(event.properties?.rename ?? {}).map(([from, to]) => {
      const pointer = `/properties/rename/${escaped(from)}`;
      return [path(from, pointer, true), path(to, pointer, true)];
    }),
    types: Object.entries(event.properties?.types ?? {}).map(([of, type]) => [
      path(of, `/properties/types/${escaped(of)}`, false),
      type,
    ]),
    schema: compiled?.ok === true ? compiled.value : undefined,
    violation: event.violation ?? "quarantine",
    personal: (event.personal ?? []).map((of, index) => path(of, `/personal/${index}`, true)),
  };
}

function ownRename(document: PlanDocument, name: string): string | undefined {
  return Object.hasOwn(document.events, name) ? document.events[name]?.rename : undefined;
}

function escaped(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}

import { isJsonObject } from "../model/json.ts";
import { COMPUTED } from "../model/event.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { Everyone, HouseholdCondition, Path, Rule, TraitCondition } from "./ast.ts";
import { readEventCondition } from "./event-syntax.ts";
import { childPointer, Reading, type AudienceReference, type ListReference, type RuleFault } from "./faults.ts";
import { readElementFilter, readPathAt } from "./filter-syntax.ts";
import { readAtLeast, readGroup, readNegation, refuseOtherKeys } from "./group-syntax.ts";
import { readTest } from "./operator-syntax.ts";
import { readAudience, readBucket, readList } from "./person-syntax.ts";
import { readSequence } from "./sequence-syntax.ts";

export type { AudienceReference, RuleFault } from "./faults.ts";

export interface RuleSettings {
  /** IANA name of the workspace's time zone, in which a date alone begins. */
  readonly zone: string;
  /** How long the workspace keeps events. */
  readonly retentionMs: number;
  /** ms: where given, a period that begins before what is kept now is warned of. */
  readonly now?: number;
}

type Written = Readonly<Record<string, unknown>>;
type ReadRule = (reading: Reading, written: Written, pointer: string, depth: number) => Rule | undefined;

/** Every kind of rule, by the key that names it. */
const KINDS: ReadonlyMap<string, ReadRule> = new Map<string, ReadRule>([
  ["all", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "all", readRule)],
  ["any", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "any", readRule)],
  ["none", (reading, written, pointer, depth) => readGroup(reading, written, pointer, depth, "none", readRule)],
  ["not", (reading, written, pointer, depth) => readNegation(reading, written, pointer, depth, readRule)],
  ["atLeast", (reading, written, pointer, depth) => readAtLeast(reading, written, pointer, depth, readRule)],
  ["everyone", readEveryone],
  ["trait", readTrait],
  ["event", readEventCondition],
  ["sequence", readSequence],
  ["audience", readAudience],
  ["list", readList],
  ["bucket", readBucket],
  ["household", readHousehold],
]);

/**
 * Reads a rule of the rule language (rules.md), as JSON already parsed.
 * @returns the rule, or every fault it has: a rule is taken whole or not at all
 */
export function parseRule(json: unknown, settings: RuleSettings): Result<Rule, readonly RuleFault[]> {
  const checked = checkRule(json, settings);
  return checked.ok ? ok(checked.value.rule) : checked;
}

export interface CheckedRule {
  readonly rule: Rule;
  /** Other audiences that the rule names, wherever it does: whether they are there only a publish knows. */
  readonly references: readonly AudienceReference[];
  /** Lists that it names. */
  readonly lists: readonly ListReference[];
  /** What is right and yet may surprise. */
  readonly warnings: readonly RuleFault[];
}

/** As `parseRule`, with what else was seen on the way. */
export function checkRule(json: unknown, settings: RuleSettings): Result<CheckedRule, readonly RuleFault[]> {
  const reading = new Reading(settings);
  const rule = readRule(reading, json, "", 1);
  if (rule === undefined || reading.faults.length > 0) return fail(reading.faults);
  return ok({ rule, references: reading.references, lists: reading.lists, warnings: reading.warnings });
}

function readRule(reading: Reading, written: unknown, pointer: string, depth: number): Rule | undefined {
  if (!reading.enter(pointer, depth)) return undefined;
  if (!isJsonObject(written))
    return reading.fault(pointer, "wrong_type", `A condition is an object, for example {"trait":"country","eq":"FR"}.`);
  const keys = Object.keys(written);
  const kinds = keys.filter((key) => KINDS.has(key));
  const [kind] = kinds;
  if (kinds.length > 1) {
    return reading.fault(
      pointer,
      "several_conditions",
      `This condition asks several things at once: join them with "all" or "any".`,
    );
  }
  if (kind !== undefined) return KINDS.get(kind)?.(reading, written, pointer, depth);
  if (keys.length === 0) return reading.fault(pointer, "missing_condition", "This condition is empty: say who is meant.");
  for (const key of keys)
    reading.fault(childPointer(pointer, key), "unknown_key", `“${key}” is not a condition a rule can have.`);
  return undefined;
}

function readEveryone(reading: Reading, written: Written, pointer: string): Everyone | undefined {
  refuseOtherKeys(reading, written, pointer, ["everyone"]);
  if (written["everyone"] === true) return { kind: "everyone" };
  return reading.fault(childPointer(pointer, "everyone"), "wrong_type", `"everyone" is only ever true.`);
}

function readHousehold(reading: Reading, written: Written, pointer: string, depth: number): HouseholdCondition | undefined {
  refuseOtherKeys(reading, written, pointer, ["household"]);
  const rule = readRule(reading, written["household"], childPointer(pointer, "household"), depth + 1);
  return rule && { kind: "household", rule };
}

function readTrait(reading: Reading, written: Written, pointer: string, depth: number): TraitCondition | undefined {
  const path = readTraitPath(reading, written["trait"], childPointer(pointer, "trait"));
  const test = readTest(reading, written, pointer, "trait", (element, place) =>
    readElementFilter(reading, element, place, depth + 1),
  );
  return path && test ? { kind: "trait", path, test } : undefined;
}

/** Computed traits are read one by one: they are kept apart from what anyone may call `computed` in an identify. */
function readTraitPath(reading: Reading, written: unknown, pointer: string): Path | undefined {
  const path = readPathAt(reading, written, pointer);
  if (path === undefined || path.length > 1 || path[0] !== COMPUTED) return path;
  return reading.fault(pointer, "bad_path", "Say which computed trait is meant, as computed.favourite.");
}

import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { isTimeZone } from "../model/instant.ts";
import { isCalendarUnit } from "../model/local-calendar.ts";
import { isKnownTest } from "./checks.ts";

/**
 * Whether this engine knows every kind in a part of an artifact. A newer publisher may use kinds that an isolate still
 * running older code has never heard of; what it cannot evaluate must match no one (rules.md, "Limits and errors").
 */

export function isKnownSelection(selection: unknown): boolean {
  if (!isJsonObject(selection)) return false;
  const { names, where, ofSessions } = selection;
  if (ofSessions !== undefined && ofSessions !== true) return false;
  return (names === "*" || isJsonArray(names)) && (where === undefined || isKnownFilter(where));
}

function isKnownFilter(filter: Json | undefined): boolean {
  if (!isJsonObject(filter)) return false;
  switch (filter["kind"]) {
    case "all":
    case "any":
    case "none":
      return isJsonArray(filter["of"]) && filter["of"].every(isKnownFilter);
    case "not":
      return isKnownFilter(filter["part"]);
    case "property":
      return isJsonArray(filter["path"]) && isKnownAsked(filter["test"]);
    case "source":
    case "party":
    case "channel":
      return typeof filter["is"] === "string";
    default:
      return false;
  }
}

/** A test of a known operator, whose operand holds nothing unknown either. */
function isKnownAsked(test: Json | undefined): boolean {
  if (!isJsonObject(test) || !isKnownTest(test)) return false;
  const { op, operand } = test;
  if (op === "some") return isKnownFilter(operand);
  return (op !== "size" && op !== "version") || isKnownCompare(operand);
}

/** @param selectionIsKnown whether the selection of that index is known */
export function isKnownCondition(condition: unknown, selectionIsKnown: (index: number) => boolean): boolean {
  if (!isJsonObject(condition)) return false;
  const isSelection = (index: Json | undefined): boolean => typeof index === "number" && selectionIsKnown(index);
  switch (condition["kind"]) {
    case "trait":
      return isJsonArray(condition["path"]) && isKnownAsked(condition["test"]);
    case "event":
      return (
        isSelection(condition["selection"]) && isKnownWindow(condition["window"]) && isKnownAggregate(condition["aggregate"])
      );
    case "sequence": {
      const { steps, window, without } = condition;
      if (!isJsonArray(steps) || !steps.every((step) => isJsonObject(step) && isSelection(step["selection"]))) return false;
      return isKnownWindow(window) && (without === undefined || isSelection(without));
    }
    case "audience":
      return typeof condition["key"] === "string" && isNumberOrNone(condition["forMs"]);
    case "list":
      return typeof condition["key"] === "string";
    case "bucket":
      return typeof condition["salt"] === "string" && isNumber(condition["from"]) && isNumber(condition["to"]);
    case "household":
      return typeof condition["question"] === "string";
    default:
      return false;
  }
}

function isNumber(json: Json | undefined): boolean {
  return typeof json === "number";
}

function isNumberOrNone(json: Json | undefined): boolean {
  return json === undefined || isNumber(json);
}

function isKnownWindow(window: Json | undefined): boolean {
  if (!isJsonObject(window)) return false;
  switch (window["kind"]) {
    case "retained":
    case "absolute":
    case "session":
      return true;
    case "sliding":
      return typeof window["ms"] === "number";
    case "offset":
      return typeof window["fromMs"] === "number" && typeof window["toMs"] === "number";
    case "calendar":
      return isCalendarUnit(window["unit"]) && typeof window["last"] === "number" && isKnownZone(window["zone"]);
    default:
      return false;
  }
}

function isKnownAggregate(aggregate: Json | undefined): boolean {
  if (!isJsonObject(aggregate)) return false;
  const { kind, of, compare, zone, test } = aggregate;
  switch (kind) {
    case "count":
      return isKnownCompare(compare);
    case "days":
      return isKnownCompare(compare) && isKnownZone(zone);
    case "sum":
    case "avg":
    case "min":
    case "max":
    case "distinct":
      return isKnownCompare(compare) && isJsonArray(of);
    case "first":
    case "last":
      return isKnownAsked(test) && isJsonArray(of);
    default:
      return false;
  }
}

/** Answers found so far: to ask the platform costs as much as a thousand conditions, and they name few zones. */
const ZONES = new Map<string, boolean>();
const MOST_ZONES = 1_000;

function isKnownZone(zone: Json | undefined): boolean {
  if (typeof zone !== "string") return false;
  const held = ZONES.get(zone);
  if (held !== undefined) return held;
  const known = isTimeZone(zone);
  if (ZONES.size < MOST_ZONES) ZONES.set(zone, known);
  return known;
}

const BOUNDS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "lte", "gt", "gte", "between"]);

function isKnownCompare(compare: Json | undefined): compare is JsonObject {
  return isJsonObject(compare) && Object.keys(compare).every((bound) => BOUNDS.has(bound));
}

/** @param conditionIsKnown whether the condition of that index is known */
export function isKnownLogic(logic: unknown, conditionIsKnown: (index: number) => boolean): boolean {
  if (typeof logic === "number") return conditionIsKnown(logic);
  if (!isJsonObject(logic)) return false;
  switch (logic["kind"]) {
    case "atLeast":
    case "all":
    case "any":
    case "none":
      return isJsonArray(logic["of"]) && logic["of"].every((part) => isKnownLogic(part, conditionIsKnown));
    case "not":
      return isKnownLogic(logic["part"], conditionIsKnown);
    case "everyone":
      return true;
    default:
      return false;
  }
}

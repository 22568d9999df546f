import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { isKnownTest } from "./checks.ts";

/**
 * Whether this engine knows every kind in a part of an artifact. A newer publisher may use kinds that an isolate still
 * running older code has never heard of; what it cannot evaluate must match no one (rules.md, "Limits and errors").
 */

export function isKnownSelection(selection: unknown): boolean {
  if (!isJsonObject(selection)) return false;
  const { names, where } = selection;
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
  if (condition["kind"] === "trait") return isJsonArray(condition["path"]) && isKnownAsked(condition["test"]);
  if (condition["kind"] !== "event") return false;
  const { selection, window, aggregate } = condition;
  return typeof selection === "number" && selectionIsKnown(selection) && isKnownWindow(window) && isKnownAggregate(aggregate);
}

function isKnownWindow(window: Json | undefined): boolean {
  if (!isJsonObject(window)) return false;
  const { kind } = window;
  return kind === "retained" || kind === "absolute" || (kind === "sliding" && typeof window["ms"] === "number");
}

function isKnownAggregate(aggregate: Json | undefined): boolean {
  if (!isJsonObject(aggregate) || !isKnownCompare(aggregate["compare"])) return false;
  return aggregate["kind"] === "count" || (aggregate["kind"] === "sum" && isJsonArray(aggregate["of"]));
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

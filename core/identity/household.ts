import { HOUSEHOLD } from "../model/household.ts";
import type { EventType } from "../model/event.ts";
import { isIdentifierValue, type Identifier } from "../model/ids.ts";
import { ownProperty, type JsonObject } from "../model/json.ts";
import { isNobodys } from "./blocked.ts";

/**
 * What a call says of the household that its person lives in: a `group` of type `household`, or the trait `householdId` of an
 * `identify`, as CRMs and their exports have it. A group with `left: true`, and an empty `householdId`, say: in none.
 * @returns null for none; undefined where nothing is said, or what no household can be named by
 */
export function saidHousehold(type: EventType, traits: JsonObject, groupId: string | undefined): Identifier | null | undefined {
  if (type === "group") {
    if (ownProperty(traits, "type") !== HOUSEHOLD) return undefined;
    return ownProperty(traits, "left") === true ? null : named(groupId);
  }
  if (type !== "identify") return undefined;
  const id = ownProperty(traits, "householdId");
  if (id === undefined) return undefined;
  if (id === null || id === "") return null;
  return named(typeof id === "number" ? String(id) : id);
}

function named(value: unknown): Identifier | undefined {
  if (!isIdentifierValue(value)) return undefined;
  const identifier = { type: HOUSEHOLD, value: value.trim() };
  return isNobodys(identifier) ? undefined : identifier;
}

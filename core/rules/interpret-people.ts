import { STANDING_FACTS, type LogEvent } from "../model/event.ts";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../model/json.ts";
import type { Rule } from "./ast.ts";
import { householdQuestion } from "./household-question.ts";
import type { Truth } from "./truth.ts";

/** What the reference interpreter knows of a person that their own calls do not say: the latest fact before `now` stands. */

/** @param accepted in log order, as everywhere below */
function factsUntil(accepted: readonly LogEvent[], name: string, now: number): readonly JsonObject[] {
  return accepted
    .filter((event) => event.type === "fact" && event.name === name && event.time <= now)
    .map(({ properties }) => properties);
}

/** Computed traits, all of them; null clears one. */
export function computedAt(accepted: readonly LogEvent[], now: number): JsonObject {
  const computed = new Map<string, Json>();
  for (const properties of factsUntil(accepted, STANDING_FACTS.computed, now)) {
    for (const [name, value] of Object.entries(properties)) computed.set(name, value);
  }
  return Object.fromEntries(computed);
}

/** True while any one identifier of the profile is on the list. */
export function isOnList(accepted: readonly LogEvent[], key: string, now: number): boolean {
  const on = new Set<Json | undefined>();
  for (const fact of factsUntil(accepted, STANDING_FACTS.list, now)) {
    if (fact["list"] !== key) continue;
    if (fact["on"] === true) on.add(fact["identifier"]);
    else on.delete(fact["identifier"]);
  }
  return on.size > 0;
}

/** What the household that the person is in now last told. */
export function answerOfHousehold(accepted: readonly LogEvent[], rule: Rule, now: number): Truth {
  const question = householdQuestion(rule);
  let household: Json | undefined;
  let answer: Truth = "unknown";
  for (const fact of factsUntil(accepted, STANDING_FACTS.household, now)) {
    if (fact["household"] !== household) answer = "unknown"; // what another household said is void
    household = fact["household"];
    const answers = fact["answers"];
    const told = isJsonObject(answers) ? ownProperty(answers, question) : undefined;
    if (told === true || told === false || told === "unknown") answer = told;
  }
  return household === null || household === undefined ? "unknown" : answer;
}

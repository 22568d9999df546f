import { eventClosure, sequenceClosure } from "./event-closures.ts";
import { logicClosure, testClosure } from "./logic-closures.ts";
import type { Closure, Person } from "./person.ts";
import type { Audience, EventCondition, MixedRule, SequenceCondition, TraitCondition } from "./rules.ts";

/**
 * The floor of the engine's benchmark: what a good engineer would write in an afternoon. One closure a rule, asked of a
 * plain object, and all of them in a row; nothing is shared between rules and nothing remembered. Written from the JSON
 * of the rules, apart from the engine, so that the two can be held against each other.
 */

/** @returns what gives the keys of all audiences that a person is in, in their order */
export function closureScan(audiences: readonly Audience<MixedRule>[]): (person: Person, now: number) => string[] {
  const closures = audiences.map(({ key, rule }) => ({ key, holds: ruleClosure(rule) }));
  return (person, now) => {
    const keys: string[] = [];
    for (const { key, holds } of closures) if (holds(person, now)) keys.push(key);
    return keys;
  };
}

export function ruleClosure(rule: MixedRule): Closure {
  return logicClosure<TraitCondition | EventCondition | SequenceCondition, Person>(rule, true, (condition, wanted) => {
    if ("trait" in condition) return testClosure(condition.trait, condition, wanted);
    return "sequence" in condition ? sequenceClosure(condition, wanted) : eventClosure(condition, wanted);
  });
}

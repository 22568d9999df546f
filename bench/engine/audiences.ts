import { parseRule } from "../../core/rules/parse.ts";
import { loadRuleset } from "../../core/rules/ruleset.ts";
import { asRead } from "./as-read.ts";
import { publish, SETTINGS } from "./ruleset.ts";
import { Random } from "./random.ts";
import type {
  Audience,
  EventCondition,
  Filter,
  Logic,
  MixedRule,
  PlainRule,
  SequenceCondition,
  TraitCondition,
  Within,
} from "./rules.ts";
import { CATEGORIES, CHOICES, EVENT_NAMES, LARGEST_NUMBER, TRAIT_NAMES, traitKind, WORDS } from "./vocabulary.ts";

/** Audiences on traits alone: what every peer can say. The same from the same seed. */
export function plainAudiences(count: number, seed: number): Audience<PlainRule>[] {
  const random = new Random(seed);
  return audiences(count, () => joined(random, () => traitCondition(random)));
}

/**
 * Audiences on traits and on events: two in five on traits alone, of the others about every second condition on events.
 * @param sequences whether some of those on events ask for sequences; see `sequencesAreRead`
 */
export function mixedAudiences(count: number, seed: number, sequences: boolean): Audience<MixedRule>[] {
  const random = new Random(seed);
  return audiences(count, () => {
    const events = random.percent(60) ? 50 : 0;
    return joined<TraitCondition | EventCondition | SequenceCondition>(random, () => {
      if (!random.percent(events)) return traitCondition(random);
      return sequences && random.percent(10) ? sequence(random) : eventCondition(random);
    });
  });
}

/** Whether the parser takes sequences and the engine maintains them: rules with them are made from the day both do. */
export function sequencesAreRead(): boolean {
  const rule = sequence(new Random(1));
  return parseRule(rule, SETTINGS).ok && loadRuleset(publish([{ key: "sequence", rule }])).brokenKeys.length === 0;
}

function audiences<Rule>(count: number, rule: () => Rule): Audience<Rule>[] {
  return asRead(Array.from({ length: count }, (_, at) => ({ key: `audience-${String(at).padStart(5, "0")}`, rule: rule() })));
}

/** Two to four conditions: mostly all of them, some any, some with a group inside; one in eight is negated. */
function joined<Condition>(random: Random, condition: () => Condition): Logic<Condition> {
  const part = (): Logic<Condition> => (random.percent(12) ? { not: condition() } : condition());
  const parts = (count: number): Logic<Condition>[] => Array.from({ length: count }, part);
  const count = 2 + random.below(3);
  const shape = random.below(100);
  if (shape < 60 || count === 2) return { all: parts(count) };
  if (shape < 75) return { any: parts(count) };
  if (shape < 92) return { all: [...parts(count - 2), { any: parts(2) }] };
  return { all: [...parts(count - 2), { not: { all: parts(2) } }] };
}

function traitCondition(random: Random): TraitCondition {
  const trait = random.pick(TRAIT_NAMES);
  if (random.percent(8)) return { trait, exists: random.percent(70) };
  switch (traitKind(trait)) {
    case "choice":
      if (random.percent(55)) return { trait, eq: random.pick(CHOICES) };
      return { trait, in: random.some(CHOICES, 2 + random.below(4)) };
    case "number": {
      const low = bound(random);
      if (random.percent(55)) return { trait, gte: low };
      return { trait, between: [low, low + 10 * (1 + random.below(40))] };
    }
    case "text":
      return { trait, contains: random.pick(WORDS) };
    case "boolean":
      return { trait, eq: random.percent(50) };
  }
}

/** People write round numbers. */
function bound(random: Random): number {
  return 10 * (1 + random.below(LARGEST_NUMBER / 10 - 1));
}

function eventCondition(random: Random): EventCondition {
  const where = random.percent(40) ? filter(random) : undefined;
  const within = window(random);
  const about = { event: random.pick(EVENT_NAMES), ...(where && { where }), ...(within !== undefined && { within }) };
  const aggregate = random.below(100);
  if (aggregate < 55) return { ...about, count: { gte: 1 + random.below(5) } };
  if (aggregate < 65) return { ...about, count: { lte: random.below(3) } };
  if (aggregate < 85) return { ...about, sum: { of: "value", gte: 10 * (1 + random.below(50)) } };
  return { ...about, distinct: { of: "category", gte: 1 + random.below(4) } };
}

function filter(random: Random): Filter {
  const category = { property: "category", eq: random.pick(CATEGORIES) };
  const value = { property: "value", gte: 10 * (1 + random.below(9)) };
  if (random.percent(50)) return category;
  return random.percent(70) ? value : { all: [category, value] };
}

const SPANS: readonly Within[] = ["1d", "7d", "14d", "30d", "60d", "90d"];

function window(random: Random): Within | undefined {
  if (random.percent(10)) return undefined;
  if (random.percent(75)) return random.pick(SPANS);
  return { calendar: random.pick(["day", "week", "month"]), last: 1 + random.below(3), complete: random.percent(40) };
}

function sequence(random: Random): SequenceCondition {
  const [first = "", ...later] = random.some(EVENT_NAMES, 2 + random.below(2));
  const steps = later.map((event) => ({ event, within: random.pick(["1d", "7d"] as const) }));
  return { sequence: [{ event: first }, ...steps], within: random.pick(["30d", "60d"]) };
}

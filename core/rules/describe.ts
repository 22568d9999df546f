import type { Condition, EventMatch, Filter, Group, Rule, ValueTest } from "./ast.ts";
import { ENGLISH } from "./english.ts";
import { pathText } from "./path.ts";
import type { Aside, MatchWords, Phrases } from "./phrases.ts";

type Join = "all" | "any";

/** Words for a part of a rule, and how they are joined, since inside another joining they then need brackets. */
interface Words {
  readonly text: string;
  readonly join: Join | undefined;
}

/** Says a rule in one sentence, "People who …", in the words of a language. */
export function describeRule(rule: Rule, phrases: Phrases = ENGLISH): string {
  if (rule.kind === "everyone") return phrases.everyone;
  if (rule.kind === "not" && rule.part.kind === "everyone") return phrases.noOne;
  return phrases.sentence(aboutPeople(rule, false, phrases).text);
}

/** Says one condition in a clause, "who …" or "whose …". */
export function describeCondition(condition: Condition, phrases: Phrases = ENGLISH): string {
  return aboutPeople(condition, false, phrases).text;
}

function aboutPeople(rule: Rule, denied: boolean, phrases: Phrases): Words {
  switch (rule.kind) {
    case "everyone":
      return single(denied ? phrases.nobody : phrases.anyone);
    case "not":
      return aboutPeople(rule.part, !denied, phrases);
    case "all":
    case "any":
    case "none": {
      const { join, deny } = turned(rule, denied);
      return joined(
        rule.of.map((part) => aboutPeople(part, deny, phrases)),
        join,
        phrases,
      );
    }
    case "atLeast": {
      // Fewer than k of n hold exactly where n - k + 1 of their denials do, unknowns included.
      const least = denied ? rule.of.length - rule.least + 1 : rule.least;
      return single(
        phrases.atLeast(
          least,
          rule.of.map((part) => aboutPeople(part, denied, phrases).text),
        ),
      );
    }
    case "trait":
      return single(phrases.trait(pathText(rule.path), rule.test, denied, asideOf(rule.test, "now", phrases)));
    case "event": {
      const { window, aggregate } = rule;
      const test = aggregate.kind === "first" || aggregate.kind === "last" ? aggregate.test : undefined;
      const aside = asideOf(test, "now", phrases);
      return single(phrases.events({ ...matchWords(rule, phrases), window, aggregate, aside }, denied));
    }
    case "sequence": {
      const { window, without, sameSession } = rule;
      const steps = rule.steps.map((step) => ({ ...matchWords(step, phrases), withinMs: step.withinMs }));
      const between = without && matchWords(without, phrases);
      return single(phrases.sequence({ steps, window, without: between, sameSession }, denied));
    }
    case "audience":
      return single(phrases.audience(rule.key, rule.forMs, denied));
    case "list":
      return single(phrases.list(rule.key, denied));
    case "bucket":
      return single(phrases.bucket(rule, denied));
    case "household":
      return single(phrases.household(bracketed(aboutPeople(rule.rule, denied, phrases))));
  }
}

function matchWords({ names, where }: EventMatch, phrases: Phrases): MatchWords {
  return { names, where: where && aboutEvents(where, false, "event", phrases).text };
}

/** @param from what time operators count from */
function aboutEvents(filter: Filter, denied: boolean, from: Aside["from"], phrases: Phrases): Words {
  switch (filter.kind) {
    case "not":
      return aboutEvents(filter.part, !denied, from, phrases);
    case "all":
    case "any":
    case "none": {
      const { join, deny } = turned(filter, denied);
      const parts = filter.of.map((part) => aboutEvents(part, deny, from, phrases));
      return joined(parts, join, { all: phrases.allOf, any: phrases.anyOf });
    }
    case "property":
      return single(phrases.property(pathText(filter.path), filter.test, denied, asideOf(filter.test, from, phrases)));
    case "source":
    case "party":
    case "channel":
      return single(phrases.origin(filter.kind, filter.is, denied));
  }
}

function asideOf(test: ValueTest | undefined, from: Aside["from"], phrases: Phrases): Aside {
  return { from, element: test?.op === "some" ? aboutEvents(test.operand, false, from, phrases).text : undefined };
}

/** How a group is said, perhaps denied: not all is any of the denials, none and not any are all of them. */
function turned({ kind }: Pick<Group<unknown>, "kind">, denied: boolean): { readonly join: Join; readonly deny: boolean } {
  const deny = kind === "none" ? !denied : denied;
  return { deny, join: (kind === "all") !== deny ? "all" : "any" };
}

function single(text: string): Words {
  return { text, join: undefined };
}

function joined(parts: readonly Words[], join: Join, phrases: Pick<Phrases, Join>): Words {
  const [only, ...others] = parts;
  if (only && others.length === 0) return only;
  const texts = parts.map((part) => (part.join === join ? part.text : bracketed(part)));
  return { text: phrases[join](texts), join };
}

function bracketed({ text, join }: Words): string {
  return join === undefined ? text : `(${text})`;
}

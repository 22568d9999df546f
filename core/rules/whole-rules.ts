import type { Rule } from "./ast.ts";
import { audiencesNamedIn } from "./named-audiences.ts";
import { NO_RANK, ranksOf } from "./ranks.ts";

/**
 * Tells which rules are whole: every audience that they name is there, and those that these name, within what they ask of
 * a household too, and none leads back to itself. No other can be evaluated (rules.md, "Other conditions").
 */
export function wholeRules(audiences: readonly { readonly key: string; readonly rule: Rule }[]): (rule: Rule) => boolean {
  const indexOf = new Map(audiences.map(({ key }, index) => [key, index]));
  const names = audiences.map(({ rule }) => audiencesNamedIn(rule).map(({ key }) => indexOf.get(key)));
  // What names a missing one counts as naming itself: neither has a rank, nor has what names them.
  const ranks = ranksOf(audiences.length, (audience) => (names[audience] ?? []).map((named) => named ?? audience));
  return (rule) => audiencesNamedIn(rule).every(({ key }) => (ranks[indexOf.get(key) ?? NO_RANK] ?? NO_RANK) !== NO_RANK);
}

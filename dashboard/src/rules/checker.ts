import { describeRule } from "../../../core/rules/describe.ts";
import { FRENCH } from "../../../core/rules/french.ts";
import { checkRule, type RuleSettings } from "../../../core/rules/parse.ts";
import type { PlacedFault } from "./fault-board.tsx";

/** What is known of a rule without asking the server. */
export interface Checked {
  /** The rule in words, where it is right. */
  readonly sentences: { readonly en: string; readonly fr: string } | undefined;
  readonly faults: readonly PlacedFault[];
  /** What is right and yet may surprise. */
  readonly warnings: readonly PlacedFault[];
}

/**
 * Reads a rule as the server does, by the same code. It brings along the pattern language of `matches`, which is most of its weight:
 * load it with `import()`.
 */
export function checkAndDescribe(rule: unknown, settings: RuleSettings): Checked {
  const checked = checkRule(rule, settings);
  if (!checked.ok) return { sentences: undefined, faults: checked.error, warnings: [] };
  const { rule: read, warnings } = checked.value;
  return { sentences: { en: describeRule(read), fr: describeRule(read, FRENCH) }, faults: [], warnings };
}

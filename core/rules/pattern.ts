import { RE2JS, RE2JSException } from "re2js";

/** In UTF-16 code units: longer ones are better told as several conditions. */
export const LONGEST_PATTERN = 1_000;

/** Instructions of the compiled form, about what 1,000 letters give: a match takes so many steps a letter at worst. */
const LARGEST_PROGRAM = 3_000;

/**
 * Compiles a pattern of Go's syntax (RE2): no backtracking, so its time grows with the text alone.
 * @returns undefined for a pattern that is none, or too large
 */
export function compilePattern(pattern: string, ignoreCase: boolean): ((text: string) => boolean) | undefined {
  if (pattern.length > LONGEST_PATTERN) return undefined;
  try {
    const compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    return compiled.programSize() > LARGEST_PROGRAM ? undefined : (text) => compiled.test(text);
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

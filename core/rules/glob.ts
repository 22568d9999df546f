import { foldCase } from "./case-folding.ts";

/** Code points of a pattern, where these two stand for themselves. */
const ANY_RUN = -1;
const ANY_ONE = -2;

/**
 * Reads a pattern for a whole text (rules.md, "Traits"): `*` is any run, `?` one code point, `\` takes the next literally.
 * A match looks at each character of the text at most once for each of the pattern's, whatever the pattern.
 * @returns undefined where the pattern ends in a lone `\`
 */
export function parseGlob(pattern: string, ignoreCase: boolean): ((text: string) => boolean) | undefined {
  const wanted = tokensOf(ignoreCase ? foldCase(pattern) : pattern);
  return wanted && ((text) => fits(wanted, codePoints(ignoreCase ? foldCase(text) : text)));
}

function tokensOf(pattern: string): readonly number[] | undefined {
  const tokens: number[] = [];
  let literal = false;
  for (const codePoint of codePoints(pattern)) {
    if (literal || (codePoint !== 0x2a && codePoint !== 0x3f && codePoint !== 0x5c)) {
      tokens.push(codePoint);
      literal = false;
    } else if (codePoint === 0x5c) {
      literal = true;
    } else if (codePoint === 0x3f) {
      tokens.push(ANY_ONE);
    } else if (tokens.at(-1) !== ANY_RUN) {
      tokens.push(ANY_RUN);
    }
  }
  return literal ? undefined : tokens;
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/** Only the latest run need ever be made longer: an earlier one that took more could only leave less for what follows. */
function fits(wanted: readonly number[], text: readonly number[]): boolean {
  let at = 0;
  let next = 0;
  let afterRun = -1;
  let runEnd = 0;
  while (at < text.length) {
    const token = wanted[next];
    if (token === ANY_RUN) {
      next += 1;
      afterRun = next;
      runEnd = at;
    } else if (token === ANY_ONE || token === text[at]) {
      next += 1;
      at += 1;
    } else if (afterRun >= 0) {
      runEnd += 1;
      at = runEnd;
      next = afterRun;
    } else {
      return false;
    }
  }
  return next === wanted.length || (next === wanted.length - 1 && wanted[next] === ANY_RUN);
}

import type { Json } from "../../core/model/json.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";

/** Deeper than any honest event, and shallow enough for everything inside to recurse without a thought. */
export const MOST_DEPTH = 32;

/**
 * Reads JSON of bounded depth. The depth is counted on the text, before anything is built from it.
 * @param maxDepth how many arrays and objects may lie within each other; a scalar alone is depth 0
 */
export function parseJson(text: string, maxDepth: number = MOST_DEPTH): Result<Json, "not_json" | "too_deep"> {
  if (isDeeper(text, maxDepth)) return fail("too_deep");
  try {
    const value: Json = JSON.parse(text);
    return ok(value);
  } catch {
    return fail("not_json");
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function isDeeper(text: string, maxDepth: number): boolean {
  return holdsMore(text, maxDepth) && scanDepth(text, maxDepth);
}

/** Cheap and usually enough: a single event has too few brackets in all to nest too deep, those in its texts included. */
function holdsMore(text: string, brackets: number): boolean {
  let left = brackets;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (--left < 0) return true;
  }
  return false;
}

function scanDepth(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfText(text, at);
      if (at < 0) return false; // never closed: the parser says what it is
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (++depth > maxDepth) return true;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth--;
    }
  }
  return false;
}

/** Place of the quote that closes the text opened at `open`; -1 where none does. */
function endOfText(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close > 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close;
}

function isEscaped(text: string, quote: number): boolean {
  let before = quote - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (quote - before) % 2 === 0;
}

/**
 * Finds places in the text of JSON, so that something can be added to it and every other character stay as it came: large
 * integers, `1.0`, exponents, escapes and members that are there twice do not survive being parsed and written again.
 * All of it takes text that `JSON.parse` has accepted, and checks nothing a second time.
 */

/** From the first character of a value to behind its last. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** What an object holds under a name. */
export interface Member {
  /** Undefined where it has none of that name; of several the last, as `JSON.parse` has it. */
  readonly value: Place | undefined;
  /** Of the `}` that closes the object. */
  readonly close: number;
  readonly isEmpty: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** The place of the whole value that a text is. */
export function placeOfAll(text: string): Place {
  const from = afterSpace(text, 0);
  return { from, to: endOfValue(text, from) };
}

/** Looks for a member of an object. @param open place of its `{` */
export function memberOf(text: string, open: number, name: string): Member {
  const plain = JSON.stringify(name);
  let at = afterSpace(text, open + 1);
  const isEmpty = text.charCodeAt(at) === CLOSE_OBJECT;
  let value: Place | undefined;
  while (text.charCodeAt(at) !== CLOSE_OBJECT) {
    const endOfKey = endOfText(text, at);
    const isNamed = isKey(text, at, endOfKey, plain);
    const from = afterSpace(text, afterSpace(text, endOfKey) + 1);
    const to = endOfValue(text, from);
    if (isNamed) value = { from, to };
    at = afterSpace(text, to);
    if (text.charCodeAt(at) === COMMA) at = afterSpace(text, at + 1);
  }
  return { value, close: at, isEmpty };
}

/** True where the value that begins here is an object. */
export function isObjectAt(text: string, from: number): boolean {
  return text.charCodeAt(from) === OPEN_OBJECT;
}

/** True where the value that begins here is an array. */
export function isArrayAt(text: string, from: number): boolean {
  return text.charCodeAt(from) === OPEN_ARRAY;
}

/** True where the value there is null. */
export function isNullAt(text: string, from: number): boolean {
  return text.startsWith("null", from);
}

/** True of an array without elements. */
export function isEmptyArray(text: string, { from }: Place): boolean {
  return text.charCodeAt(afterSpace(text, from + 1)) === CLOSE_ARRAY;
}

/** Names may be written in escapes: `"us\u0065r"` is `"user"`. */
function isKey(text: string, from: number, to: number, plain: string): boolean {
  if (to - from === plain.length && text.startsWith(plain, from)) return true;
  const escape = text.indexOf("\\", from);
  return escape >= 0 && escape < to && JSON.stringify(JSON.parse(text.slice(from, to))) === plain;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at++;
  return at;
}

/** Behind the value that begins here. */
function endOfValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return endOfText(text, from);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return endOfBrackets(text, from);
  let at = from + 1;
  while (at < text.length && !isEndOfScalar(text.charCodeAt(at))) at++;
  return at;
}

function isEndOfScalar(code: number): boolean {
  return code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY || code <= SPACE;
}

/** Behind the bracket that closes the one here. The text is JSON: which of the two kinds it is need not be told apart. */
function endOfBrackets(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfText(text, at);
      continue;
    }
    at++;
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
    else if ((code === CLOSE_OBJECT || code === CLOSE_ARRAY) && --depth === 0) return at;
  }
  throw new Error("the text is no JSON");
}

/** Behind the quote that closes the text opened here. */
function endOfText(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  if (close < 0) throw new Error("the text is no JSON");
  return close + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let before = quote - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (quote - before) % 2 === 0;
}

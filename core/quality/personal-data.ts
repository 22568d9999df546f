import { isJsonArray, isJsonObject, type Json } from "../model/json.ts";

/** What may stand in an event and should not: an e-mail address, or the number of a payment card. */
export type PersonalKind = "email" | "card";

/** A place in a text. */
interface Found {
  readonly kind: PersonalKind;
  readonly from: number;
  readonly to: number;
  /** In the form in which equal ones are equal: an address in lower case, a number without gaps. */
  readonly normal: string;
}

/** The longest local part and domain of an address (RFC 5321, 4.5.3.1). */
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;

/** Endings of files that no domain has: `logo@2x.png` is a picture, not an address. */
const FILE_ENDINGS: ReadonlySet<string> = new Set(
  "png jpg jpeg gif webp svg avif ico bmp css js mjs json html htm xml pdf woff ttf otf mp3 webm".split(" "),
);

/**
 * The value with every address or number in its texts (a number also where it is one) replaced. The value itself where nothing is found.
 * Its time grows with the text alone: pages send what they like.
 * @param replace the text to stand there; undefined leaves it
 */
export function replacePersonal(value: Json, replace: (kind: PersonalKind, normal: string) => string | undefined): Json {
  if (typeof value === "string") return replacedInText(value, replace);
  if (typeof value === "number") return (isLikeCard(value) ? replace("card", String(value)) : undefined) ?? value;
  if (isJsonArray(value)) {
    const replaced = value.map((element) => replacePersonal(element, replace));
    return replaced.every((element, index) => element === value[index]) ? value : replaced;
  }
  if (!isJsonObject(value)) return value;
  let changed = false;
  const entries = Object.entries(value).map(([key, member]): readonly [string, Json] => {
    const replaced = replacePersonal(member, replace);
    changed ||= replaced !== member;
    return [key, replaced];
  });
  return changed ? Object.fromEntries(entries) : value;
}

function replacedInText(text: string, replace: (kind: PersonalKind, normal: string) => string | undefined): string {
  let [told, from] = ["", 0];
  for (const found of [...addressesIn(text), ...cardsIn(text)].toSorted((one, other) => one.from - other.from)) {
    const by = found.from < from ? undefined : replace(found.kind, found.normal);
    if (by === undefined) continue;
    told += text.slice(from, found.from) + by;
    from = found.to;
  }
  return from === 0 ? text : told + text.slice(from);
}

/** Addresses, also as a URL writes them, `ana%40mail.example`. */
function addressesIn(text: string): Found[] {
  const found: Found[] = [];
  for (let at = nextAt(text, 0); at !== undefined; at = nextAt(text, at.to)) {
    const before = Math.max(found.at(-1)?.to ?? 0, at.from - LONGEST_LOCAL);
    let from = at.from;
    while (from > before && isLocal(text.charCodeAt(from - 1))) from--;
    let to = at.to;
    while (to < text.length && to - at.to < LONGEST_DOMAIN && isDomain(text.charCodeAt(to))) to++;
    while (to > at.to && !isAlphanumeric(text.charCodeAt(to - 1))) to--;
    const domain = text.slice(at.to, to).toLowerCase();
    if (from === at.from || !isDomainName(domain)) continue;
    found.push({ kind: "email", from, to, normal: `${text.slice(from, at.from).toLowerCase()}@${domain}` });
  }
  return found;
}

function nextAt(text: string, from: number): { readonly from: number; readonly to: number } | undefined {
  for (let place = from; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === 64) return { from: place, to: place + 1 };
    if (code === 37 && text.startsWith("40", place + 1)) return { from: place, to: place + 3 };
  }
  return undefined;
}

function isDomainName(domain: string): boolean {
  const labels = domain.split(".");
  const last = labels.at(-1) ?? "";
  const isTop = last.length >= 2 && !FILE_ENDINGS.has(last) && !/\d/.test(last);
  return labels.length >= 2 && isTop && labels.every((label) => label !== "" && !label.startsWith("-"));
}

/** Letters of any script, digits, and what stands unquoted in addresses people have. */
function isLocal(code: number): boolean {
  return isAlphanumeric(code) || code === 46 || code === 95 || code === 43 || code === 45;
}

function isDomain(code: number): boolean {
  return isAlphanumeric(code) || code === 46 || code === 45;
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code > 127;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const FEWEST_DIGITS = 14;
const MOST_DIGITS = 19;

/** Card numbers: in one run, or in groups with a space or a hyphen between. A number within a word or a decimal is none. */
function cardsIn(text: string): Found[] {
  const found: Found[] = [];
  for (let place = 0; place < text.length; place++) {
    if (!isDigit(text.charCodeAt(place))) continue;
    const groups = groupsFrom(text, place);
    place = groups.at(-1)?.to ?? place;
    for (let first = 0; first < groups.length; first++) {
      const card = cardFrom(text, groups, first);
      if (card === undefined) continue;
      found.push(card.found);
      first = card.last;
    }
  }
  return found;
}

interface Group {
  readonly from: number;
  readonly to: number;
}

/** Runs of digits from a place on, one character between them. Those that touch a letter are left out with what they touch. */
function groupsFrom(text: string, start: number): Group[] {
  const groups: Group[] = [];
  let from = start;
  for (;;) {
    let to = from;
    while (isDigit(text.charCodeAt(to))) to++;
    groups.push({ from, to });
    const between = text[to];
    if ((between !== " " && between !== "-") || !isDigit(text.charCodeAt(to + 1))) return groups;
    from = to + 1;
  }
}

function cardFrom(
  text: string,
  groups: readonly Group[],
  first: number,
): { readonly found: Found; readonly last: number } | undefined {
  let digits = "";
  for (let last = first; last < groups.length; last++) {
    const { from, to } = groups[last] ?? { from: 0, to: 0 };
    if (digits.length + to - from > MOST_DIGITS) return undefined;
    digits += text.slice(from, to);
    const start = groups[first]?.from ?? 0;
    if (isCard(digits) && !isTouched(text, start, to)) {
      return { found: { kind: "card", from: start, to, normal: digits }, last };
    }
  }
  return undefined;
}

/** True where a letter, or a decimal, goes on before or after. */
function isTouched(text: string, from: number, to: number): boolean {
  const [before, after] = [text.charCodeAt(from - 1), text.charCodeAt(to)];
  if (isAlphanumeric(before) || isAlphanumeric(after) || before === 95 || after === 95) return true;
  return (before === 46 && isDigit(text.charCodeAt(from - 2))) || (after === 46 && isDigit(text.charCodeAt(to + 1)));
}

function isLikeCard(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 10 ** (FEWEST_DIGITS - 1) && isCard(String(value));
}

/** Of a length that an issuer gives to numbers that begin so, and with a right check digit (ISO/IEC 7812). */
function isCard(digits: string): boolean {
  if (digits.length < FEWEST_DIGITS || digits.length > MOST_DIGITS) return false;
  return lengthsOf(digits).includes(digits.length) && hasCheckDigit(digits);
}

const NONE: readonly number[] = [];
const SIXTEEN = [16];
const LONG = [16, 17, 18, 19];

/** Visa, Mastercard, American Express, Diners Club, Discover, JCB, UnionPay. */
function lengthsOf(digits: string): readonly number[] {
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  if (two >= 40 && two <= 49) return [16, 19];
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return SIXTEEN;
  if (two === 34 || two === 37) return [15];
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059)) return [14];
  if (four >= 3528 && four <= 3589) return LONG;
  if (two === 62 || two === 65 || four === 6011 || (four >= 6440 && four <= 6499)) return LONG;
  return NONE;
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** A card's number as it may be kept: the first six digits and the last four (PCI DSS 4.0, 3.4.1). */
export function maskedCard(digits: string): string {
  return `${digits.slice(0, 6)}${"*".repeat(digits.length - 10)}${digits.slice(-4)}`;
}

/** A value without whole card numbers. */
export function withoutCards(value: Json): Json {
  return replacePersonal(value, (kind, normal) => (kind === "card" ? maskedCard(normal) : undefined));
}

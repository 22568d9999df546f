import type { Compare, Scalar, ValueTest } from "./ast.ts";
import { before, fullSpan, instantText, number, upcoming, NBSP } from "./french-numbers.ts";
import type { Aside } from "./phrases.ts";
import { OPPOSITE, boundsInWords, fewNamed, joinWords, lastNumber, type Bound, type BoundWords } from "./phrasing.ts";

/**
 * What French says of a value. Names of traits and properties have no gender that we know, so nothing here agrees with
 * them: it is "une date", "un texte" or "une liste" that does.
 */

/** What is denied is denied of a value that can be compared, as the rule does. */
export function predicate(test: ValueTest, denied: boolean, { from, element = "" }: Aside): string {
  const anyCase = test.ignoreCase ? " (majuscules et minuscules confondues)" : "";
  switch (test.op) {
    case "eq":
    case "ne":
      return (test.op === "eq") !== denied
        ? `${isVerb([test.operand])} ${quoted(test.operand)}${anyCase}`
        : `a une valeur connue autre que ${quoted(test.operand)}${anyCase}`;
    case "in":
    case "notIn":
      return (test.op === "in") !== denied
        ? `${isVerb(test.operand)} ${choices(test.operand, "ou")}${anyCase}`
        : `a une valeur connue autre que ${choices(test.operand, "ou")}${anyCase}`;
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return `est ${AMOUNTS.bound(denied ? OPPOSITE[test.op] : test.op, test.operand)}`;
    case "between":
      return `est un nombre ${denied ? "qui n’est pas " : ""}compris entre ${number(test.operand[0])} et ${number(test.operand[1])} inclus`;
    case "exists":
      return test.operand !== denied ? "est renseigné" : "n’est pas renseigné";
    case "contains":
    case "startsWith":
    case "endsWith":
    case "glob":
    case "matches": {
      const [verb, complement] = TEXTS[test.op];
      const part = `${complement}${quoted(test.operand)}${anyCase}`;
      return denied ? `est un texte qui ne ${verb} pas ${part}` : `${verb} ${part}`;
    }
    case "hasAny":
    case "hasNone":
      return (test.op === "hasAny") !== denied
        ? `est une liste qui contient ${choices(test.operand, "ou")}${anyCase}`
        : `est une liste sans ${choices(test.operand, "ni")}${anyCase}`;
    case "hasAll": {
      const together = test.operand.length > 1 ? "à la fois " : "";
      return `est une liste qui ${denied ? "ne contient pas" : "contient"} ${together}${choices(test.operand, "et")}${anyCase}`;
    }
    case "size":
      return `est une liste ${de(howMany(test.operand, denied, "élément", "éléments"))}`;
    case "some":
      return `est une liste ${denied ? "sans élément" : "qui contient un élément"} où (${element})`;
    case "before":
    case "after":
      return (test.op === "before") !== denied
        ? `est une date antérieure au ${instantText(test.operand.text)}`
        : `est le ${instantText(test.operand.text)} ou une date ultérieure`;
    case "withinLast":
    case "withinNext": {
      const near = test.op === "withinLast" ? before(test.operand, from) : upcoming(test.operand, from);
      return `est une date ${denied ? "hors " : ""}${near}`;
    }
    case "olderThan": {
      const ago = fullSpan(test.operand);
      if (from === "event") return `est une date ${denied ? "qui n’est pas " : ""}antérieure d’au moins ${ago} à l’événement`;
      return denied ? `est une date qui ne remonte pas encore à ${ago}` : `remonte à au moins ${ago}`;
    }
    case "anniversary": {
      const soon = upcoming(test.operand.withinNext, from);
      return `est une date dont l’anniversaire ${denied ? "ne tombe pas" : "tombe"} au cours ${soon}`;
    }
    case "version": {
      const which = boundsInWords<string>(test.operand, denied, VERSIONS);
      return which === undefined
        ? `est une version qui n’est pas à la fois ${boundsInWords<string>(test.operand, false, VERSIONS)}`
        : `est une version ${which}`;
    }
    case "cidr":
      return denied
        ? `est une adresse hors de ${choices(test.operand, "et")}`
        : `est une adresse de ${choices(test.operand, "ou")}`;
    case "near": {
      const { lat, lon, km } = test.operand;
      const far = `${number(km)}${NBSP}km`;
      const place = `du point (${number(lat)}${NBSP}; ${number(lon)})`;
      return `est un lieu à ${denied ? `plus de ${far}` : `${far} au plus`} ${place}`;
    }
  }
}

const TEXTS = {
  contains: ["contient", ""],
  startsWith: ["commence", "par "],
  endsWith: ["finit", "par "],
  glob: ["correspond", "au modèle "],
  matches: ["correspond", "à l’expression régulière "],
} as const;

const BOUND: Record<Exclude<Bound, "ne">, string> = {
  eq: "exactement",
  lt: "moins de",
  lte: "au plus",
  gt: "plus de",
  gte: "au moins",
};

/** As said after "est": "d’au moins 5", "de 2 à 4". */
const AMOUNTS: BoundWords<number> = {
  bound: (op, value) => (op === "ne" ? `autre que ${number(value)}` : de(`${BOUND[op]} ${number(value)}`)),
  range: ([low, high]) => `de ${number(low)} à ${number(high)}`,
  outside: ([low, high]) => `de moins de ${number(low)} ou de plus de ${number(high)}`,
  and: "et",
};

/** As said before what is counted: "au moins 5", "de 2 à 4". */
const COUNTS: BoundWords<number> = {
  bound: (op, value) => (op === "ne" ? `autre que ${number(value)}` : `${BOUND[op]} ${number(value)}`),
  range: AMOUNTS.range,
  outside: ([low, high]) => `moins de ${number(low)} ou plus de ${number(high)}`,
  and: "et",
};

const VERSIONS: BoundWords<string> = {
  bound: (op, version) => VERSION[op](version),
  range: ([low, high]) => `de la ${low} à la ${high} incluse`,
  outside: ([low, high]) => `antérieure à la ${low} ou postérieure à la ${high}`,
  and: "et",
};

const VERSION: Record<Bound, (version: string) => string> = {
  eq: (version) => `égale à la ${version}`,
  ne: (version) => `autre que la ${version}`,
  lt: (version) => `antérieure à la ${version}`,
  lte: (version) => `jusqu’à la ${version} incluse`,
  gt: (version) => `postérieure à la ${version}`,
  gte: (version) => `à partir de la ${version}`,
};

/** What an amount is, with its verb: "est d’au moins 5"; undefined where several bounds are denied. */
export function amount(compare: Compare, denied: boolean): string | undefined {
  const words = boundsInWords<number>(compare, denied, AMOUNTS);
  return words === undefined ? undefined : `est ${words}`;
}

/** Bounds that do not all hold, to be said after "n’est pas". */
export function notAll(compare: Compare): string {
  return `à la fois ${boundsInWords<number>(compare, false, AMOUNTS)}`;
}

/** Bounds on how many there are of something: "au moins 2 éléments", "un nombre d’éléments autre que 2". */
export function howMany(compare: Compare, denied: boolean, one: string, many: string): string {
  const words = boundsInWords<number>(compare, denied, COUNTS);
  if (words === undefined) return `un nombre ${de(many)} qui n’est pas ${notAll(compare)}`;
  const isOther = (denied ? compare.eq : compare.ne) !== undefined;
  if (isOther) return `un nombre ${de(many)} ${boundsInWords<number>(compare, denied, AMOUNTS)}`;
  return `${words} ${lastNumber(compare) < 2 ? one : many}`;
}

/** With "de", which is d’ before a vowel and is there already in "de 2 à 4". */
export function de(words: string): string {
  if (words.startsWith("de ")) return words;
  return /^[aeiouyéè]/.test(words) ? `d’${words}` : `de ${words}`;
}

/** Texts are; numbers and truths have no gender that "est" could agree with, so they are what a value is worth. */
function isVerb(values: readonly Scalar[]): string {
  return values.every((value) => typeof value === "string") ? "est" : "vaut";
}

function choices(values: readonly Scalar[], word: "et" | "ou" | "ni"): string {
  const { named, rest } = fewNamed(values);
  const texts = named.map(quoted);
  return joinWords(rest > 0 ? [...texts, others(rest, "valeur")] : texts, word);
}

/** How many are not named. */
export function others(count: number, noun: string): string {
  return count === 1 ? `1 autre ${noun}` : `${number(count)} autres ${noun}s`;
}

/** A number that is compared as a whole may be a year or a code: its digits are not set apart. */
export function quoted(value: Scalar): string {
  if (typeof value === "string") return `«${NBSP}${value}${NBSP}»`;
  if (typeof value === "number") return number(value, "");
  return value ? "vrai" : "faux";
}

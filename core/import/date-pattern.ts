import { create, toZonedDateTime } from "temporal-polyfill/fns/PlainDateTime";
import { parseTimestamp } from "../model/timestamp.ts";
import { leadingDate } from "../model/timestamp.ts";

/** What a pattern is made of: a name for so many digits, or `Z` for a zone; everything else stands for itself. */
const TOKEN = /YYYY|MM|DD|HH|mm|ss|SSS|Z/g;
const IN_PATTERN = {
  YYYY: "(\\d{4})",
  MM: "(\\d{1,2})",
  DD: "(\\d{1,2})",
  HH: "(\\d{1,2})",
  mm: "(\\d{2})",
  ss: "(\\d{2})",
  SSS: "(\\d{1,9})",
  Z: "(Z|[+-]\\d{2}:?\\d{2})",
} as const;
type Token = keyof typeof IN_PATTERN;

interface Pattern {
  readonly tokens: readonly Token[];
  readonly matches: RegExp;
}

const LONGEST_PATTERN = 40;

/** True of a pattern that says a date, each part at most once, and a time only from the hour down. */
export function isDatePattern(text: string): boolean {
  const { tokens } = patternOf(text);
  const has = (token: Token): boolean => tokens.includes(token);
  if (text.length > LONGEST_PATTERN || new Set(tokens).size !== tokens.length) return false;
  if (!has("YYYY") || !has("MM") || !has("DD")) return false;
  if (has("mm") !== has("HH") || (has("ss") && !has("mm")) || (has("SSS") && !has("ss"))) return false;
  return !has("Z") || has("HH");
}

/** The last pattern used: a file has few, and asks for one with every row. */
let last: { readonly text: string; readonly pattern: Pattern } | undefined;

function patternOf(text: string): Pattern {
  if (last?.text === text) return last.pattern;
  const tokens: Token[] = [];
  let source = "";
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0] as Token;
    tokens.push(token);
    source += literally(text.slice(at, match.index)) + IN_PATTERN[token];
    at = match.index + token.length;
  }
  const pattern = { tokens, matches: new RegExp(`^${source}${literally(text.slice(at))}$`) };
  last = { text, pattern };
  return pattern;
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

/**
 * Reads a date, or a date with a time, as a pattern for which `isDatePattern` holds writes it.
 * @param zone IANA zone of times that say none; one that a clock shows twice is the earlier
 * @returns `YYYY-MM-DD` for a date alone, else the instant in UTC; undefined for what does not fit or is no real date
 */
export function readDate(text: string, pattern: string, zone: string): string | undefined {
  const { tokens, matches } = patternOf(pattern);
  const found = matches.exec(text);
  if (found === null) return undefined;
  const said = (token: Token): string | undefined => {
    const place = tokens.indexOf(token);
    return place < 0 ? undefined : found[place + 1];
  };
  const two = (token: Token): string => (said(token) ?? "0").padStart(2, "0");
  const date = `${said("YYYY") ?? ""}-${two("MM")}-${two("DD")}`;
  if (said("HH") === undefined) return leadingDate(date) === undefined ? undefined : date;
  const time = `${two("HH")}:${two("mm")}:${two("ss")}.${said("SSS") ?? "0"}`;
  const offset = said("Z") ?? "Z";
  const ms = parseTimestamp(`${date}T${time}${/^[+-]\d{4}$/.test(offset) ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset}`);
  if (ms === undefined) return undefined;
  return new Date(said("Z") === undefined ? atLocalTime(ms, zone) : ms).toISOString();
}

/** The instant at which clocks of a zone show what those of UTC show at `ms`. */
function atLocalTime(ms: number, zone: string): number {
  const shown = new Date(ms);
  const local = create(
    shown.getUTCFullYear(),
    shown.getUTCMonth() + 1,
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
    shown.getUTCSeconds(),
    shown.getUTCMilliseconds(),
  );
  return toZonedDateTime(local, zone).epochMilliseconds;
}

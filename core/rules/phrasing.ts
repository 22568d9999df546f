import type { Compare } from "./ast.ts";
import { fractionDigits } from "./decimal.ts";

/** What every language does with a part of a rule before it has words for it. */

export type Bound = "eq" | "ne" | "lt" | "lte" | "gt" | "gte";

/** What a bound is where it is denied of a value that can be compared. */
export const OPPOSITE = { eq: "ne", ne: "eq", lt: "gte", lte: "gt", gt: "lte", gte: "lt" } as const satisfies Record<
  Bound,
  Bound
>;

/** COMPARE over numbers or over versions. */
export type Comparison<Value> = { readonly [op in Bound]?: Value } & { readonly between?: readonly [Value, Value] };

/** How a language says bounds. */
export interface BoundWords<Value> {
  readonly bound: (op: Bound, value: Value) => string;
  readonly range: (range: readonly [Value, Value]) => string;
  /** Below a range or above it. */
  readonly outside: (range: readonly [Value, Value]) => string;
  readonly and: string;
}

/** Bounds in words; a single one that is denied becomes its opposite. Undefined where several are denied. */
export function boundsInWords<Value>(compare: Comparison<Value>, denied: boolean, words: BoundWords<Value>): string | undefined {
  const { between } = compare;
  const singles = singleBounds(compare);
  if (denied && singles.length + (between ? 1 : 0) > 1) return undefined;
  if (denied && between) return words.outside(between);
  const said = singles.map(([op, value]) => words.bound(denied ? OPPOSITE[op] : op, value));
  return [...said, ...(between ? [words.range(between)] : [])].join(` ${words.and} `);
}

/** In the order in which they are said: the lowest that fits comes first. */
function singleBounds<Value>({ eq, ne, lt, lte, gt, gte }: Comparison<Value>): [Bound, Value][] {
  const bounds: readonly [Bound, Value | undefined][] = [
    ["gte", gte],
    ["gt", gt],
    ["lte", lte],
    ["lt", lt],
    ["eq", eq],
    ["ne", ne],
  ];
  return bounds.flatMap(([op, value]): [Bound, Value][] => (value === undefined ? [] : [[op, value]]));
}

/** The number that bounds end with in words, which is the one beside the noun that is counted. */
export function lastNumber({ between, ne, eq, lt, lte, gt, gte }: Compare): number {
  return between?.[1] ?? ne ?? eq ?? lt ?? lte ?? gt ?? gte ?? 0;
}

/** True for "at least once", false for "never", undefined for any other number of times. */
export function whetherAtAll(compare: Compare): boolean | undefined {
  if (Object.keys(compare).length !== 1) return undefined;
  if (compare.gte === 1 || compare.gt === 0 || compare.ne === 0) return true;
  if (compare.lt === 1 || compare.lte === 0 || compare.eq === 0) return false;
  return undefined;
}

export type SpanUnit = "day" | "hour" | "minute" | "second" | "millisecond";

const UNITS: readonly (readonly [SpanUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** A span in the longest unit that divides it: there is no rounding in a rule, so there is none in its sentence. */
export function wholeUnits(ms: number): { readonly count: number; readonly unit: SpanUnit } {
  const [unit, length] = UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? (["millisecond", 1] as const);
  return { count: ms / length, unit };
}

/** A share as percent, with as many digits as it was written with: 0.07 is 7, whatever 0.07 * 100 is in floating point. */
export function percentDigits(share: number): string {
  return (share * 100).toFixed(Math.min(Math.max(0, fractionDigits(share) - 2), 100));
}

/** Values of a list that are named; the rest are counted. */
const MOST_NAMED = 5;

/** The values of a list that are named, and how many are not. */
export function fewNamed<Value>(values: readonly Value[]): { readonly named: readonly Value[]; readonly rest: number } {
  const named = values.slice(0, MOST_NAMED);
  return { named, rest: values.length - named.length };
}

/** One, or the others with commas and the last after a word. */
export function joinWords(items: readonly string[], word: string): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}

import { fail, ok, type Result } from "./result.ts";

/** A positive span of time in milliseconds, as rules write it: `30m`, `7d`. A day is 24 h, never a calendar day. */
export type DurationMs = number & { readonly unit: "ms" };

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** 100 years: longer spans are typing errors, and keep sums of spans inside safe integers. */
const LONGEST_MS = 36_525 * UNIT_MS.d;

/**
 * Reads a duration of the rule language (rules.md, "Traits").
 * @returns milliseconds, or `bad_duration` for anything but an integer from 1 and one of `s m h d w`
 */
export function parseDuration(text: string): Result<DurationMs, "bad_duration"> {
  const match = /^([1-9]\d{0,9})([smhdw])$/.exec(text);
  if (!match) return fail("bad_duration");
  const ms = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  return ms <= LONGEST_MS ? ok(ms as DurationMs) : fail("bad_duration");
}

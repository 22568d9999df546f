import { useMemo } from "react";
import { useLanguage } from "./words.ts";

/** Numbers, dates and spans as the reader's language writes them. */
export interface Numbers {
  /** `12,345`. */
  count(value: number): string;
  /** `12.3 K`, where there is little room. */
  short(value: number): string;
  /** Of a share from 0 to 1: `12.3 %`. */
  share(value: number): string;
  /** With its sign: `+12`. */
  change(value: number): string;
  /** Of a share, with its sign: `+12 %`. */
  shareChange(value: number): string;
  money(value: number, currency: string): string;
  /** A day and a time of it. @param at ms since 1970, or ISO 8601 */
  time(at: number | string): string;
  day(at: number | string): string;
  /** `3 hours ago`, `in 2 days`. */
  ago(at: number | string, now?: number): string;
  /** `3 hours`. @param ms */
  span(ms: number): string;
  list(parts: readonly string[]): string;
}

const UNITS = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** @param zone of the workspace, for times; the browser's where not given */
export function numbersOf(language: string, zone?: string): Numbers {
  const zoned = zone === undefined ? {} : { timeZone: zone };
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const signed = new Intl.NumberFormat(language, { signDisplay: "exceptZero" });
  const signedPercent = new Intl.NumberFormat(language, {
    style: "percent",
    signDisplay: "exceptZero",
    maximumFractionDigits: 1,
  });
  const stamp = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", ...zoned });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", ...zoned });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const listed = new Intl.ListFormat(language);
  return {
    count: (value) => whole.format(value),
    short: (value) => compact.format(value),
    share: (value) => percent.format(value),
    change: (value) => signed.format(value),
    shareChange: (value) => signedPercent.format(value),
    money: (value, currency) => new Intl.NumberFormat(language, { style: "currency", currency }).format(value),
    time: (at) => stamp.format(new Date(at)),
    day: (at) => date.format(new Date(at)),
    ago(at, now = Date.now()) {
      const ms = new Date(at).getTime() - now;
      const [unit, size] = unitOf(ms);
      return relative.format(Math.round(ms / size), unit);
    },
    span(ms) {
      const [unit, size] = unitOf(ms);
      return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(
        ms / size,
      );
    },
    list: (parts) => listed.format(parts),
  };
}

function unitOf(ms: number): (typeof UNITS)[number] {
  return UNITS.find(([, size]) => Math.abs(ms) >= size) ?? ["second", 1_000];
}

export function useNumbers(zone?: string): Numbers {
  const language = useLanguage();
  return useMemo(() => numbersOf(language, zone), [language, zone]);
}

import type { Aside } from "./phrases.ts";
import { wholeUnits, type SpanUnit } from "./phrasing.ts";

/** How French writes numbers, spans of time and dates. */

/** No-break space: inside quotation marks, before a colon, between a number and its sign. */
export const NBSP = "\u00A0";
/** Narrow no-break space. */
const THOUSANDS = "\u202F";

/** @param separator between thousands */
export function number(value: number, separator = THOUSANDS): string {
  const [digits = "", exponent] = String(value).split("e");
  const [whole = "", fraction] = digits.split(".");
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, separator);
  const decimal = fraction === undefined ? grouped : `${grouped},${fraction}`;
  return exponent === undefined ? decimal : `${decimal}${NBSP}×${NBSP}10^${Number(exponent)}`;
}

const UNITS: Record<SpanUnit, { readonly one: string; readonly many: string; readonly feminine: boolean }> = {
  day: { one: "jour", many: "jours", feminine: false },
  hour: { one: "heure", many: "heures", feminine: true },
  minute: { one: "minute", many: "minutes", feminine: true },
  second: { one: "seconde", many: "secondes", feminine: true },
  millisecond: { one: "milliseconde", many: "millisecondes", feminine: true },
};

export function fullSpan(ms: number): string {
  const { count, unit } = wholeUnits(ms);
  return `${number(count)} ${count === 1 ? UNITS[unit].one : UNITS[unit].many}`;
}

/** A span up to now or to an event, with "de": "des 7 derniers jours", "de l’heure précédant l’événement". */
export function before(ms: number, from: Aside["from"] = "now"): string {
  return spanFrom(ms, from === "now" ? { adjective: "dernier", feminine: "dernière" } : "précédant l’événement");
}

/** A span from now or from an event on, with "de". */
export function upcoming(ms: number, from: Aside["from"] = "now"): string {
  return spanFrom(ms, from === "now" ? { adjective: "prochain", feminine: "prochaine" } : "suivant l’événement");
}

/** A day is said as 24 hours: "le dernier jour" might be the one of the calendar. The other units are all feminine. */
function spanFrom(ms: number, which: { readonly adjective: string; readonly feminine: string } | string): string {
  const whole = wholeUnits(ms);
  const { count, unit } = whole.count === 1 && whole.unit === "day" ? ({ count: 24, unit: "hour" } as const) : whole;
  const { one, many, feminine } = UNITS[unit];
  if (typeof which === "string")
    return count === 1 ? `de ${unit === "hour" ? "l’" : "la "}${one} ${which}` : `des ${number(count)} ${many} ${which}`;
  if (count === 1) return `de la ${which.feminine} ${one}`;
  return `des ${number(count)} ${feminine ? which.feminine : which.adjective}s ${many}`;
}

const MONTHS = [
  "janvier",
  "février",
  "mars",
  "avril",
  "mai",
  "juin",
  "juillet",
  "août",
  "septembre",
  "octobre",
  "novembre",
  "décembre",
] as const;

/** An instant as rules write it (rules.md, "Instant"): "1er janvier 2026", "31 janvier 2026 à 18:00 (UTC+01:00)". */
export function instantText(text: string): string {
  const [, year, month, day, time, zone] = /^(\d{4})-(\d\d)-(\d\d)(?:T([\d:.]+)(Z|[+-][\d:]+))?$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return text;
  const date = `${day === "01" ? "1er" : Number(day)} ${MONTHS[Number(month) - 1]} ${Number(year)}`;
  if (time === undefined || zone === undefined) return date;
  return `${date} à ${time.replace(".", ",")} (UTC${zone === "Z" ? "" : zone})`;
}

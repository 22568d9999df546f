/** What a column of a file may be, in the words of the import (docs/guides/import.md). */
export const TARGETS = [
  "",
  "userId",
  "anonymousId",
  "event",
  "timestamp",
  "messageId",
  "traits.email",
  "traits.phone",
  "externalIds.loyalty_card",
  "properties.value:number",
  "properties.value:decimal-comma",
  "properties.currency",
  "properties.category",
] as const;

/** A guess from the name of a column: what people call it. */
export function guess(column: string, isIdentify: boolean): string {
  const name = column.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  if (/^(?:user_?id|customer(?:_?id)?|client|id_?client)$/.test(name)) return "userId";
  if (/^(?:anonymous_?id)$/.test(name)) return "anonymousId";
  if (/^(?:date|time|timestamp|datetime|heure)$/.test(name)) return "timestamp";
  if (/mail/.test(name)) return "traits.email";
  if (/phone|tel/.test(name)) return "traits.phone";
  if (/card|carte/.test(name)) return "externalIds.loyalty_card";
  if (/^(?:event|evenement)$/.test(name)) return "event";
  if (isIdentify) return `traits.${pathStep(column)}`;
  if (/amount|total|montant|value|price|prix/.test(name)) return "properties.value:number";
  return `properties.${pathStep(column)}`;
}

function pathStep(column: string): string {
  return column.trim().replaceAll(/[^\p{L}\p{N}]+/gu, "_");
}

/** The map of a file. @param targets what each column is; those of none are left out */
export function mapOf(columns: readonly string[], targets: readonly string[]): string {
  return columns.flatMap((column, place) => (targets[place] ? [`${escaped(column)}:${targets[place]}`] : [])).join(",");
}

function escaped(column: string): string {
  return column.replaceAll(/[\\,:()]/g, "\\$&");
}

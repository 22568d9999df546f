import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../core/model/json.ts";
import type { Written } from "./written.ts";

/** One thing that differs between what was written for two versions. */
export interface Change {
  readonly kind: "audience" | "placement" | "campaign";
  readonly key: string;
  readonly change: "added" | "changed" | "removed";
  /** As it was and as it is; null where it is not there. */
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  /** Names of what differs in it. */
  readonly fields: readonly string[];
}

/** What a publish of one after the other changes, by kind and key. */
export function changesBetween(before: Written, after: Written): readonly Change[] {
  return [
    ...changesOf("audience", before.audiences, after.audiences),
    ...changesOf("placement", before.placements, after.placements),
    ...changesOf("campaign", before.campaigns, after.campaigns),
  ];
}

function changesOf(kind: Change["kind"], before: readonly object[], after: readonly object[]): readonly Change[] {
  const [old, now] = [byKey(before), byKey(after)];
  return [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((key): readonly Change[] => {
    const [was, is] = [old.get(key) ?? null, now.get(key) ?? null];
    const fields = differing(was ?? {}, is ?? {});
    if (fields.length === 0) return [];
    return [{ kind, key, change: was === null ? "added" : is === null ? "removed" : "changed", before: was, after: is, fields }];
  });
}

/** As JSON has them: what is undefined is not there. */
function byKey(things: readonly object[]): ReadonlyMap<string, JsonObject> {
  const plain = JSON.parse(JSON.stringify(things)) as readonly Json[];
  return new Map(plain.filter(isJsonObject).map((thing) => [typeof thing["key"] === "string" ? thing["key"] : "", thing]));
}

function differing(was: JsonObject, is: JsonObject): readonly string[] {
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].filter((name) => textOf(was[name]) !== textOf(is[name])).toSorted();
}

function textOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}

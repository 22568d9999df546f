import { isJsonObject, ownProperty, type Json, type JsonObject } from "./json.ts";

/**
 * A JSON merge patch (RFC 7396) applied to a value: members of the patch replace, null takes away, objects are merged.
 * Neither is changed; depth is bounded by whoever parsed both.
 */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const before: JsonObject = isJsonObject(target) ? target : {};
  const kept = Object.entries(before).filter(([key]) => !Object.hasOwn(patch, key));
  const said = Object.entries(patch).filter(([, value]) => value !== null);
  const merged = said.map(([key, value]): readonly [string, Json] => [key, mergePatch(ownProperty(before, key) ?? null, value)]);
  return Object.fromEntries([...kept, ...merged]);
}

import { isJsonObject } from "../model/json.ts";
import type { AudienceCondition, BucketCondition, ListCondition } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";
import { refuseOtherKeys } from "./group-syntax.ts";
import { readRetainedSpan } from "./window-syntax.ts";

type Written = Readonly<Record<string, unknown>>;

/** The conditions that ask neither a trait nor events (rules.md, "Other conditions"). */

export function readAudience(reading: Reading, written: Written, pointer: string): AudienceCondition | undefined {
  refuseOtherKeys(reading, written, pointer, ["audience", "for"]);
  const key = readKey(reading, written["audience"], childPointer(pointer, "audience"), "an audience");
  if (key !== undefined) reading.refer(key, childPointer(pointer, "audience"));
  if (!Object.hasOwn(written, "for")) return key === undefined ? undefined : { kind: "audience", key };
  const span = written["for"];
  const place = childPointer(pointer, "for");
  if (typeof span !== "string") return reading.fault(place, "wrong_type", `A span is a text, as "30d".`);
  const forMs = readRetainedSpan(reading, span, place);
  return key === undefined || forMs === undefined ? undefined : { kind: "audience", key, forMs };
}

export function readList(reading: Reading, written: Written, pointer: string): ListCondition | undefined {
  refuseOtherKeys(reading, written, pointer, ["list"]);
  const key = readKey(reading, written["list"], childPointer(pointer, "list"), "a list");
  if (key !== undefined) reading.lists.push({ key, pointer: childPointer(pointer, "list") });
  return key === undefined ? undefined : { kind: "list", key };
}

export function readBucket(reading: Reading, written: Written, pointer: string): BucketCondition | undefined {
  refuseOtherKeys(reading, written, pointer, ["bucket"]);
  const place = childPointer(pointer, "bucket");
  const bucket = written["bucket"];
  if (!isJsonObject(bucket))
    return reading.fault(place, "wrong_type", `A share of people is written as {"salt":"test-1","from":0,"to":0.25}.`);
  refuseOtherKeys(reading, bucket, place, ["salt", "from", "to"]);
  const salt = readSalt(reading, bucket, place);
  if (!Object.hasOwn(bucket, "from") || !Object.hasOwn(bucket, "to"))
    reading.fault(place, "missing_key", `Give "from" and "to", as {"salt":"test-1","from":0,"to":0.25}.`);
  const from = readShare(reading, bucket, place, "from");
  const to = readShare(reading, bucket, place, "to");
  if (from === undefined || to === undefined) return undefined;
  if (from >= to) return reading.fault(place, "bad_range", "The share ends where it begins or before: “from” is the smaller.");
  return salt === undefined ? undefined : { kind: "bucket", salt, from, to };
}

function readSalt(reading: Reading, bucket: Written, pointer: string): string | undefined {
  if (!Object.hasOwn(bucket, "salt"))
    return reading.fault(pointer, "missing_key", `Give a text that names the split, as "salt".`);
  const { salt } = bucket;
  if (typeof salt === "string") return salt;
  return reading.fault(childPointer(pointer, "salt"), "wrong_type", "A salt is a text.");
}

/** One end of a share, where it is given. */
function readShare(reading: Reading, bucket: Written, pointer: string, key: "from" | "to"): number | undefined {
  if (!Object.hasOwn(bucket, key)) return undefined;
  const share = bucket[key];
  const place = childPointer(pointer, key);
  if (typeof share !== "number" || !Number.isFinite(share))
    return reading.fault(place, "wrong_type", "A share is a number from 0 to 1.");
  return share >= 0 && share <= 1 ? share : reading.fault(place, "bad_range", "A share is a number from 0 to 1.");
}

function readKey(reading: Reading, key: unknown, pointer: string, what: string): string | undefined {
  if (typeof key !== "string") return reading.fault(pointer, "wrong_type", `Give the key of ${what}, as a text.`);
  return key === "" ? reading.fault(pointer, "unknown_value", `Give the key of ${what}.`) : key;
}

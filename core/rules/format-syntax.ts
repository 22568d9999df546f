import { isJsonObject } from "../model/json.ts";
import { parseBlock } from "./address.ts";
import type { Circle, VersionCompare } from "./ast.ts";
import { isLatitude, isLongitude } from "./distance.ts";
import { childPointer, type Reading } from "./faults.ts";
import { readList, readNumber } from "./operand-syntax.ts";
import { compareVersions, parseVersion } from "./semver.ts";

const BOUNDS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "lte", "gt", "gte"]);

/** Reads COMPARE over versions (rules.md, "Traits", `version`). */
export function readVersionCompare(reading: Reading, operand: unknown, pointer: string): VersionCompare | undefined {
  if (!isJsonObject(operand))
    return reading.fault(pointer, "wrong_type", `Say which versions, for example {"gte":"2.1.0"} for 2.1.0 and later.`);
  const keys = Object.keys(operand);
  if (keys.length === 0)
    return reading.fault(pointer, "missing_operator", `Say which versions, for example {"gte":"2.1.0"} for 2.1.0 and later.`);
  const compare: Record<string, string | readonly [string, string]> = {};
  for (const key of keys) {
    const bound = readVersionBound(reading, key, operand[key], childPointer(pointer, key));
    if (bound !== undefined) compare[key] = bound;
  }
  return Object.keys(compare).length === keys.length ? compare : undefined;
}

function readVersionBound(
  reading: Reading,
  key: string,
  written: unknown,
  place: string,
): string | readonly [string, string] | undefined {
  if (BOUNDS.has(key)) return readVersion(reading, written, place);
  if (key !== "between") return reading.fault(place, "unknown_operator", `“${key}” is not a way to compare a version.`);
  const [low, high, ...more]: readonly unknown[] = Array.isArray(written) ? written : [];
  if (low === undefined || high === undefined || more.length > 0)
    return reading.fault(place, "wrong_type", "Give two versions, the lowest and the highest that fit.");
  const lowest = readVersion(reading, low, childPointer(place, 0));
  const highest = readVersion(reading, high, childPointer(place, 1));
  const from = lowest === undefined ? undefined : parseVersion(lowest);
  const to = highest === undefined ? undefined : parseVersion(highest);
  if (lowest === undefined || highest === undefined || !from || !to) return undefined;
  if (compareVersions(from, to) > 0)
    return reading.fault(place, "bad_range", `${lowest} is later than ${highest}: put the earlier version first.`);
  return [lowest, highest];
}

function readVersion(reading: Reading, written: unknown, place: string): string | undefined {
  reading.countOperands(place, 1);
  if (typeof written !== "string") return reading.fault(place, "wrong_type", `A version is a text, as "2.1.0".`);
  if (parseVersion(written)) return written;
  return reading.fault(place, "bad_version", `Give a version as three numbers, "2.1.0", or "2.1.0-beta.1" for one before it.`);
}

/** Reads blocks of addresses (rules.md, "Traits", `cidr`). */
export function readBlocks(reading: Reading, operand: unknown, pointer: string, most: number): readonly string[] | undefined {
  return readList(reading, operand, pointer, most, (written, place) => {
    if (typeof written !== "string")
      return reading.fault(place, "wrong_type", `A block of addresses is a text, as "10.0.0.0/8".`);
    const block = parseBlock(written);
    if (block === "bits_beyond") {
      return reading.fault(
        place,
        "bad_cidr",
        `“${written}” says more of the address than its first bits: give the first address of the block, as "10.0.0.0/8".`,
      );
    }
    if (block !== "not_a_block") return written;
    return reading.fault(
      place,
      "bad_cidr",
      `Give a block as "10.0.0.0/8" or "2001:db8::/32"; a single address is one of /32, or of /128 in IPv6.`,
    );
  });
}

const CIRCLE: readonly string[] = ["lat", "lon", "km"];

/** Reads a place and how far around it (rules.md, "Traits", `near`). */
export function readCircle(reading: Reading, operand: unknown, pointer: string): Circle | undefined {
  if (!isJsonObject(operand))
    return reading.fault(pointer, "wrong_type", `Give a place and a distance, for example {"lat":48.86,"lon":2.35,"km":10}.`);
  for (const key of Object.keys(operand)) {
    if (!CIRCLE.includes(key))
      reading.fault(childPointer(pointer, key), "unknown_key", `“${key}” says nothing of a place: give “lat”, “lon” and “km”.`);
  }
  const [lat, lon, km] = CIRCLE.map((key) => {
    if (Object.hasOwn(operand, key)) return readNumber(reading, operand[key], childPointer(pointer, key));
    return reading.fault(pointer, "missing_key", `Give “${key}” too: a place is “lat” and “lon”, and “km” how far around it.`);
  });
  const inRange = [
    lat === undefined || isLatitude(lat) || refuse("lat", "A latitude is from -90 to 90 degrees."),
    lon === undefined || isLongitude(lon) || refuse("lon", "A longitude is from -180 to 180 degrees."),
    km === undefined || km >= 0 || refuse("km", "A distance is not negative."),
  ];
  if (lat === undefined || lon === undefined || km === undefined || inRange.includes(false)) return undefined;
  return { lat, lon, km };

  function refuse(key: string, message: string): false {
    reading.fault(childPointer(pointer, key), "bad_range", message);
    return false;
  }
}

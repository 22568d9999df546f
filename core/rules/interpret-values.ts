import { RE2JS } from "re2js";
import { isJsonArray, type Json } from "../model/json.ts";
import { parseInstant } from "../model/instant.ts";
import { leadingDate } from "../model/timestamp.ts";
import { dateAt, firstInstantOf } from "../model/zoned-date.ts";
import { parseAddress, parseBlock } from "./address.ts";
import type { Scalar, ValueTest, VersionCompare } from "./ast.ts";
import { foldCase } from "./case-folding.ts";
import { distanceKm, readPlace } from "./distance.ts";
import { compareVersions, parseVersion, type Version } from "./semver.ts";
import type { Truth } from "./truth.ts";

/** The instant that time operators count from, and the zone in which dates alone begin. */
export interface When {
  readonly at: number;
  readonly zone: string;
}

type Elsewhere = "eq" | "ne" | "in" | "notIn" | "lt" | "lte" | "gt" | "gte" | "between" | "exists" | "contains" | "size" | "some";

/** The reference interpreter's answers about texts, lists, dates, versions, addresses and places (rules.md, "Traits"). */
export function askValue(value: Json, test: Exclude<ValueTest, { op: Elsewhere }>, when: When): Truth {
  switch (test.op) {
    case "startsWith":
    case "endsWith":
    case "glob":
    case "matches":
      return typeof value === "string" ? ofText(value, test) : "unknown";
    case "hasAny":
    case "hasAll":
    case "hasNone": {
      if (!isJsonArray(value)) return "unknown";
      const has = (operand: Scalar): boolean => value.some((element) => isSame(element, operand, test.ignoreCase));
      if (test.op === "hasAll") return test.operand.every(has);
      return test.operand.some(has) === (test.op === "hasAny");
    }
    case "before":
    case "after":
    case "withinLast":
    case "olderThan":
    case "withinNext":
    case "anniversary": {
      const instant = typeof value === "string" ? parseInstant(value, when.zone) : undefined;
      return instant === undefined ? "unknown" : ofInstant(instant, test, when);
    }
    case "version": {
      const version = typeof value === "string" ? parseVersion(value) : undefined;
      return version ? isVersion(version, test.operand) : "unknown";
    }
    case "cidr": {
      const address = typeof value === "string" ? bitsOf(value) : undefined;
      return address === undefined ? "unknown" : test.operand.some((block) => address.startsWith(firstBitsOf(block)));
    }
    case "near": {
      const place = readPlace(value);
      return place ? distanceKm(test.operand, place) <= test.operand.km : "unknown";
    }
  }
}

function isSame(element: Json, operand: Scalar, ignoreCase: boolean): boolean {
  if (ignoreCase && typeof element === "string" && typeof operand === "string") return foldCase(element) === foldCase(operand);
  return element === operand;
}

// Texts

function ofText(text: string, test: ValueTest<"startsWith" | "endsWith" | "glob" | "matches">): boolean {
  if (test.op === "matches") {
    return RE2JS.compile(test.operand, test.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
      .matcher(text)
      .find();
  }
  const fold = test.ignoreCase ? foldCase : (same: string): string => same;
  switch (test.op) {
    case "startsWith":
      return fold(text).startsWith(fold(test.operand));
    case "endsWith":
      return fold(text).endsWith(fold(test.operand));
    case "glob":
      return globs(Array.from(fold(test.operand)), Array.from(fold(text)));
  }
}

function globs(pattern: readonly string[], text: readonly string[]): boolean {
  const [token, ...rest] = pattern;
  if (token === undefined) return text.length === 0;
  if (token === "*") return globs(rest, text) || (text.length > 0 && globs(pattern, text.slice(1)));
  if (text.length === 0) return false;
  if (token === "?") return globs(rest, text.slice(1));
  if (token === "\\") return rest[0] === text[0] && globs(rest.slice(1), text.slice(1));
  return token === text[0] && globs(rest, text.slice(1));
}

// Instants

function ofInstant(
  value: number,
  test: ValueTest<"before" | "after" | "withinLast" | "olderThan" | "withinNext" | "anniversary">,
  { at: now, zone }: When,
): boolean {
  switch (test.op) {
    case "before":
      return value < test.operand.ms;
    case "after":
      return value >= test.operand.ms;
    case "withinLast":
      return now - test.operand < value && value <= now;
    case "olderThan":
      return value <= now - test.operand;
    case "withinNext":
      return now < value && value <= now + test.operand;
    case "anniversary": {
      const until = now + test.operand.withinNext;
      return anniversaries(value, zone, dateAt(now, zone).year, dateAt(until, zone).year).some((t) => now < t && t <= until);
    }
  }
}

/** The day's return in the years from one to another that are later than its own, 29 February as 1 March where there is none. */
function anniversaries(value: number, zone: string, firstYear: number, lastYear: number): number[] {
  const { year, month, day } = dateAt(value, zone);
  const found: number[] = [];
  for (let later = Math.max(year + 1, firstYear); later <= lastYear && later <= 9_999; later++) {
    const monthAndDay = `${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    const date = leadingDate(`${String(later).padStart(4, "0")}-${monthAndDay}`);
    found.push(firstInstantOf(date ?? { year: later, month: 3, day: 1 }, zone));
  }
  return found;
}

// Versions and addresses

function isVersion(version: Version, { eq, ne, lt, lte, gt, gte, between }: VersionCompare): boolean {
  const order = (bound: string): number => {
    const parsed = parseVersion(bound);
    if (!parsed) throw new Error(`not a version: ${bound}`);
    return compareVersions(version, parsed);
  };
  return (
    (eq === undefined || order(eq) === 0) &&
    (ne === undefined || order(ne) !== 0) &&
    (lt === undefined || order(lt) < 0) &&
    (lte === undefined || order(lte) <= 0) &&
    (gt === undefined || order(gt) > 0) &&
    (gte === undefined || order(gte) >= 0) &&
    (between === undefined || (order(between[0]) >= 0 && order(between[1]) <= 0))
  );
}

/** An address as its kind and its bits, written out. */
function bitsOf(text: string): string | undefined {
  const address = parseAddress(text);
  return address && `${address.bits}:${address.value.toString(2).padStart(address.bits, "0")}`;
}

function firstBitsOf(text: string): string {
  const block = parseBlock(text);
  if (typeof block === "string") throw new Error(`not a block: ${text}`);
  return `${block.bits}:${block.value.toString(2).padStart(block.bits, "0").slice(0, block.prefix)}`;
}

import { isJsonArray, isJsonObject, type Json } from "../model/json.ts";
import { parseAddress } from "./address.ts";
import type { Operator, Scalar, ValueTest } from "./ast.ts";
import { blockTest } from "./blocks.ts";
import { Bounds } from "./bounds.ts";
import { foldCase } from "./case-folding.ts";
import { distanceKm, readPlace } from "./distance.ts";
import { compileElement } from "./elements.ts";
import { parseGlob } from "./glob.ts";
import { checkMoment } from "./moments.ts";
import { compilePattern } from "./pattern.ts";
import { parseVersion } from "./semver.ts";
import { FALSE, TRUE, UNKNOWN, triOf, type Tri } from "./truth.ts";
import { versionTest } from "./version-bounds.ts";

/**
 * Asks a value; undefined and null are a value that is missing. Never throws, whatever the data.
 * @param at ms: the instant that time operators count from
 */
export type Check = (value: Json | undefined, at: number) => Tri;

/** The first instant after `at` at which a check says something else of the same value; Infinity for never. */
export type NextChange = (value: Json | undefined, at: number) => number;

/** How the engine asks each operator: one entry each. The zone is the workspace's, in which dates alone begin. */
const CHECKS: { readonly [Op in Operator]: (test: ValueTest<Op>, zone: string) => Check } = {
  eq: ({ operand, ignoreCase }) => equalTo(operand, ignoreCase, TRUE),
  ne: ({ operand, ignoreCase }) => equalTo(operand, ignoreCase, FALSE),
  in: ({ operand, ignoreCase }) => oneOf(operand, ignoreCase, TRUE),
  notIn: ({ operand, ignoreCase }) => oneOf(operand, ignoreCase, FALSE),
  lt: ({ operand }) => ofNumber((value) => value < operand),
  lte: ({ operand }) => ofNumber((value) => value <= operand),
  gt: ({ operand }) => ofNumber((value) => value > operand),
  gte: ({ operand }) => ofNumber((value) => value >= operand),
  between: ({ operand: [low, high] }) => ofNumber((value) => low <= value && value <= high),
  exists: ({ operand }) => {
    const [present, missing] = [triOf(operand), triOf(!operand)];
    return (value) => (value === undefined || value === null ? missing : present);
  },
  contains: ({ operand, ignoreCase }) => {
    const part = ignoreCase ? foldCase(operand) : operand;
    return (value) => (typeof value === "string" ? triOf((ignoreCase ? foldCase(value) : value).includes(part)) : UNKNOWN);
  },
  startsWith: ({ operand, ignoreCase }) => {
    const start = ignoreCase ? foldCase(operand) : operand;
    return ofText((value) => (ignoreCase ? foldCase(value) : value).startsWith(start));
  },
  endsWith: ({ operand, ignoreCase }) => {
    const end = ignoreCase ? foldCase(operand) : operand;
    return ofText((value) => (ignoreCase ? foldCase(value) : value).endsWith(end));
  },
  glob: ({ operand, ignoreCase }) => ofText(onFirstUse(() => parseGlob(operand, ignoreCase))),
  matches: ({ operand, ignoreCase }) => ofText(onFirstUse(() => compilePattern(operand, ignoreCase))),
  hasAny: ({ operand, ignoreCase }) => hasElement(operand, ignoreCase, TRUE),
  hasNone: ({ operand, ignoreCase }) => hasElement(operand, ignoreCase, FALSE),
  hasAll: ({ operand, ignoreCase }) => {
    const wanted = listed(operand, ignoreCase);
    return ofArray((elements) => {
      const found = new Set<Json>();
      for (const element of elements) {
        const comparable = ignoreCase ? foldIfText(element) : element;
        if (wanted.has(comparable)) found.add(comparable);
      }
      return found.size === wanted.size;
    });
  },
  size: ({ operand }) => {
    const bounds = new Bounds(operand);
    return (value) => (isJsonArray(value) ? bounds.answer(bounds.region(value.length)) : UNKNOWN);
  },
  some: ({ operand }, zone) => {
    const holds = compileElement(operand, (test) => compileTest(test, zone));
    return ofArray((elements, at) => elements.some((element) => holds({ element, at }) === TRUE));
  },
  before: checkMoment,
  after: checkMoment,
  withinLast: checkMoment,
  olderThan: checkMoment,
  withinNext: checkMoment,
  anniversary: checkMoment,
  version: ({ operand }) => {
    const holds = versionTest(operand);
    return (value) => {
      const version = typeof value === "string" ? parseVersion(value) : undefined;
      return version ? triOf(holds(version)) : UNKNOWN;
    };
  },
  cidr: ({ operand }) => {
    const isIn = blockTest(operand);
    return (value) => {
      const address = typeof value === "string" ? parseAddress(value) : undefined;
      return address ? triOf(isIn(address)) : UNKNOWN;
    };
  },
  near: ({ operand }) => {
    return (value) => {
      const place = readPlace(value);
      return place ? triOf(distanceKm(operand, place) <= operand.km) : UNKNOWN;
    };
  },
};

/** @param zone the workspace's, in which dates alone begin */
export function compileTest<Op extends Operator>(test: ValueTest<Op>, zone: string): Check {
  return CHECKS[test.op](test, zone);
}

/** What any operator says of a missing value, without the cost of compiling it (rules.md, "Logic"). */
export function ofMissing(test: ValueTest): Tri {
  return test.op === "exists" ? triOf(!test.operand) : UNKNOWN;
}

/** True of an operator this engine knows: the artifact may be of a newer one. */
export function isKnownTest(test: unknown): boolean {
  return isJsonObject(test) && typeof test["op"] === "string" && Object.hasOwn(CHECKS, test["op"]);
}

function equalTo(operand: Scalar, ignoreCase: boolean, whenEqual: Tri): Check {
  const otherwise = whenEqual === TRUE ? FALSE : TRUE;
  if (ignoreCase && typeof operand === "string") {
    const folded = foldCase(operand);
    return (value) => {
      if (value === undefined || value === null) return UNKNOWN;
      return typeof value === "string" && foldCase(value) === folded ? whenEqual : otherwise;
    };
  }
  return (value) => {
    if (value === operand) return whenEqual;
    return value === undefined || value === null ? UNKNOWN : otherwise;
  };
}

function oneOf(operand: readonly Scalar[], ignoreCase: boolean, whenFound: Tri): Check {
  const otherwise = whenFound === TRUE ? FALSE : TRUE;
  const wanted = listed(operand, ignoreCase);
  return (value) => {
    if (value === undefined || value === null) return UNKNOWN;
    return wanted.has(ignoreCase ? foldIfText(value) : value) ? whenFound : otherwise;
  };
}

function hasElement(operand: readonly Scalar[], ignoreCase: boolean, whenFound: Tri): Check {
  const wanted = listed(operand, ignoreCase);
  return ofArray((elements) => {
    const found = elements.some((element) => wanted.has(ignoreCase ? foldIfText(element) : element));
    return found === (whenFound === TRUE);
  });
}

function listed(values: readonly Scalar[], ignoreCase: boolean): ReadonlySet<Json> {
  return new Set<Json>(ignoreCase ? values.map(foldIfText) : values);
}

function foldIfText(value: Json): Json {
  return typeof value === "string" ? foldCase(value) : value;
}

function ofText(holds: (value: string) => boolean | undefined): Check {
  return (value) => {
    const answer = typeof value === "string" ? holds(value) : undefined;
    return answer === undefined ? UNKNOWN : triOf(answer);
  };
}

function ofArray(holds: (value: readonly Json[], at: number) => boolean): Check {
  return (value, at) => (isJsonArray(value) ? triOf(holds(value, at)) : UNKNOWN);
}

/** Compiles when the first text comes; of a pattern that this engine cannot read, which a newer one let in, nothing is known. */
function onFirstUse(compile: () => ((text: string) => boolean) | undefined): (text: string) => boolean | undefined {
  let compiled: ((text: string) => boolean) | null | undefined;
  return (text) => (compiled ??= compile() ?? null)?.(text);
}

function ofNumber(holds: (value: number) => boolean): Check {
  return (value) => (typeof value === "number" && Number.isFinite(value) ? triOf(holds(value)) : UNKNOWN);
}

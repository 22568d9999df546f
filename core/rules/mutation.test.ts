import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogEvent } from "../model/event.ts";
import { isJsonObject } from "../model/json.ts";
import type { Rule } from "./ast.ts";
import { shareOf } from "./bucket.ts";
import { describeRule } from "./describe.ts";
import { anEvent, aRule, DAY_MS, SETTINGS } from "./factories.ts";
import { householdQuestion } from "./household-question.ts";
import { interpret, type Asked, type Truth } from "./interpret.ts";
import { parseRule } from "./parse.ts";

const everyone = { everyone: true };
const NOW = Date.UTC(2026, 2, 1, 12);
const PROFILE = "p";

/** The other live audiences, and what they are of someone of whom nothing is known. */
const OTHERS: readonly (readonly [key: string, json: unknown, ofNothing: boolean])[] = [
  ["vip", { trait: "plan", eq: "gold" }, false],
  ["quiet", { not: { event: "A", within: "7d" } }, true],
  ["quiet for long", { audience: "quiet", for: "2d" }, true],
];
const AUDIENCES = new Map(OTHERS.map(([key, json]) => [key, aRule(json)]));

const household = { all: [{ trait: "plan", eq: "gold" }, { not: { list: "l" } }] };

/** Some of every kind. */
const VALID: readonly unknown[] = [
  everyone,
  { trait: "address.city", eq: "Paris", ignoreCase: true },
  { all: [{ trait: "a", between: [1, 2] }, { not: { trait: "b", exists: false } }] },
  { atLeast: 2, of: [everyone, { trait: "c", notIn: ["x", 5, true] }, { none: [{ trait: "d", contains: "e" }] }] },
  {
    event: ["A", "$page"],
    where: { any: [{ property: "category", eq: "shoes" }, { not: { source: "web" } }, { party: "first" }] },
    within: "30d",
    count: { gte: 2, lt: 10 },
  },
  {
    all: [
      {
        trait: "a",
        some: {
          all: [
            { property: "b", withinNext: "7d" },
            { property: "c", matches: "^x", ignoreCase: true },
          ],
        },
      },
      { trait: "a", anniversary: { withinNext: "1d" } },
      { trait: "a", version: { between: ["1.0.0", "2.0.0"] } },
      { trait: "a", near: { lat: 1, lon: 2, km: 3 } },
      { trait: "a", cidr: ["10.0.0.0/8"] },
      { trait: "a", hasAll: ["x", 5], ignoreCase: false },
      { trait: "a", size: { gte: 1 } },
      {
        any: [
          { trait: "a", before: "2026-01-01" },
          { trait: "a", glob: "x*" },
        ],
      },
    ],
  },
  { event: "*", within: { after: "2026-01-01", before: "2026-02-01T10:00:00.5+01:00" }, sum: { of: "order.total", gte: 0.3 } },
  { event: "A", within: { from: "90d", to: "30d" }, avg: { of: "value", gte: 19.99 } },
  { event: "A", within: { calendar: "month", last: 2, complete: true, timeZone: "Europe/Paris" }, days: { gte: 2 } },
  { event: "A", within: { session: true }, last: { of: "category", eq: "shoes", ignoreCase: true } },
  {
    sequence: [
      { event: "A", where: { property: "category", eq: "shoes" } },
      { event: ["B", "$page"], within: "1h" },
      { event: "*", within: "1d", where: { none: [{ channel: "store" }] } },
    ],
    within: { calendar: "week", last: 2 },
    without: { event: "X", where: { property: "due", withinNext: "7d" } },
    sameSession: true,
  },
  { not: { sequence: [{ event: "A" }, { event: "A", within: "30m" }], within: "7d", without: { event: "B" } } },
  { any: [{ audience: "vip" }, { audience: "quiet", for: "2d" }, { not: { audience: "quiet for long", for: "12h" } }] },
  { atLeast: 2, of: [{ list: "l" }, { bucket: { salt: "s", from: 0.25, to: 0.75 } }, { household }] },
  { all: [{ household: { household: { audience: "vip" } } }, { bucket: { salt: "s", from: 0, to: 1 } }] },
  {
    any: [
      { trait: "computed.score", gte: 0.5 },
      { trait: "computed.seen.at", withinLast: "7d" },
    ],
  },
];

type Path = readonly (string | number)[];

/** Paths to every value in a rule. */
function places(json: unknown, path: Path = []): Path[] {
  if (typeof json !== "object" || json === null) return [path];
  return [
    path,
    ...Object.entries(json).flatMap(([key, value]) => places(value, [...path, Array.isArray(json) ? Number(key) : key])),
  ];
}

/** The rule with what is at `path` replaced, or left out where `change` returns undefined. */
function changed(json: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(json);
  if (Array.isArray(json)) return json.map((value: unknown, index) => (index === key ? changed(value, rest, change) : value));
  if (typeof json !== "object" || json === null) return json;
  const members = Object.entries(json).map(([name, value]): [string, unknown] => [
    name,
    name === key ? changed(value, rest, change) : value,
  ]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

const KEYS =
  "all any none not of atLeast everyone trait exists eq in event within where count sum avg first days calendar session from to sequence without sameSession audience for list bucket salt household vip a/~".split(
    " ",
  );

/** What valid rules hold, by the key that it stands under: put in the place of another, it is often valid there too. */
const POOL = Map.groupBy(VALID.flatMap((rule) => places(rule).slice(1).map((path) => ({ key: nameOf(path), value: valueAt(rule, path) }))), ({ key }) => key); // prettier-ignore

/** The key that a value stands under, of an element that of its list. */
function nameOf(path: Path): string {
  return path.findLast((key) => typeof key === "string") ?? "";
}

function valueAt(json: unknown, path: Path): unknown {
  return path.reduce((value: unknown, key) => Object.entries(Object(value)).find(([name]) => name === String(key))?.[1], json);
}
const keyName = fc.oneof(fc.constantFrom(...KEYS, "", "__proto__", "constructor"), fc.string());

const not = (value: Truth): Truth => (value === "unknown" ? value : !value);

/** What a rule says, read from what was written, of someone of whom nothing is known: no trait, no event and no fact. */
function ofNothing(json: unknown): Truth {
  if (!isJsonObject(json)) throw new Error("accepted, and no rule");
  const kind = Object.keys(json).find((key) => KINDS.has(key)) ?? "";
  const list = json[kind === "atLeast" ? "of" : kind];
  const parts: Truth[] = Array.isArray(list) && GROUPS.has(kind) ? list.map(ofNothing) : [];
  const trues = parts.filter((part) => part === true).length;
  const falses = parts.filter((part) => part === false).length;
  switch (kind) {
    case "all":
      return falses > 0 ? false : trues === parts.length || "unknown";
    case "any":
      return trues > 0 || (falses === parts.length ? false : "unknown");
    case "none":
      return not(trues > 0 || (falses === parts.length ? false : "unknown"));
    case "atLeast": {
      const least = Number(json["atLeast"]);
      return trues >= least || (parts.length - falses < least ? false : "unknown");
    }
    case "not":
      return not(ofNothing(json["not"]));
    case "everyone":
      return true;
    case "trait":
      return Object.hasOwn(json, "exists") ? json["exists"] === false : "unknown";
    case "event":
      return ofNoEvents(json);
    case "audience":
      return OTHERS.find(([key]) => key === json["audience"])?.[2] ?? false;
    case "bucket": {
      const { salt, from, to } = Object(json["bucket"]);
      const share = shareOf(salt, PROFILE);
      return from <= share && share < to;
    }
    case "household":
      return "unknown";
    default:
      return false; // a sequence, a list
  }
}

const GROUPS: ReadonlySet<string> = new Set(["all", "any", "none", "atLeast"]);
const KINDS: ReadonlySet<string> = new Set([...GROUPS, "not", "everyone", "trait", "event", "sequence", "audience", "list", "bucket", "household"]); // prettier-ignore

/** Nothing adds up to 0; there is no average and no value of nothing. */
function ofNoEvents(json: Readonly<Record<string, unknown>>): Truth {
  const asked = ["count", "days", "sum", "distinct"].find((key) => Object.hasOwn(json, key));
  if (["avg", "min", "max", "first", "last"].some((key) => Object.hasOwn(json, key))) return "unknown";
  if (asked === undefined) return false;
  const { eq, ne, lt, lte, gt, gte, between = [0, 0] } = Object(json[asked]);
  const bounds = [eq === undefined || eq === 0, ne !== 0, !(lt <= 0), !(lte < 0), !(gt >= 0), !(gte > 0), between[0] <= 0 && between[1] >= 0]; // prettier-ignore
  return bounds.every(Boolean);
}

/** True where a rule names an audience that is not there, anywhere. */
function namesNoAudience(json: unknown): boolean {
  if (Array.isArray(json)) return json.some(namesNoAudience);
  if (!isJsonObject(json)) return false;
  const key = json["audience"];
  if (typeof key === "string" && !AUDIENCES.has(key)) return true;
  return ["all", "any", "none", "of", "not", "household"].some((part) => namesNoAudience(json[part]));
}

const at = (daysAgo: number): number => NOW - daysAgo * DAY_MS;
const question = householdQuestion(aRule(household));
const LOG: readonly LogEvent[] = [
  anEvent({ time: at(30), type: "identify", name: "$identify", properties: { plan: "gold", a: ["x", 5], c: 5 } }),
  anEvent({ time: at(9), name: "A", properties: { category: "shoes", value: 19.99, order: { total: 0.3 } } }),
  anEvent({ time: at(8), type: "fact", name: "$list", properties: { list: "l", identifier: "i", on: true } }),
  anEvent({ time: at(7), type: "fact", name: "$household", properties: { household: "h", answers: { [question]: true } } }),
  anEvent({ time: at(6), type: "fact", name: "$computed", properties: { score: 0.7, seen: { at: "2026-02-27" } } }),
  anEvent({ time: at(0.02), name: "B", channel: "store" }),
  anEvent({ time: at(0.01), type: "page", name: "$page" }),
  anEvent({ time: NOW, name: "A", properties: { category: "hats" } }),
];
const ASKED: Asked = { ...SETTINGS, now: NOW, present: NOW, profileId: PROFILE, audiences: AUDIENCES };

/** An accepted rule has a sentence, a value of a person, whatever the order of events, and says of no one what is written. */
function expectMeaning(json: unknown, rule: Rule): void {
  expect(describeRule(rule)).toMatch(/[.]$/s);
  expect([true, false, "unknown"]).toContain(interpret(rule, LOG, ASKED));
  expect(interpret(rule, [], ASKED)).toBe(namesNoAudience(json) ? false : ofNothing(json));
}

describe("a rule with something changed at random", () => {
  it("is refused with codes, sentences and pointers to places that are there, or accepted and means what is written", () => {
    type Mutation = (value: unknown, key: string) => unknown;
    const graft = fc.nat().map((nth): Mutation => {
      return (value, key) => {
        const others = POOL.get(key) ?? [];
        return others.length === 0 ? value : others[nth % others.length]?.value;
      };
    });
    const mutation = fc.oneof(
      graft,
      graft,
      graft,
      fc.jsonValue().map((value) => () => value),
      fc.constantFrom<Mutation>(
        () => undefined,
        () => null,
        () => [],
        () => ({}),
        () => Number.MAX_VALUE,
        (value) => [value],
        (value) => [value, value],
        (value) => (Array.isArray(value) ? value.slice(1) : `${String(value)}x`),
        (value) => ({ not: value }),
      ),
      keyName.map((key) => (value: unknown) => Object.fromEntries([...Object.entries(Object(value)), [key, value]])),
      fc.tuple(keyName, fc.jsonValue()).map(([key, added]) => (value: unknown) => Object.fromEntries([...Object.entries(Object(value)), [key, added]])), // prettier-ignore
    );
    const mutations = fc.array(fc.tuple(fc.nat(), mutation), { minLength: 1, maxLength: 3 });
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...VALID), mutations, (valid, changes) => {
        let json = valid;
        for (const [place, change] of changes) {
          const all = places(json);
          const path = all[place % all.length] ?? [];
          json = changed(json, path, (value) => change(value, nameOf(path)));
        }
        const parsed = parseRule(json, SETTINGS);
        if (parsed.ok) {
          accepted += 1;
          expectMeaning(json, parsed.value);
          return;
        }
        expect(parsed.error.length).toBeGreaterThan(0);
        for (const { pointer, code, message } of parsed.error) {
          expect(code).toMatch(/^[a-z_]+$/);
          expect(message).toMatch(/[.]$/);
          expect(isThere(json, pointer)).toBe(true);
        }
        expect(parseRule(json, SETTINGS)).toEqual(parsed);
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(1_000);
  }, 30_000);
});

/** True where a JSON pointer points to something, by RFC 6901. */
function isThere(json: unknown, pointer: string): boolean {
  const keys = pointer.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~")); // prettier-ignore
  let value = json;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return pointer === "" || pointer.startsWith("/");
}

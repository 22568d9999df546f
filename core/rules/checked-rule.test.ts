import { describe, expect, it } from "vitest";
import { DAY_MS, SETTINGS } from "./factories.ts";
import { checkRule, parseRule, type CheckedRule, type RuleSettings } from "./parse.ts";

const NOW = Date.UTC(2026, 2, 1);
const HORIZON = NOW - SETTINGS.retentionMs;
const iso = (ms: number): string => new Date(ms).toISOString();

function checked(json: unknown, settings: RuleSettings = { ...SETTINGS, now: NOW }): CheckedRule {
  const result = checkRule(json, settings);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}
const parsed = (json: unknown): unknown => checked(json).rule;

describe("a sequence, parsed", () => {
  const steps = [{ event: "A" }, { event: ["B", "$page"], where: { channel: "app" }, within: "90m" }];
  const read = [{ names: ["A"] }, { names: ["B", "$page"], where: { kind: "channel", is: "app" }, withinMs: 5_400_000 }];
  it("says what was left out", () => {
    expect(parsed({ sequence: steps })).toEqual({
      kind: "sequence",
      steps: read,
      window: { kind: "retained" },
      sameSession: false,
    });
  });
  it("is the same with sameSession written false, and another with it true", () => {
    expect(parsed({ sequence: steps, sameSession: false })).toEqual(parsed({ sequence: steps }));
    expect(parsed({ sequence: steps, sameSession: true })).toMatchObject({ steps: read, sameSession: true });
  });
  it("has a window and a without with a filter", () => {
    const without = { event: "*", where: { not: { property: "x", eq: 1 } } };
    expect(parsed({ sequence: steps, within: { from: "2d", to: "1d" }, without })).toEqual({
      kind: "sequence",
      steps: read,
      window: { kind: "offset", fromMs: 2 * DAY_MS, toMs: DAY_MS },
      without: {
        names: "*",
        where: {
          kind: "not",
          part: { kind: "property", path: ["x"], test: { op: "eq", operand: 1, ignoreCase: false } },
        },
      },
      sameSession: false,
    });
  });
});

describe("what is asked of a person, parsed", () => {
  it.each<[unknown, unknown]>([
    [{ audience: "vip" }, { kind: "audience", key: "vip" }],
    [
      { audience: "vip", for: "2d" },
      { kind: "audience", key: "vip", forMs: 2 * DAY_MS },
    ],
    [{ audience: "__proto__" }, { kind: "audience", key: "__proto__" }],
    [{ list: "newsletter" }, { kind: "list", key: "newsletter" }],
    [{ bucket: { salt: "", from: 0, to: 1 } }, { kind: "bucket", salt: "", from: 0, to: 1 }],
    [{ bucket: { salt: "s", from: 0.1, to: 5e-324 + 0.2 } }, { kind: "bucket", salt: "s", from: 0.1, to: 0.2 }],
    [
      { household: { household: { list: "l" } } },
      { kind: "household", rule: { kind: "household", rule: { kind: "list", key: "l" } } },
    ],
    [
      { trait: "computed.score", gte: 1 },
      { kind: "trait", path: ["computed", "score"], test: { op: "gte", operand: 1, ignoreCase: false } },
    ],
  ])("%j is taken as it is written", (json, rule) => {
    expect(parsed(json)).toEqual(rule);
  });
  it("a property may be called computed, and a trait may have it in its name", () => {
    expect(parseRule({ event: "A", where: { property: "computed", exists: true } }, SETTINGS).ok).toBe(true);
    expect(parsed({ trait: "computed\\.x", exists: true })).toMatchObject({ path: ["computed.x"] });
    expect(parsed({ trait: "a.computed", exists: true })).toMatchObject({ path: ["a", "computed"] });
  });
});

describe("the audiences that a rule names", () => {
  const references = (json: unknown): unknown => checked(json).references;
  it("are none in a rule that names none", () => {
    expect(references({ all: [{ everyone: true }, { list: "vip" }, { trait: "audience", eq: "vip" }] })).toEqual([]);
  });
  it("are told with their places, in groups, with a span and in households", () => {
    expect(
      references({
        all: [
          { audience: "a" },
          {
            not: {
              any: [
                { audience: "b", for: "1d" },
                { atLeast: 1, of: [{ audience: "c" }] },
              ],
            },
          },
          { household: { none: [{ household: { audience: "d" } }] } },
        ],
      }),
    ).toEqual([
      { key: "a", pointer: "/all/0/audience" },
      { key: "b", pointer: "/all/1/not/any/0/audience" },
      { key: "c", pointer: "/all/1/not/any/1/of/0/audience" },
      { key: "d", pointer: "/all/2/household/none/0/household/audience" },
    ]);
  });
  it("are told as often as they are named", () => {
    expect(references({ any: [{ audience: "a" }, { audience: "a", for: "1d" }] })).toEqual([
      { key: "a", pointer: "/any/0/audience" },
      { key: "a", pointer: "/any/1/audience" },
    ]);
  });
});

describe("the warnings of a rule", () => {
  /** Where a window, of an event and of a sequence, is warned of. */
  const warned = (within: unknown): boolean => {
    const sequence = [{ event: "A" }, { event: "B" }];
    const rule = { all: [{ event: "A", within }, { not: { sequence, within } }] };
    const { warnings } = checked(rule);
    expect(warnings.map(({ pointer }) => pointer)).toEqual(warnings.length > 0 ? ["/all/0/within", "/all/1/not/within"] : []);
    for (const { code, message } of warnings) {
      expect(code).toBe("cut_by_retention");
      expect(message).toBe("Events are kept for 400 days: what is older is not counted.");
    }
    return warnings.length > 0;
  };

  it.each<[unknown, boolean]>([
    ["400d", false],
    [{ from: "400d", to: "1d" }, false],
    [{ session: true }, false],
    [{ calendar: "day", last: 400 }, false],
    [{ calendar: "day", last: 401 }, true],
    [{ calendar: "day", last: 399, complete: true }, false],
    [{ calendar: "day", last: 400, complete: true }, true],
    [{ calendar: "week", last: 57 }, false],
    [{ calendar: "week", last: 58 }, true],
    [{ calendar: "week", last: 56, complete: true }, false],
    [{ calendar: "week", last: 57, complete: true }, true],
    [{ calendar: "month", last: 12 }, false],
    [{ calendar: "month", last: 13 }, true],
    [{ calendar: "month", last: 12, complete: true }, true],
    [{ calendar: "year" }, false],
    [{ calendar: "year", complete: true }, true],
    [{ calendar: "year", last: 2 }, true],
    [{ calendar: "day", last: Number.MAX_VALUE }, true],
  ])("the window %j: a period that may begin before what is kept is warned of, now or later", (within, isWarned) => {
    expect(warned(within)).toBe(isWarned);
    expect(checked({ event: "A", within }, SETTINGS).warnings.length > 0).toBe(isWarned);
  });
  it.each<[string, unknown, boolean]>([
    ["after what is kept begins", { after: iso(HORIZON + 1) }, false],
    ["at the last instant that is not kept", { after: iso(HORIZON) }, true],
    ["long before", { after: "2020-01-01" }, true],
    ["long before, to a date", { after: "2020-01-01", before: "2026-01-01" }, true],
    ["within what is kept, to a date", { after: "2025-12-01", before: "2026-01-01" }, false],
    ["nowhere, and ends within what is kept", { before: "2026-01-01" }, false],
    ["nowhere, and ends one millisecond after what is kept begins", { before: iso(HORIZON + 2) }, false],
    ["nowhere, and ends before what is kept", { before: iso(HORIZON + 1) }, true],
    ["in the future", { after: "2030-01-01" }, false],
  ])("a period that begins %s", (_, within, isWarned) => {
    expect(warned(within)).toBe(isWarned);
  });
  it("a period between dates is not warned of where it is not known what is kept", () => {
    expect(checked({ event: "A", within: { after: "1999-01-01" } }, SETTINGS).warnings).toEqual([]);
    expect(checked({ event: "A", within: { before: "1999-01-01" } }, SETTINGS).warnings).toEqual([]);
  });
  it("what a household is asked is warned of too, in its place", () => {
    const { warnings } = checked({ household: { event: "A", within: { calendar: "year", last: 3 } } });
    expect(warnings.map(({ pointer }) => pointer)).toEqual(["/household/within"]);
  });
  it("a refused rule has faults only", () => {
    const refused = checkRule({ all: [{ event: "A", within: { calendar: "year", last: 3 } }, { list: "" }] }, SETTINGS);
    expect(refused).toMatchObject({ ok: false, error: [{ pointer: "/all/1/list", code: "unknown_value" }] });
  });
});

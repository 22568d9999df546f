import { describe, expect, it } from "vitest";
import { describeRule } from "./describe.ts";
import { aRule } from "./factories.ts";

const shoes = { event: "Product Viewed", where: { property: "category", eq: "shoes" }, within: "7d", count: { gte: 3 } };
const bought = { event: "Order Completed", within: "30d" };

describe("the sentence of a rule", () => {
  it.each<[unknown, string]>([
    [{ everyone: true }, "Everyone."],
    [{ not: { everyone: true } }, "No one."],
    [{ trait: "country", eq: "FR" }, "People whose country is “FR”."],
    [{ not: { trait: "country", eq: "FR" } }, "People whose country is known and is not “FR”."],
    [
      { trait: "address.city", ne: "Paris", ignoreCase: true },
      "People whose address.city is known and is not “Paris” in upper or lower case.",
    ],
    [{ trait: "age", gte: 18 }, "People whose age is at least 18."],
    [{ not: { trait: "age", lt: 18 } }, "People whose age is at least 18."],
    [{ not: { trait: "age", between: [18, 30] } }, "People whose age is a number that is not from 18 to 30."],
    [{ trait: "plan", in: ["a", "b", "c", "d", "e", "f", 7] }, "People whose plan is “a”, “b”, “c”, “d”, “e” or 2 more."],
    [{ trait: "email", exists: false }, "People whose email is not known."],
    [{ not: { trait: "email", contains: "@x" } }, "People whose email is a text that does not contain “@x”."],
    [bought, "People who did “Order Completed” in the last 30 days."],
    [{ not: bought }, "People who did not do “Order Completed” in the last 30 days."],
    [{ ...bought, count: { eq: 0 } }, "People who did not do “Order Completed” in the last 30 days."],
    [{ not: { ...bought, count: { gte: 2 } } }, "People who did “Order Completed” less than 2 times in the last 30 days."],
    [
      { not: { ...bought, count: { gte: 2, lt: 5 } } },
      "People who did not do “Order Completed” at least 2 and less than 5 times in the last 30 days.",
    ],
    [{ event: ["A", "$page"], within: "1h" }, "People who did “A” or a page view in the last hour."],
    [
      { event: "*", within: { after: "2026-01-01", before: "2026-02-01" }, count: { between: [2, 4] } },
      "People who did anything from 2 to 4 times from 2026-01-01 on before 2026-02-01.",
    ],
    [
      { event: "Order Completed", sum: { of: "value", gte: 100, lt: 200.5 } },
      "People whose total value of “Order Completed” is at least 100 and less than 200.5.",
    ],
    [{ event: "A", within: { from: "90d", to: "1d" } }, "People who did “A” between 90 days and 1 day ago."],
    [{ event: "A", within: { calendar: "day" } }, "People who did “A” today."],
    [{ event: "A", within: { calendar: "week" } }, "People who did “A” this week."],
    [{ event: "A", within: { calendar: "day", last: 2 } }, "People who did “A” today or in the day before."],
    [{ event: "A", within: { calendar: "month", last: 3 } }, "People who did “A” this month or in the 2 months before."],
    [{ event: "A", within: { calendar: "year", complete: true } }, "People who did “A” in the last full year."],
    [
      { event: "A", within: { calendar: "week", last: 2, complete: true, timeZone: "Asia/Tokyo" } },
      "People who did “A” in the last 2 full weeks (by the calendar of Asia/Tokyo).",
    ],
    [{ not: { event: "A", within: { session: true } } }, "People who did not do “A” in the current session."],
    [{ event: "A", within: "7d", days: { gte: 3 } }, "People who did “A” on at least 3 different days in the last 7 days."],
    [{ not: { event: "A", days: { gte: 3 } } }, "People who did “A” on less than 3 different days."],
    [{ not: { event: "A", days: { gte: 3, lt: 5 } } }, "People who did not do “A” on at least 3 and less than 5 different days."],
    [{ event: "A", avg: { of: "value", gte: 20 } }, "People whose average value of “A” is at least 20."],
    [{ not: { event: "A", avg: { of: "value", gte: 20 } } }, "People whose average value of “A” is less than 20."],
    [
      { not: { event: "A", avg: { of: "value", gte: 20, lt: 30 } } },
      "People whose average value of “A” is known and is not at least 20 and less than 30.",
    ],
    [{ event: "A", min: { of: "value", gt: 1 } }, "People whose lowest value of “A” is more than 1."],
    [{ event: "A", max: { of: "value", lt: 9 } }, "People whose highest value of “A” is less than 9."],
    [
      { event: "A", distinct: { of: "category", gte: 2 } },
      "People whose number of different values of category of “A” is at least 2.",
    ],
    [{ event: "A", first: { of: "category", eq: "shoes" } }, "People whose first category of “A” is “shoes”."],
    [{ event: "A", last: { of: "ends", withinNext: "7d" } }, "People whose last ends of “A” is in the next 7 days."],
    [
      { event: "A", within: "30d", last: { of: "legs", some: { property: "at", withinLast: "1d" } } },
      "People whose last legs of “A” in the last 30 days has an element with (at is in the last day).",
    ],
    [
      { not: { event: "A", within: "1d", last: { of: "category", eq: "shoes" } } },
      "People whose last category of “A” in the last day is known and is not “shoes”.",
    ],
    [
      { event: "A", where: { none: [{ property: "x", lt: 5 }, { channel: "store" }] } },
      "People who did “A” (x is at least 5 and channel is not “store”).",
    ],
    [
      { all: [shoes, { not: bought }] },
      "People who did “Product Viewed” (category is “shoes”) at least 3 times in the last 7 days and who did not do “Order Completed” in the last 30 days.",
    ],
    [
      {
        all: [
          { trait: "a", exists: true },
          {
            any: [
              { trait: "b", eq: 1 },
              { trait: "c", eq: true },
            ],
          },
        ],
      },
      "People whose a is known and (whose b is 1 or whose c is true).",
    ],
    [
      { none: [{ trait: "a", exists: true }, { all: [{ trait: "b", eq: 1 }, bought] }] },
      "People whose a is not known and (whose b is known and is not 1 or who did not do “Order Completed” in the last 30 days).",
    ],
    [
      { not: { atLeast: 2, of: [{ trait: "a", exists: true }, { trait: "b", eq: 1 }, bought] } },
      "People who fit at least 2 of these 3: (whose a is not known), (whose b is known and is not 1), (who did not do “Order Completed” in the last 30 days).",
    ],
    [{ trait: "sku", startsWith: "A" }, "People whose sku starts with “A”."],
    [
      { not: { trait: "sku", endsWith: "A", ignoreCase: true } },
      "People whose sku is a text that does not end with “A” in upper or lower case.",
    ],
    [{ trait: "sku", glob: "A*" }, "People whose sku looks like “A*”."],
    [{ not: { trait: "sku", matches: "^A" } }, "People whose sku is a text that does not match the pattern “^A”."],
    [{ trait: "tags", hasAny: ["a", "b"] }, "People whose tags has “a” or “b”."],
    [{ trait: "tags", hasAll: ["a", "b"] }, "People whose tags has all of “a” and “b”."],
    [{ not: { trait: "tags", hasNone: ["a"] } }, "People whose tags has “a”."],
    [{ trait: "tags", hasNone: ["a", 5] }, "People whose tags is a list without “a” or 5."],
    [{ trait: "tags", size: { gte: 2 } }, "People whose tags is a list of at least 2 elements."],
    [
      { not: { trait: "tags", size: { gte: 2, lt: 5 } } },
      "People whose tags is a list whose number of elements is not at least 2 and less than 5.",
    ],
    [
      {
        trait: "trips",
        some: {
          all: [
            { property: "to", eq: "Rome" },
            { property: "at", withinNext: "7d" },
          ],
        },
      },
      "People whose trips has an element with (to is “Rome” and at is in the next 7 days).",
    ],
    [
      { not: { trait: "trips", some: { not: { property: "to", eq: "Rome" } } } },
      "People whose trips is a list without an element with (to is known and is not “Rome”).",
    ],
    [{ trait: "since", before: "2026-01-01" }, "People whose since is before 2026-01-01."],
    [{ not: { trait: "since", before: "2026-01-01" } }, "People whose since is 2026-01-01 or later."],
    [{ trait: "seen", withinLast: "1d" }, "People whose seen is in the last day."],
    [{ not: { trait: "seen", withinLast: "36h" } }, "People whose seen is a date that is not in the last 36 hours."],
    [{ trait: "seen", olderThan: "30d" }, "People whose seen is at least 30 days ago."],
    [{ not: { trait: "seen", olderThan: "1d" } }, "People whose seen is a date that is not yet 1 day ago."],
    [{ trait: "born", anniversary: { withinNext: "1w" } }, "People whose born has its anniversary in the next 7 days."],
    [
      {
        event: "Booked",
        where: {
          all: [
            { property: "at", withinNext: "7d" },
            { property: "born", anniversary: { withinNext: "1d" } },
          ],
        },
      },
      "People who did “Booked” (at is in the 7 days after the event and born has its anniversary in the day after the event).",
    ],
    [
      {
        event: "Booked",
        where: {
          any: [
            { property: "seen", olderThan: "2d" },
            { property: "legs", some: { property: "at", withinLast: "1h" } },
          ],
        },
      },
      "People who did “Booked” (seen is at least 2 days before the event or legs has an element with (at is in the hour before the event)).",
    ],
    [
      { trait: "app", version: { gte: "2.0.0", lt: "3.0.0" } },
      "People whose app is a version of at least 2.0.0 and less than 3.0.0.",
    ],
    [{ not: { trait: "app", version: { lt: "2.0.0" } } }, "People whose app is a version of at least 2.0.0."],
    [{ trait: "ip", cidr: ["10.0.0.0/8", "::1/128"] }, "People whose ip is an address in “10.0.0.0/8” or “::1/128”."],
    [{ trait: "home", near: { lat: 48.86, lon: 2.35, km: 10 } }, "People whose home is at most 10 km from 48.86, 2.35."],
    [
      { not: { trait: "home", near: { lat: 48.86, lon: 2.35, km: 10 } } },
      "People whose home is a place more than 10 km from 48.86, 2.35.",
    ],
  ])("of %j is %j", (json, sentence) => expect(describeRule(aRule(json))).toBe(sentence));
});

describe("the sentence of numbers and names", () => {
  it.each<[unknown, string]>([
    [{ event: "A", count: { eq: 1 } }, "People who did “A” exactly 1 time."],
    [{ event: "A", count: { lte: 1 } }, "People who did “A” at most 1 time."],
    [{ event: "A", count: { gte: 1, lte: 3 } }, "People who did “A” at least 1 and at most 3 times."],
    [{ event: "A", days: { eq: 1 } }, "People who did “A” on exactly 1 different day."],
    [{ trait: "tags", size: { eq: 1 } }, "People whose tags is a list of exactly 1 element."],
    [{ trait: "tags", size: { lt: 1 } }, "People whose tags is a list of less than 1 element."],
    [
      { not: { trait: "tags", size: { between: [2, 4] } } },
      "People whose tags is a list of less than 2 or more than 4 elements.",
    ],
    [{ event: ["A", "B", "C", "D", "E", "F", "G"] }, "People who did “A”, “B”, “C”, “D”, “E” or 2 more."],
  ])("of %j is %j", (json, sentence) => expect(describeRule(aRule(json))).toBe(sentence));
});

describe("the sentence of a sequence", () => {
  const steps = [{ event: "A" }, { event: "B" }];

  it.each<[unknown, string]>([
    [{ sequence: steps }, "People who completed the sequence “A”, then “B”."],
    [{ not: { sequence: steps } }, "People who did not complete the sequence “A”, then “B”."],
    [
      { sequence: [{ event: "A" }, { event: "B", within: "1h" }, { event: ["C", "$page"], within: "90m" }] },
      "People who completed the sequence “A”, then within 1 hour “B”, then within 90 minutes “C” or a page view.",
    ],
    [
      {
        sequence: [
          { event: "A", where: { property: "x", withinLast: "1d" } },
          { event: "*", where: { channel: "web" } },
        ],
      },
      "People who completed the sequence “A” (x is in the day before the event), then anything (channel is “web”).",
    ],
    [{ sequence: steps, sameSession: true }, "People who completed the sequence “A”, then “B”, all in one session."],
    [{ sequence: steps, sameSession: false }, "People who completed the sequence “A”, then “B”."],
    [{ sequence: steps, without: { event: "C" } }, "People who completed the sequence “A”, then “B”, without “C” in between."],
    [
      { sequence: steps, without: { event: ["C", "D"], where: { not: { property: "x", eq: 1 } } } },
      "People who completed the sequence “A”, then “B”, without “C” or “D” (x is known and is not 1) in between.",
    ],
    [
      { not: { sequence: steps, within: "30d", without: { event: "C" }, sameSession: true } },
      "People who did not complete the sequence “A”, then “B”, all in one session and in the last 30 days, without “C” in between.",
    ],
    [
      { any: [{ sequence: steps, within: "1d" }, { all: [bought, { not: { sequence: steps } }] }] },
      "People who completed the sequence “A”, then “B”, all in the last day or (who did “Order Completed” in the last 30 days and who did not complete the sequence “A”, then “B”).",
    ],
  ])("of %j is %j", (json, sentence) => expect(describeRule(aRule(json))).toBe(sentence));

  it.each<[unknown, string]>([
    ["30d", "all in the last 30 days"],
    [{ from: "90d", to: "36h" }, "all between 90 days and 36 hours ago"],
    [{ after: "2026-01-01" }, "all from 2026-01-01 on"],
    [{ before: "2026-02-01" }, "all before 2026-02-01"],
    [{ after: "2026-01-01", before: "2026-02-01" }, "all from 2026-01-01 on before 2026-02-01"],
    [{ calendar: "day" }, "all today"],
    [{ calendar: "month", last: 3 }, "all this month or in the 2 months before"],
    [{ calendar: "year", complete: true }, "all in the last full year"],
    [{ calendar: "week", timeZone: "Asia/Tokyo" }, "all this week (by the calendar of Asia/Tokyo)"],
    [{ session: true }, "all in the current session"],
  ])("within %j says %j", (within, words) => {
    expect(describeRule(aRule({ sequence: steps, within }))).toBe(`People who completed the sequence “A”, then “B”, ${words}.`);
  });
});

describe("the sentence of what others say of a person", () => {
  const inGroups = { any: [{ audience: "a", for: "7d" }, { none: [{ list: "l" }, { audience: "b" }] }] };

  it.each<[unknown, string]>([
    [{ audience: "vip" }, "People who are in the audience “vip”."],
    [{ not: { audience: "vip" } }, "People who are not in the audience “vip”."],
    [{ audience: "vip", for: "30d" }, "People who have been in the audience “vip” without a break for 30 days."],
    [{ audience: "vip", for: "1h" }, "People who have been in the audience “vip” without a break for 1 hour."],
    [{ not: { audience: "vip", for: "30d" } }, "People who were outside the audience “vip” at some moment of the last 30 days."],
    [{ not: { audience: "vip", for: "1h" } }, "People who were outside the audience “vip” at some moment of the last hour."],
    [{ list: "newsletter" }, "People who are on the list “newsletter”."],
    [{ not: { list: "newsletter" } }, "People who are not on the list “newsletter”."],
    [
      inGroups,
      "People who have been in the audience “a” without a break for 7 days or (who are not on the list “l” and who are not in the audience “b”).",
    ],
    [
      { not: inGroups },
      "People who were outside the audience “a” at some moment of the last 7 days and (who are on the list “l” or who are in the audience “b”).",
    ],
    [{ trait: "computed.favourite", eq: "shoes" }, "People whose computed.favourite is “shoes”."],
    [{ not: { trait: "computed.score", gte: 0.5 } }, "People whose computed.score is less than 0.5."],
  ])("of %j is %j", (json, sentence) => expect(describeRule(aRule(json))).toBe(sentence));

  it.each<[number, number, string]>([
    [0, 0.25, "from 0% to 25%"],
    [0.07, 0.29, "from 7% to 29%"],
    [1 / 3, 2 / 3, "from 33.33333333333333% to 66.66666666666666%"],
    [0.0001, 1, "from 0.01% to 100%"],
    [1e-9, 0.5, "from 0.0000001% to 50%"],
  ])("of a bucket from %d to %d says %j", (from, to, words) => {
    const rule = { bucket: { salt: "test-1", from, to } };
    expect(describeRule(aRule(rule))).toBe(`People who fall in the part ${words} of the split “test-1”.`);
    expect(describeRule(aRule({ not: rule }))).toBe(`People who fall outside the part ${words} of the split “test-1”.`);
  });

  it("of a bucket in a group stands like any other", () => {
    expect(describeRule(aRule({ all: [bought, { bucket: { salt: "s", from: 0.5, to: 1 } }] }))).toBe(
      "People who did “Order Completed” in the last 30 days and who fall in the part from 50% to 100% of the split “s”.",
    );
  });
});

describe("the sentence of a household", () => {
  const whole = "whose household, taken as one person, is one";
  const french = { trait: "country", eq: "FR" };

  it.each<[unknown, string]>([
    [{ household: french }, `People ${whole} whose country is “FR”.`],
    [{ household: { not: french } }, `People ${whole} whose country is known and is not “FR”.`],
    [
      { household: { audience: "vip", for: "7d" } },
      `People ${whole} who have been in the audience “vip” without a break for 7 days.`,
    ],
    [{ household: { everyone: true } }, `People ${whole} who are anyone at all.`],
  ])("of %j is %j", (json, sentence) => expect(describeRule(aRule(json))).toBe(sentence));

  it.each<[unknown, string]>([
    [{ not: { household: french } }, `People ${whole} whose country is known and is not “FR”.`],
    [{ not: { household: { not: french } } }, `People ${whole} whose country is “FR”.`],
    [
      { not: { household: { all: [french, bought] } } },
      `People ${whole} (whose country is known and is not “FR” or who did not do “Order Completed” in the last 30 days).`,
    ],
    [{ not: { household: { everyone: true } } }, `People ${whole} who are no one.`],
  ])("is denied inwards: of %j is %j", (json, sentence) => expect(describeRule(aRule(json))).toBe(sentence));

  it("tells what is asked of the household from what is asked of the person", () => {
    expect(describeRule(aRule({ household: { all: [french, bought] } }))).toBe(
      `People ${whole} (whose country is “FR” and who did “Order Completed” in the last 30 days).`,
    );
    expect(describeRule(aRule({ all: [{ household: french }, bought] }))).toBe(
      `People ${whole} whose country is “FR” and who did “Order Completed” in the last 30 days.`,
    );
  });
});

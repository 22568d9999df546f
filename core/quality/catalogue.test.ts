import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEvent } from "../model/envelope.ts";
import type { ProfileId } from "../model/ids.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { parsePath } from "../rules/path.ts";
import { Catalogue, MOST_EVENTS, MOST_IN_ALL, MOST_PROPERTIES, newsOf } from "./catalogue.ts";
import { walkProperties } from "./catalogue-shape.ts";
import { readValueNotes, valueNotesText, type Scalar } from "./catalogue-values.ts";

const DAY_MS = 86_400_000;
const PEOPLE = ["Anna", "Bert", "Cleo"];

/** `PATH TYPE` of everything that a walk tells. */
function shapesOf(properties: JsonObject): string[] {
  const seen: string[] = [];
  walkProperties(properties, (path, type) => seen.push(`${path} ${type}`));
  return seen;
}

function event(
  properties: JsonObject,
  said: Partial<JournalEvent> & { readonly day?: number; readonly by?: string } = {},
): JournalEvent {
  const { day = 100, by = "Anna", ...fields } = said;
  const time = day * DAY_MS + 5;
  return {
    name: "Order Completed",
    type: "track",
    time,
    receivedAt: time,
    messageId: "m",
    source: "web",
    channel: "web",
    party: "first",
    origin: { type: "userId", hash: by as ProfileId },
    properties,
    ...fields,
  };
}

const hashOf = (_: string, path: string, value: Scalar): string => `#${path}${String(value)}`;

/** What a catalogue says after these events, each a batch of its own. */
function learnt(events: readonly JournalEvent[], known = new Catalogue()): Catalogue {
  for (const one of events) {
    const news = newsOf(known, [one], hashOf);
    known.put(news.sources, news.properties);
  }
  return known;
}

/** The values of `v` that may be shown after each of three people has sent each of these; undefined where they are hidden. */
function shown(values: readonly Json[], path = "v", name = "Order Completed"): readonly Json[] | undefined {
  const known = learnt(values.flatMap((value) => PEOPLE.map((by) => event({ [path]: value }, { by, name }))));
  const notes = known.properties.map((note) => note.values);
  return notes.some(({ hidden }) => hidden) ? undefined : notes.flatMap((note) => note.shown);
}

describe("the properties of an event", () => {
  it("are told with their types, in objects and arrays too", () => {
    const properties = {
      value: 9.5,
      coupon: "SPRING",
      gift: false,
      note: null,
      due: "2026-03-01",
      at: "2026-03-01T12:00:00+01:00",
      address: { city: "Nice", geo: { lat: 1 } },
      tags: ["a", 1],
      products: [{ sku: "s1" }, { sku: 2, sizes: [3] }],
    };
    expect(shapesOf(properties)).toEqual([
      "value number",
      "coupon text",
      "gift boolean",
      "note null",
      "due instant",
      "at instant",
      "address object",
      "address.city text",
      "address.geo object",
      "address.geo.lat number",
      "tags array",
      "tags[] text",
      "tags[] number",
      "products array",
      "products[] object",
      "products[].sku text",
      "products[] object",
      "products[].sku number",
      "products[].sizes array",
      "products[].sizes[] number",
    ]);
  });

  it.each(["2026-02-30", "2026-03-01T12:00:00", "2026-W10-1", "1795340210161", ""])("%j is a text", (text) =>
    expect(shapesOf({ text })).toEqual(["text text"]),
  );

  it("are told to a depth of three, and of the first ten elements", () => {
    expect(shapesOf({ a: { b: { c: { d: 1 } } } })).toEqual(["a object", "a.b object", "a.b.c object"]);
    expect(shapesOf({ a: [[{ b: 1 }]] })).toEqual(["a array", "a[] array"]);
    expect(shapesOf({ a: Array.from({ length: 1_000 }, () => 1) })).toHaveLength(11);
  });

  it("bear paths that the rule language reads as the same keys", () => {
    const key = fc.string({ unit: fc.constantFrom(".", "\\", "a", "[]", "é") });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 3 }), (keys) => {
        const properties = keys.reduceRight<Json>((inner, one) => ({ [one]: inner }), 1);
        const paths = shapesOf(properties as JsonObject).map((shape) => shape.slice(0, shape.lastIndexOf(" ")));
        const named = keys.findIndex((one) => one === "" || one.endsWith("[]"));
        expect(paths.map((path) => parsePath(path))).toEqual(
          (named === -1 ? keys : keys.slice(0, named)).map((_, at) => keys.slice(0, at + 1)),
        );
      }),
    );
  });

  it("are own ones only", () => {
    expect(shapesOf(JSON.parse('{"__proto__":{"a":1},"constructor":2}'))).toEqual([
      "__proto__ object",
      "__proto__.a number",
      "constructor number",
    ]);
  });
});

describe("what is learnt", () => {
  it("is new once: the same shape on the same day tells nothing", () => {
    const known = learnt([event({ a: 1 })]);
    expect(known.sources).toEqual([{ event: "Order Completed", source: "web", firstDay: 100, lastDay: 100 }]);
    expect(known.properties).toMatchObject([{ path: "a", type: "number", firstDay: 100, lastDay: 100 }]);
    expect(newsOf(known, [event({ a: 1 })], hashOf).size).toBe(0);
    expect(newsOf(known, [event({ a: 1 }), event({ a: 1 }, { by: "Bert" })], hashOf).size).toBe(1);
  });

  it("says of each source and type when it first and last came, in whatever order days come", () => {
    const days = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom<Json>(1, "x", null)), { minLength: 1 });
    fc.assert(
      fc.property(days, fc.boolean(), (came, isOneBatch) => {
        const events = came.map(([day, a]) => event({ a }, { day }));
        const known = new Catalogue();
        for (const batch of isOneBatch ? [events] : events.map((one) => [one])) {
          const news = newsOf(known, batch, hashOf);
          known.put(news.sources, news.properties);
        }
        for (const [type, value] of [
          ["number", 1],
          ["text", "x"],
          ["null", null],
        ] as const) {
          const of = came.filter(([, a]) => a === value).map(([day]) => day);
          const note = known.properties.find((one) => one.type === type);
          const span = note === undefined ? [] : [note.firstDay, note.lastDay];
          expect(span).toEqual(of.length === 0 ? [] : [Math.min(...of), Math.max(...of)]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("leaves out facts of our own, and names and keys that cannot be shown", () => {
    const odd = ["", "a\u0000b", "\ud800", "x".repeat(201)];
    const known = learnt([
      event({ list: "l" }, { type: "fact", name: "$list" }),
      ...odd.map((name) => event({ a: 1 }, { name })),
      event(Object.fromEntries(odd.map((key) => [key, 1]))),
    ]);
    expect(known.sources.map((note) => note.event)).toEqual(["Order Completed"]);
    expect(known.properties).toEqual([]);
  });

  it("takes an event whose properties are none", () => {
    expect(learnt([event(undefined as unknown as JsonObject)]).sources).toHaveLength(1);
    expect(learnt([event({}, { receivedAt: undefined as unknown as number })]).sources).toEqual([]);
  });
});

describe("a catalogue that is full", () => {
  const many = (length: number, word: string): JsonObject =>
    Object.fromEntries(Array.from({ length }, (_, n) => [`${word}${n}`, null]));

  it("learns no further name, but goes on with those it knows", () => {
    const names = Array.from({ length: MOST_EVENTS + 50 }, (_, n) => event({}, { name: `e${n}` }));
    const known = learnt(names.slice(0, MOST_EVENTS - 1));
    expect(known.isFull).toBe(false);
    learnt(names, known);
    expect([known.eventCount, known.isFull]).toEqual([MOST_EVENTS, true]);
    expect(newsOf(known, names, hashOf).size).toBe(0);
    expect(newsOf(known, [event({ a: 1 }, { name: "e5", day: 101 })], hashOf).size).toBe(2);
  });

  it("holds so many properties of an event, and so many in all", () => {
    const known = learnt([event(many(MOST_PROPERTIES + 9, "p")), event(many(9, "q"))]);
    expect([known.propertyCount, known.isFull]).toEqual([MOST_PROPERTIES, true]);
    for (let n = 0; n < 60; n++) learnt([event(many(MOST_PROPERTIES, "p"), { name: `e${n}` })], known);
    expect(known.propertyCount).toBe(MOST_IN_ALL);
  });

  it("makes at most so many notes of one batch, and the others of the next", () => {
    const batch = Array.from({ length: 4 }, (_, n) => event(many(400, "p"), { name: `e${n}` }));
    const known = new Catalogue();
    const sizes = [1, 2, 3].map(() => {
      const news = newsOf(known, batch, hashOf);
      known.put(news.sources, news.properties);
      return news.size;
    });
    expect(sizes).toEqual([1_000, 604, 0]);
  });
});

describe("values", () => {
  it("are shown once three people have sent them", () => {
    const by = (who: string, times = 1): JournalEvent[] =>
      Array.from({ length: times }, () => event({ v: "shoes" }, { by: who }));
    const notes = (events: readonly JournalEvent[]) => learnt(events).properties[0]?.values;
    expect(notes([...by("Anna", 9), ...by("Bert", 9)])).toEqual({ hidden: false, shown: [], seen: [["#vshoes", "AB"]] });
    expect(notes([...by("Anna"), ...by("Bert"), ...by("Cleo")])).toEqual({ hidden: false, shown: ["shoes"], seen: [] });
  });

  it("are texts, numbers and booleans, at most ten", () => {
    expect(shown(["S", "M", 38, true, false])).toEqual(["S", "M", 38, true, false]);
    const ten = Array.from({ length: 10 }, (_, n) => `size ${n}`);
    expect(shown(ten)).toEqual(ten);
    expect(shown([...ten, "one more"])).toBeUndefined();
    expect(shown(["", "a"])).toEqual(["a"]);
    expect(shown(["2026-03-01"])).toBeUndefined();
  });

  it("of many that one person has sent, the eleventh hides all", () => {
    const known = learnt(Array.from({ length: 11 }, (_, n) => event({ v: `w${n}` })));
    expect(known.properties[0]?.values).toEqual({ hidden: true, shown: [], seen: [] });
  });

  it.each([
    "ann@shop.example",
    "+33 6 12 34 56 78",
    "06.12.34.56",
    "4111 1111 1111 1111",
    "192.168.1.20",
    "2001:db8::1",
    "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "a text that says a little too much of someone",
    "line\nbreak",
    1_795_340_210,
  ])("that look like %j hide the property, also what was shown before", (value) => {
    expect(shown([value])).toBeUndefined();
    expect(shown(["fine", value])).toBeUndefined();
  });

  it.each(["email", "contact.phone", "firstName", "family_name", "address", "user_ip", "ip", "zip", "cards[].iban", "e-mails"])(
    "of the key %j are not shown",
    (path) => expect(shown(["a"], path)).toBeUndefined(),
  );

  it.each(["city", "shipping", "zipper", "name", "tip", "latest", "discard"])("of the key %j may be", (path) =>
    expect(shown(["a"], path)).toEqual(["a"]),
  );

  it("of the trait `name` are not", () => expect(shown(["Ann"], "name", "$identify")).toBeUndefined());

  it("are stored as one text, and read back as they were", () => {
    for (const notes of [
      { hidden: true, shown: [], seen: [] },
      { hidden: false, shown: [], seen: [] },
      {
        hidden: false,
        shown: ["a", 1, true],
        seen: [
          ["123456", "ab"],
          ["1", "c"],
        ] as const,
      },
    ]) {
      expect(readValueNotes(valueNotesText(notes))).toEqual(notes);
    }
  });
});

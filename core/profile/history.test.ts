import { describe, expect, it } from "vitest";
import type { JsonObject } from "../model/json.ts";
import { anEvent } from "../rules/factories.ts";
import { History } from "./history.ts";

const identify = (time: number, properties: JsonObject, messageId = `i${time}`) =>
  anEvent({ type: "identify", time, messageId, properties });

function historyOf(...events: ReturnType<typeof identify>[]): History {
  const history = new History("p");
  for (const event of events) history.insert(event);
  return history;
}

describe("a history", () => {
  it("keeps late events in the order of the log, by name too", () => {
    const history = historyOf(anEvent({ time: 3 }), anEvent({ time: 1 }), anEvent({ time: 2, name: "Bought" }));
    expect(history.events.map(({ time }) => time)).toEqual([1, 2, 3]);
    expect(history.named("Viewed").map(({ time }) => time)).toEqual([1, 3]);
    expect([...history.names()].toSorted()).toEqual(["Bought", "Viewed"]);
    expect(history.named("constructor")).toEqual([]);
  });

  it("tells an event that stands in the same place already, and is not changed by it", () => {
    const history = historyOf(anEvent({ time: 3 }), anEvent({ time: 5 }));
    expect(history.insert(anEvent({ time: 3 }))).toBe(false);
    expect(history.insert(anEvent({ time: 3, source: "app" }))).toBe(true);
    expect(history.events).toHaveLength(3);
  });

  it("knows the traits of any instant", () => {
    const history = historyOf(
      identify(20, { plan: "gold", address: { zip: "1" } }),
      identify(10, { plan: "silver", age: 5, address: { city: "Paris" } }),
      identify(30, { age: null }),
      anEvent({ time: 25, properties: { plan: "track calls set no traits" } }),
    );
    expect(history.traitsAt(9)).toEqual({});
    expect(history.traitsAt(10)).toEqual({ plan: "silver", age: 5, address: { city: "Paris" } });
    expect(history.traitsAt(29)).toEqual({ plan: "gold", age: 5, address: { zip: "1" } });
    expect(history.traitsAt(30)).toEqual({ plan: "gold", address: { zip: "1" } });
  });

  it("holds keys of the prototype as keys, and spoils no prototype", () => {
    const traits: JsonObject = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}');
    const at = historyOf(identify(1, traits)).traitsAt(1);
    expect(Object.keys(at).toSorted()).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(at)).toBe(Object.prototype);
    expect(Object.hasOwn({}, "polluted") || "polluted" in {}).toBe(false);
  });
});

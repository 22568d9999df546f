import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareLogOrder, type LogEvent } from "./event.ts";
import { countBefore, countUntil, insertInLogOrder, placeInLog } from "./log.ts";

const event = (time: number, messageId: string): LogEvent => ({
  name: "X",
  type: "track",
  time,
  messageId,
  source: "s",
  channel: "web",
  party: "first",
  properties: {},
});

describe("a list in log order", () => {
  it("is the same whatever the order and number of deliveries, and counts by time", () => {
    const deliveries = fc.array(fc.tuple(fc.nat(6), fc.constantFrom("a", "b", "c")).map(([time, id]) => event(time, id)));
    fc.assert(
      fc.property(deliveries, fc.nat(7), (delivered, instant) => {
        const list: LogEvent[] = [];
        for (const one of delivered) {
          const isNew = !list.some((held) => compareLogOrder(held, one) === 0);
          expect(insertInLogOrder(list, one)).toBe(isNew);
          expect(compareLogOrder(list[placeInLog(list, one)] ?? event(-1, ""), one)).toBe(0);
        }
        expect(list).toEqual(list.toSorted(compareLogOrder));
        expect(countUntil(list, instant)).toBe(list.filter(({ time }) => time <= instant).length);
        expect(countBefore(list, instant)).toBe(list.filter(({ time }) => time < instant).length);
      }),
    );
  });
});

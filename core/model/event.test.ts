import { describe, expect, it } from "vitest";
import { compareLogOrder, eventName, RESERVED_NAMES, type EventType, type LogEvent } from "./event.ts";

const event = (time: number, messageId: string, source: string): LogEvent => ({
  name: "X",
  type: "track",
  time,
  messageId,
  source,
  channel: "web",
  party: "first",
  properties: {},
});

describe("the name of an event", () => {
  it("is a track call's own, and else that of its type, which no track call may bear", () => {
    expect(eventName("track", "Order Completed")).toBe("Order Completed");
    for (const type of ["page", "screen", "identify", "group", "alias"] satisfies EventType[]) {
      expect(eventName(type, "ignored")).toBe(`$${type}`);
      expect(RESERVED_NAMES.has(`$${type}`)).toBe(true);
    }
  });
});

describe("the order of the log", () => {
  it("is time, then message, then source, by UTF-16 code units", () => {
    const inOrder = [
      event(1, "z", "z"),
      event(2, "A", "b"),
      event(2, "a", "a"),
      event(2, "a", "b"),
      event(2, "é", "a"),
      event(2, "😀", "a"), // first code unit D83D, below U+FFFD
      event(2, "\uFFFD", "a"),
    ];
    expect(inOrder.toReversed().toSorted(compareLogOrder)).toEqual(inOrder);
  });
  it("tells two deliveries of one event as equal", () => {
    expect(compareLogOrder(event(5, "m", "s"), event(5, "m", "s"))).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { adDeadline } from "./ad-call.ts";

describe("the deadline of an ad call", () => {
  it.each([
    [undefined, 100],
    [1_000, 100],
    [334, 100],
    [333, 99],
    [150, 45],
    [50, 15],
    [1, 0],
    [0, 100],
    [-5, 100],
    ["150", 100],
    [Number.NaN, 100],
  ])("of a caller who waits %j ms is after %d ms", (timeoutMs, afterMs) => {
    expect(adDeadline(1_000, timeoutMs)).toBe(1_000 + afterMs);
  });
});

import { describe, expect, it } from "vitest";
import { interleaved, median, percentile } from "./stats.ts";

describe("a median", () => {
  it("is the middle one, or half-way between the two in the middle, whatever their order", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([10, 9])).toBe(9.5);
  });
  it("is of something", () => {
    expect(() => median([])).toThrow("no samples");
  });
});

describe("a percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  it.each([
    [50, 50],
    [99, 99],
    [100, 100],
    [0, 1],
  ])("%d of 1 to 100 is %d: the smallest that so many do not exceed", (p, value) => {
    expect(percentile(hundred, p)).toBe(value);
  });
  it("of one sample is that sample", () => {
    expect(percentile([7], 99)).toBe(7);
  });
});

describe("interleaved runs", () => {
  it("take turns, so that a slow minute of the machine hits all alike", async () => {
    const order: string[] = [];
    const run = (name: string) => () => {
      order.push(name);
      return Promise.resolve(order.length);
    };
    const samples = await interleaved(2, { ours: run("ours"), floor: run("floor") });
    expect(order).toEqual(["ours", "floor", "ours", "floor"]);
    expect(samples).toEqual({ ours: [1, 3], floor: [2, 4] });
  });
});

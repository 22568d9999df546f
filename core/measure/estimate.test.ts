import { describe, expect, it } from "vitest";
import { estimateSize } from "./estimate.ts";

/** A generator that gives the same run for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("the size of a part of all people", () => {
  it("is exact where everybody was looked at", () => {
    expect(estimateSize(7, 100, 100)).toEqual({ estimate: 7, low: 7, high: 7, exact: true });
    expect(estimateSize(0, 0, 0)).toEqual({ estimate: 0, low: 0, high: 0, exact: true });
  });

  it("may be anything where nobody was", () => {
    expect(estimateSize(0, 0, 50)).toEqual({ estimate: 0, low: 0, high: 50, exact: false });
  });

  it("is never less than was seen, nor more than what was seen leaves", () => {
    expect(estimateSize(0, 1_000, 20_000)).toMatchObject({ estimate: 0, low: 0 });
    expect(estimateSize(0, 1_000, 20_000).high).toBeGreaterThan(0);
    for (const [hits, sample, population] of [
      [1, 9, 10],
      [8, 9, 10],
      [3, 5, 6],
    ] as const) {
      const { low, high } = estimateSize(hits, sample, population);
      expect([low >= hits, high <= population - (sample - hits)]).toEqual([true, true]);
    }
  });

  it("lies where it says in 93 to 97 of 100 samples, of any part from 1 to 50 %", () => {
    const chance = random(7);
    const population = 20_000;
    for (const part of [0.01, 0.05, 0.2, 0.5]) {
      const truth = Math.round(part * population);
      let covered = 0;
      const samples = 1_000;
      for (let n = 0; n < samples; n++) {
        let [hits, sample] = [0, 0];
        for (let person = 0; person < population; person++) {
          if (chance() >= 0.05) continue;
          sample++;
          if (person < truth) hits++;
        }
        const { low, high } = estimateSize(hits, sample, population);
        if (low <= truth && truth <= high) covered++;
      }
      expect([part, covered / samples >= 0.93, covered / samples <= 0.975]).toEqual([part, true, true]);
    }
  });
});

import { describe, expect, it } from "vitest";
import { chanceOf } from "./chance.ts";
import { drawArm, rateInterval, type Outcomes } from "./thompson.ts";

/** Of worlds with 50,000 people each; a tenth by default. */
const SEEDS = process.env["TIDELINE_FULL"] === "1" ? 100 : 10;
const PEOPLE = 50_000;
const RATES = [0.05, 0.06] as const;

/** What was lost by not showing the better one to everybody, in conversions expected. */
function regret(seed: string): number {
  const world = chanceOf(`world ${seed}`);
  const chance = chanceOf(seed);
  const arms = RATES.map(() => ({ shown: 0, converted: 0 }));
  let lost = 0;
  for (let person = 0; person < PEOPLE; person++) {
    const arm = drawArm(arms, chance);
    const outcomes = arms[arm];
    const rate = RATES[arm];
    if (outcomes === undefined || rate === undefined) throw new Error("no such arm");
    outcomes.shown++;
    if (world() < rate) outcomes.converted++;
    lost += RATES[1] - rate;
  }
  return lost;
}

describe("Thompson sampling", () => {
  it("loses at most a third of what an even split does", () => {
    const even = (PEOPLE / 2) * (RATES[1] - RATES[0]);
    let sum = 0;
    for (let seed = 0; seed < SEEDS; seed++) sum += regret(`seed ${seed}`);
    const share = sum / SEEDS / even;
    if (SEEDS === 100)
      process.stdout.write(`thompson: ${share.toFixed(3)} of the regret of an even split, mean over 100 seeds\n`);
    expect(share).toBeLessThanOrEqual(1 / 3);
  });
  it("draws an arm as often as it is likely to be the best", () => {
    const often = (arms: readonly Outcomes[]): number => {
      const chance = chanceOf("often");
      let count = 0;
      for (let draw = 0; draw < 20_000; draw++) if (drawArm(arms, chance) === 0) count++;
      return count / 20_000;
    };
    expect(
      often([
        { shown: 0, converted: 0 },
        { shown: 0, converted: 0 },
      ]),
    ).toBeCloseTo(0.5, 1);
    // Beta(2, 1) is above Beta(1, 2) with 5/6; Beta(1, 1) above Beta(2, 1) with 1/3.
    expect(
      Math.abs(
        often([
          { shown: 1, converted: 1 },
          { shown: 1, converted: 0 },
        ]) -
          5 / 6,
      ),
    ).toBeLessThan(0.012);
    expect(
      Math.abs(
        often([
          { shown: 0, converted: 0 },
          { shown: 1, converted: 1 },
        ]) -
          1 / 3,
      ),
    ).toBeLessThan(0.015);
  });
  it("never falls over what is told late: more conversions than impressions", () => {
    expect(
      drawArm(
        [
          { shown: 1, converted: 5 },
          { shown: 0, converted: 2 },
        ],
        chanceOf("late"),
      ),
    ).toBeTypeOf("number");
  });
});

describe("the interval of a rate", () => {
  // Wilson's formula, worked out apart from this code.
  it.each([
    [0, 0, 0, 1],
    [0, 10, 0, 0.277_532_8],
    [5, 10, 0.236_593_1, 0.763_406_9],
    [60, 1_000, 0.046_896_5, 0.076_471_1],
  ])("of %i of %i is from %d to %d", (converted, shown, low, high) => {
    const found = rateInterval({ shown, converted });
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });
});

describe("chance from a seed", () => {
  it("is the same for the same seed, even, and another for another", () => {
    const draws = (seed: string) => {
      const chance = chanceOf(seed);
      return Array.from({ length: 20_000 }, chance);
    };
    const one = draws("a");
    expect(draws("a")).toEqual(one);
    expect(draws("b").slice(0, 5)).not.toEqual(one.slice(0, 5));
    const bins = Array.from({ length: 20 }, (_, bin) => one.filter((draw) => Math.floor(draw * 20) === bin).length);
    // 19 degrees of freedom: chance alone is above 43.8 once in a thousand.
    expect(bins.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(43.8);
  });
});

import type { Chance } from "./chance.ts";

/** How often a creative was shown, and how often what it is for came of it. */
export interface Outcomes {
  readonly shown: number;
  readonly converted: number;
}

export const NOTHING_LEARNT: Outcomes = { shown: 0, converted: 0 };

/**
 * Thompson sampling for yes and no: draws for each arm a rate that may be its true one, given what came of it (Beta, from an
 * even prior), and takes the highest. So an arm is taken as often as it is likely to be the best.
 * @returns the place of an arm
 */
export function drawArm(arms: readonly Outcomes[], chance: Chance): number {
  let best = 0;
  let highest = -1;
  for (const [place, { shown, converted }] of arms.entries()) {
    // What is told late may be more than what was shown.
    const hits = Math.min(converted, shown);
    const rate = drawBeta(1 + hits, 1 + shown - hits, chance);
    if (rate > highest) {
      best = place;
      highest = rate;
    }
  }
  return best;
}

/** A draw from Beta(a, b), both at least 1. */
function drawBeta(a: number, b: number, chance: Chance): number {
  const x = drawGamma(a, chance);
  return x / (x + drawGamma(b, chance));
}

/** A draw from Gamma(shape, 1), shape at least 1: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (2000). */
function drawGamma(shape: number, chance: Chance): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(chance);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - chance()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A draw from the standard normal distribution: Box and Muller. */
function drawNormal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}

/** Where the true rate lies with 95 %: Wilson's score interval (1927), which stays within 0 and 1 and is right for few. */
export function rateInterval({ shown, converted }: Outcomes): { readonly low: number; readonly high: number } {
  if (shown === 0) return { low: 0, high: 1 };
  const z = 1.959_963_984_540_054;
  const rate = Math.min(converted, shown) / shown;
  const denominator = 1 + z ** 2 / shown;
  const centre = rate + z ** 2 / (2 * shown);
  const spread = z * Math.sqrt((rate * (1 - rate)) / shown + z ** 2 / (4 * shown ** 2));
  return { low: Math.max(0, (centre - spread) / denominator), high: Math.min(1, (centre + spread) / denominator) };
}

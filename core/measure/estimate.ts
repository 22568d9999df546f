/** How many people of all, as far as a sample of them can tell. */
export interface Estimate {
  readonly estimate: number;
  /** Where the truth lies with 95 %. */
  readonly low: number;
  readonly high: number;
  /** True where everybody was looked at. */
  readonly exact: boolean;
}

/** 97.5 % of a standard normal distribution lie below. */
const Z = 1.959_963_984_540_054;

/**
 * The size of a part of all people from a random sample of them, drawn without putting anybody back: Wilson's score interval (1927), narrowed by what the
 * sample already is of the whole (finite population correction). It stays within what the sample has seen and is right for few.
 * @param hits of the sample @param sample people in it @param population of all, the sample included
 */
export function estimateSize(hits: number, sample: number, population: number): Estimate {
  if (sample >= population) return { estimate: hits, low: hits, high: hits, exact: true };
  if (sample === 0) return { estimate: 0, low: 0, high: population, exact: false };
  const rate = hits / sample;
  const z2 = Z ** 2 * ((population - sample) / Math.max(1, population - 1));
  const denominator = 1 + z2 / sample;
  const centre = (rate + z2 / (2 * sample)) / denominator;
  const spread = Math.sqrt(z2 * ((rate * (1 - rate)) / sample + z2 / (4 * sample ** 2))) / denominator;
  // What was seen is there, and what was seen not to be is not.
  const [least, most] = [hits, population - (sample - hits)];
  const whole = (share: number): number => Math.min(most, Math.max(least, share * population));
  return {
    estimate: Math.round(rate * population),
    low: Math.floor(whole(centre - spread)),
    high: Math.ceil(whole(centre + spread)),
    exact: false,
  };
}

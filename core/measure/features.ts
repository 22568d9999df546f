import type { History } from "../profile/history.ts";
import type { Json } from "../model/json.ts";

/** Longest value of a trait that people are told apart by. */
const LONGEST_VALUE = 60;

/**
 * What can set people apart: the names of what they did, and the values of their traits that many can share. `event NAME`, and
 * `trait KEY VALUE`, VALUE as JSON.
 */
export function featuresOf(history: History, now: number): readonly string[] {
  const features: string[] = [];
  for (const name of history.names()) if (!name.startsWith("$")) features.push(`event ${name}`);
  for (const [key, value] of Object.entries(history.traitsAt(now)))
    if (isShared(value)) features.push(`trait ${key} ${JSON.stringify(value)}`);
  return features;
}

function isShared(value: Json): boolean {
  return typeof value === "boolean" || (typeof value === "string" && value !== "" && value.length <= LONGEST_VALUE);
}

/** A feature and the shares of people who have it. */
export interface Distinction {
  readonly feature: string;
  /** From 0 to 1: among those meant, and among everybody. */
  readonly share: number;
  readonly everyone: number;
}

/**
 * What sets people apart most from everybody, the most telling first: by how surprising it would be if they were like everybody (a normal approximation of
 * the difference of two shares), so that of few people little is said.
 * @param features by feature how many of them and of all have it
 */
export function distinctions(
  features: Readonly<Record<string, readonly [hits: number, all: number]>>,
  hits: number,
  people: number,
  most: number,
): readonly Distinction[] {
  if (hits === 0 || people === 0) return [];
  const scored = Object.entries(features).map(([feature, [of, all]]) => {
    const [share, everyone] = [of / hits, all / people];
    const deviation = Math.sqrt(Math.max(everyone * (1 - everyone), 1 / people) / hits);
    return { feature, share, everyone, score: Math.abs(share - everyone) / deviation };
  });
  return scored
    .filter(({ score }) => score > 2)
    .toSorted((one, other) => other.score - one.score || (one.feature < other.feature ? -1 : 1))
    .slice(0, most)
    .map(({ feature, share, everyone }) => ({ feature, share, everyone }));
}

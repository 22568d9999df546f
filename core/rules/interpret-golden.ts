import type { LogEvent } from "../model/event.ts";
import { isJsonArray, isJsonObject, jsonEquals, type Json } from "../model/json.ts";
import { MOST_SETTINGS, USUAL_PRIORITY, type GoldenRules } from "./golden-policy.ts";

/** Somebody's word on a trait; null where they cleared it. */
interface Word {
  readonly source: string;
  readonly value: Json;
}

/** Which of all values wins, of each top-level key, as the reference interpreter sees it. @param accepted in log order */
export function goldenTraitsAt(accepted: readonly LogEvent[], now: number, golden: GoldenRules): ReadonlyMap<string, Json> {
  const identifies = accepted.filter(({ type, time }) => type === "identify" && time <= now);
  const keys = new Set(identifies.flatMap(({ properties }) => Object.keys(properties)));
  const traits = new Map<string, Json>();
  for (const key of keys) {
    const words = identifies.flatMap(({ source, properties }) =>
      Object.hasOwn(properties, key) ? [{ source, value: properties[key] ?? null }] : [],
    );
    const value = winning(words, key, golden);
    if (value !== undefined && value !== null) traits.set(key, value);
  }
  return traits;
}

function winning(words: readonly Word[], key: string, golden: GoldenRules): Json | undefined {
  const standing = words.filter((word, place) => stands(word, words.slice(place + 1)));
  const latestOfMost = (measure: (word: Word) => number): Json | undefined => {
    const most = Math.max(...standing.map(measure));
    return standing.findLast((word) => measure(word) === most)?.value;
  };
  switch (new Map(Object.entries(golden.traits)).get(key) ?? golden.default) {
    case "recent":
      return words.at(-1)?.value;
    case "priority": {
      const priorities = new Map(Object.entries(golden.priorities));
      return latestOfMost(({ source }) => priorities.get(source) ?? USUAL_PRIORITY);
    }
    case "longest":
      return latestOfMost(({ value }) => {
        if (isJsonObject(value)) return Object.keys(value).length;
        return typeof value === "string" || isJsonArray(value) ? value.length : 0;
      });
    case "frequent":
      return latestOfMost(({ value }) => standing.filter((other) => jsonEquals(other.value, value)).length);
  }
}

/** A value that its source has not withdrawn since, nor set so often again that this one no longer counts. */
function stands({ source, value }: Word, later: readonly Word[]): boolean {
  const again = later.filter((word) => word.source === source);
  return value !== null && again.length < MOST_SETTINGS && !again.some((word) => word.value === null);
}

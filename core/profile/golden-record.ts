import type { LogEvent } from "../model/event.ts";
import { canonicalJson, isJsonArray, isJsonObject, ownProperty, type Json } from "../model/json.ts";
import { MOST_SETTINGS, type GoldenPolicies, type GoldenPolicy } from "../rules/golden-policy.ts";

/** A value that an identify gave a trait. */
export interface Setting {
  readonly value: Json;
  readonly by: LogEvent;
  /** Greater for one later in the log. */
  readonly place: number;
}

/** Which value of one trait wins, as one after another of the events that set or cleared it becomes known, in log order. */
export class Contest {
  readonly policy: GoldenPolicy;
  readonly #trait: string;
  readonly #priorityOf: (source: string) => number;
  /** By source, what it has set and not withdrawn since, the latest last. */
  readonly #settings = new Map<string, Setting[]>();
  #latest: Setting | undefined;
  #taken = 0;

  /** @param policies absent where the latest value wins everywhere */
  constructor(trait: string, policies: GoldenPolicies | undefined) {
    this.policy = policies?.policyOf(trait) ?? "recent";
    this.#trait = trait;
    this.#priorityOf = (source) => policies?.priorityOf(source) ?? 0;
  }

  take(by: LogEvent): void {
    const value = ownProperty(by.properties, this.#trait) ?? null;
    const place = ++this.#taken;
    if (value === null) {
      this.#settings.delete(by.source);
      this.#latest = undefined;
      return;
    }
    const setting = { value, by, place };
    this.#latest = setting;
    const ofSource = this.#settings.get(by.source);
    if (ofSource === undefined) this.#settings.set(by.source, [setting]);
    else if (ofSource.push(setting) > MOST_SETTINGS) ofSource.shift();
  }

  /** What wins among those taken so far; undefined where nothing stands. */
  winner(): Setting | undefined {
    switch (this.policy) {
      case "priority":
        return this.#first(this.ofSources(), ({ by }) => this.#priorityOf(by.source));
      case "longest":
        return this.#first(this.#all(), ({ value }) => lengthOf(value));
      case "frequent": {
        const counts = new Map<string, number>();
        const texts = new Map(this.#all().map((setting) => [setting, canonicalJson(setting.value)]));
        for (const text of texts.values()) counts.set(text, (counts.get(text) ?? 0) + 1);
        return this.#first(texts.keys(), (setting) => counts.get(texts.get(setting) ?? "") ?? 0);
      }
      case "recent":
        return this.#latest;
    }
  }

  /** The latest value of each source that has one. */
  ofSources(): readonly Setting[] {
    return [...this.#settings.values()].flatMap((settings) => settings.at(-1) ?? []);
  }

  #all(): readonly Setting[] {
    return [...this.#settings.values()].flat();
  }

  /** Of those of the greatest measure the latest. */
  #first(settings: Iterable<Setting>, measure: (setting: Setting) => number): Setting | undefined {
    let first: Setting | undefined;
    let most = -Infinity;
    for (const setting of settings) {
      const much = measure(setting);
      if (first !== undefined && (much < most || (much === most && setting.place < first.place))) continue;
      first = setting;
      most = much;
    }
    return first;
  }
}

/** Of a text in UTF-16 code units, of an array in elements, of an object in keys; nothing else has one. */
function lengthOf(value: Json): number {
  if (typeof value === "string" || isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

/**
 * The values of one trait by how many of its setters are known, kept while these only grow at their end, as they nearly
 * always do: so one more of a thousand costs no more than one more of three.
 */
export class Winners {
  readonly #trait: string;
  readonly #policies: GoldenPolicies;
  #contest: Contest;
  #values: (Json | undefined)[] = [];
  #last: LogEvent | undefined;

  constructor(trait: string, policies: GoldenPolicies) {
    this.#trait = trait;
    this.#policies = policies;
    this.#contest = new Contest(trait, policies);
  }

  /** @param setters in log order: the same at each question, or with more of them */
  after(setters: readonly LogEvent[], count: number): Json | undefined {
    const held = this.#values.length;
    if (held > 0 && setters[held - 1] !== this.#last) {
      this.#contest = new Contest(this.#trait, this.#policies);
      this.#values = [];
    }
    for (let at = this.#values.length; at < setters.length; at++) {
      const setter = setters[at];
      if (setter === undefined) break;
      this.#contest.take(setter);
      this.#values.push(this.#contest.winner()?.value);
      this.#last = setter;
    }
    return this.#values[count - 1];
  }
}

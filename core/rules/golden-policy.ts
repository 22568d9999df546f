import { canonicalJson, type JsonObject } from "../model/json.ts";

/**
 * Which of the values that several sources gave a trait is the profile's (docs/decisions/090). `recent`: the latest,
 * whoever set it, and a null clears the trait. Under the others a null withdraws only what its own source had set before,
 * and of each source at most its last `MOST_SETTINGS` settings count: `priority` takes the latest of the source of the
 * highest priority, `longest` the longest value, `frequent` the one set most often; the later one where that leaves several.
 */
export const GOLDEN_POLICIES = ["recent", "priority", "longest", "frequent"] as const;
export type GoldenPolicy = (typeof GOLDEN_POLICIES)[number];

/** Settings of one source that count, the latest: what is kept of each for ever must be bounded. */
export const MOST_SETTINGS = 20;

/** Of a source that says nothing else, and of one that is not known (any more). */
export const USUAL_PRIORITY = 1;

/** What a workspace has chosen, by top-level key of a trait. */
export interface GoldenRecord {
  readonly default: GoldenPolicy;
  readonly traits: Readonly<Record<string, GoldenPolicy>>;
}

/** As a ruleset bears it: with the priorities of the sources, so that what wins follows from ruleset and journal alone. */
export interface GoldenRules extends GoldenRecord {
  /** By key of a source, where it is not the usual one; empty where no trait goes by priority. */
  readonly priorities: Readonly<Record<string, number>>;
}

/** @returns undefined where the latest value wins everywhere: then a ruleset bears nothing of this */
export function goldenRules(
  record: GoldenRecord | undefined,
  sources: readonly { readonly key: string; readonly priority: number }[],
): GoldenRules | undefined {
  if (record === undefined) return undefined;
  const traits = Object.entries(record.traits).filter(([, policy]) => policy !== record.default);
  const policies = new Set([record.default, ...traits.map(([, policy]) => policy)]);
  if (policies.size === 1 && record.default === "recent") return undefined;
  const unusual = policies.has("priority") ? sources.filter(({ priority }) => priority !== USUAL_PRIORITY) : [];
  return {
    default: record.default,
    traits: Object.fromEntries(traits),
    priorities: Object.fromEntries(unusual.map(({ key, priority }) => [key, priority])),
  };
}

/** The same, ready to be asked. */
export class GoldenPolicies {
  /** Equal for equal rules. */
  readonly text: string;
  readonly #default: GoldenPolicy;
  readonly #traits: ReadonlyMap<string, GoldenPolicy>;
  readonly #priorities: ReadonlyMap<string, number>;

  constructor({ default: usual, traits, priorities }: GoldenRules) {
    this.#default = usual;
    this.#traits = new Map(Object.entries(traits));
    this.#priorities = new Map(Object.entries(priorities));
    const json: JsonObject = { default: usual, traits, priorities };
    this.text = canonicalJson(json);
  }

  policyOf(trait: string): GoldenPolicy {
    return this.#traits.get(trait) ?? this.#default;
  }

  /** Whether this engine knows the policy: a newer publisher may use one that it has never heard of. */
  isKnown(trait: string): boolean {
    return GOLDEN_POLICIES.includes(this.policyOf(trait));
  }

  priorityOf(source: string): number {
    return this.#priorities.get(source) ?? USUAL_PRIORITY;
  }
}

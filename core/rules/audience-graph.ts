import type { AudienceCondition } from "./ast.ts";
import { conditionsIn, type FlatCondition, type FlatWindow, type RulesetArtifact } from "./artifact.ts";
import { addTo } from "./lists.ts";
import { NO_RANK, ranksOf } from "./ranks.ts";
import { LONGEST_CHAIN } from "./references.ts";

const NONE: readonly number[] = [];

/** What it takes to know some conditions: they, those of the audiences that they name, and these audiences. */
export interface Scope {
  readonly conditions: ReadonlySet<number>;
  readonly audiences: ReadonlySet<number>;
}

/** A condition that another audience has been true for some time. */
export interface Standing {
  readonly condition: number;
  readonly audience: number;
  readonly forMs: number;
  /** Of the audience. */
  readonly scope: Scope;
  /** Events that count for the audience at all are at most so old, ms, before the first instant asked about; Infinity where nothing but the retention bounds it. */
  readonly reachMs: number;
}

/** Which audiences name which others. An audience that names one that cannot be evaluated, itself perhaps, cannot be either. */
export class AudienceGraph {
  /** In how many steps an audience leads to those that name none: it is evaluated after all that it names. 0 for most. */
  readonly ranks: Uint16Array;
  /** 1 for each audience that cannot be evaluated. */
  readonly broken: Uint8Array;
  readonly highestRank: number;
  readonly standings: readonly Standing[];
  readonly #artifact: RulesetArtifact;
  /** By audience, the conditions that name it. */
  readonly #naming = new Map<number, number[]>();
  readonly #audienceOf = new Map<number, number>();
  readonly #standingOf = new Map<number, Standing>();
  /** By condition, the standings in whose scope it lies. */
  readonly #standingsOver = new Map<number, Standing[]>();

  /**
   * @param onAudience conditions on audiences
   * @param indexOf the audience of a key
   * @param broken by audience, 1 where its own logic cannot be evaluated; taken over and completed
   */
  constructor(
    artifact: RulesetArtifact,
    onAudience: readonly number[],
    indexOf: (key: string) => number | undefined,
    broken: Uint8Array,
  ) {
    this.#artifact = artifact;
    this.broken = broken;
    this.ranks = new Uint16Array(artifact.audiences.length);
    for (const condition of onAudience) {
      const audience = indexOf(named(artifact.conditions[condition]).key);
      if (audience === undefined) continue;
      this.#audienceOf.set(condition, audience);
      addTo(this.#naming, audience, condition);
    }
    if (onAudience.length > 0) this.#breakThrough(new Set(onAudience));
    this.highestRank = this.ranks.reduce((highest, rank) => Math.max(highest, rank), 0);
    this.standings = this.#findStandings(onAudience);
  }

  /** Conditions that name an audience. */
  naming(audience: number): readonly number[] {
    return this.#naming.get(audience) ?? NONE;
  }

  /** The audience that a condition names. */
  audienceOf(condition: number): number | undefined {
    return this.#audienceOf.get(condition);
  }

  /** What a condition that asks for some time asks; undefined for any other. */
  standing(condition: number): Standing | undefined {
    return this.#standingOf.get(condition);
  }

  /** Conditions that ask for some time what may change with a condition. */
  standingsOver(condition: number): readonly Standing[] {
    return this.#standingsOver.get(condition) ?? [];
  }

  scopeOf(conditions: Iterable<number>): Scope {
    const scope = { conditions: new Set<number>(), audiences: new Set<number>() };
    for (const condition of conditions) this.#include(condition, scope);
    return scope;
  }

  #include(condition: number, scope: { readonly conditions: Set<number>; readonly audiences: Set<number> }): void {
    if (scope.conditions.has(condition)) return;
    scope.conditions.add(condition);
    const audience = this.#audienceOf.get(condition);
    if (audience === undefined || scope.audiences.has(audience) || this.broken[audience] === 1) return;
    scope.audiences.add(audience);
    for (const part of this.#conditionsOf(audience)) this.#include(part, scope);
  }

  #conditionsOf(audience: number): ReadonlySet<number> {
    const logic = this.#artifact.audiences[audience]?.logic;
    return logic === undefined ? new Set() : conditionsIn(logic);
  }

  /** Breaks audiences that name what is missing, broken, or in the end themselves; from the lowest rank up, so that it spreads. */
  #breakThrough(onAudience: ReadonlySet<number>): void {
    const naming = [...this.broken.keys()].map((audience) => {
      const conditions =
        this.broken[audience] === 1 ? [] : [...this.#conditionsOf(audience)].filter((part) => onAudience.has(part));
      return conditions.map((condition) => this.#audienceOf.get(condition));
    });
    const ranks = ranksOf(naming.length, (audience) => (naming[audience] ?? []).filter((other) => other !== undefined));
    const inOrder = [...ranks.keys()].toSorted((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
    for (const audience of inOrder) {
      const rank = ranks[audience] ?? NO_RANK;
      const isSound = (naming[audience] ?? []).every((other) => other !== undefined && this.broken[other] === 0);
      if (rank === NO_RANK || rank >= LONGEST_CHAIN || !isSound) this.broken[audience] = 1;
      else this.ranks[audience] = rank;
    }
  }

  #findStandings(onAudience: readonly number[]): readonly Standing[] {
    return onAudience.flatMap((condition) => {
      const { forMs } = named(this.#artifact.conditions[condition]);
      const audience = this.#audienceOf.get(condition);
      if (forMs === undefined || audience === undefined || this.broken[audience] === 1) return [];
      const { conditions, audiences } = this.scopeOf(this.#conditionsOf(audience));
      const scope = { conditions, audiences: new Set([...audiences, audience]) };
      const standing = {
        condition,
        audience,
        forMs,
        scope,
        reachMs: reachOf([...conditions].map((part) => this.#artifact.conditions[part])),
      };
      this.#standingOf.set(condition, standing);
      for (const part of scope.conditions) {
        const over = this.#standingsOver.get(part);
        if (over) over.push(standing);
        else this.#standingsOver.set(part, [standing]);
      }
      return [standing];
    });
  }
}

/** The longest window, after all the times that audiences have to be true for: more than any instant asks, or just that. */
function reachOf(conditions: readonly (FlatCondition | undefined)[]): number {
  let window = 0;
  let times = 0;
  for (const condition of conditions) {
    if (condition?.kind === "audience") times += condition.forMs ?? 0;
    else if (condition?.kind === "event" || condition?.kind === "sequence") window = Math.max(window, lengthOf(condition.window));
  }
  return window + times;
}

function lengthOf(window: FlatWindow): number {
  if (window.kind === "sliding") return window.ms;
  return window.kind === "offset" ? window.fromMs : Infinity;
}

function named(condition: FlatCondition | undefined): AudienceCondition {
  if (condition?.kind !== "audience") throw new Error("a condition on an audience was expected");
  return condition;
}

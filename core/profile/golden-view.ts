import { COMPUTED, type Channel, type Party } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { GoldenPolicies, GoldenPolicy } from "../rules/golden-policy.ts";
import type { Setting } from "./golden-record.ts";
import type { History } from "./history.ts";

/** Others shown of one trait at most. */
const MOST_OTHERS = 20;

/** A value of a trait, and who gave it when (ms). */
export interface GivenValue {
  readonly value: Json;
  readonly source: string;
  readonly channel: Channel;
  readonly party: Party;
  readonly time: number;
}

export interface GoldenTrait {
  readonly policy: GoldenPolicy;
  /** Null where the trait was cleared. */
  readonly winner: GivenValue | null;
  /** What lost: the latest value of each source, unless that is what won; newest first. */
  readonly others: readonly GivenValue[];
}

/** Every trait that somebody says something of, but computed ones, at an instant. */
export function goldenView(
  history: History,
  golden: GoldenPolicies | undefined,
  now: number,
): Readonly<Record<string, GoldenTrait>> {
  const traits = [...history.traitKeys()].flatMap((trait): [string, GoldenTrait][] => {
    const contest = history.contestAt(trait, now, golden);
    const winner = contest.winner();
    const others = contest.ofSources().filter((setting) => setting !== winner);
    if (trait === COMPUTED || (winner === undefined && others.length === 0)) return [];
    const shown = others.toSorted((one, other) => other.place - one.place).slice(0, MOST_OTHERS);
    return [[trait, { policy: contest.policy, winner: winner === undefined ? null : given(winner), others: shown.map(given) }]];
  });
  return Object.fromEntries(traits); // defines own properties, `__proto__` too
}

function given({ value, by: { source, channel, party, time } }: Setting): GivenValue {
  return { value, source, channel, party, time };
}

import { openMemberships } from "../../core/profile/memberships.ts";
import type { LogEvent } from "../../core/model/event.ts";
import { benchRow, type Bar, type BenchRow } from "../results.ts";
import { interleaved, median } from "../stats.ts";
import { growthbook } from "./peers/growthbook.ts";
import { jsonLogic } from "./peers/json-logic.ts";
import { jsonRules } from "./peers/json-rules.ts";
import { siftQueries } from "./peers/sift.ts";
import type { Peer } from "./peers/peer.ts";
import { historyOf, NOW } from "./people.ts";
import { personOf } from "./person.ts";
import type { Population } from "./population.ts";
import type { MixedRule, PlainRule } from "./rules.ts";
import { msPerCall } from "./timing.ts";

/** How a contender is asked for the keys of all audiences that one person is in. */
type Evaluate = () => readonly string[] | Promise<readonly string[]>;

interface Contender {
  readonly name: string;
  readonly evaluate: Evaluate;
  /** Undefined for what is shown only for information. */
  readonly bar: Bar | undefined;
}

const TO_CLOSURES: Bar = { most: 1.5 };
const TEN_TIMES: Bar = { most: 0.1 };
const AHEAD: Bar = { most: 1 };

export interface Rounds {
  readonly rounds: number;
  /** How long a contender is asked in each. */
  readonly fillMs: number;
}

/**
 * Plain audiences: beside the closures and all peers.
 * @param few for the peer that takes seconds for all of them
 */
export async function plainRows(
  all: Population<PlainRule>,
  few: Population<PlainRule>,
  log: readonly LogEvent[],
  how: Rounds,
): Promise<BenchRow[]> {
  const { properties: traits } = personOf(log);
  const peer = ({ name, prepare }: Peer, { audiences }: Population<PlainRule>, bar: Bar): Contender => {
    const evaluate = prepare(audiences);
    return { name, evaluate: () => evaluate(traits), bar };
  };
  const ofAll = [peer(growthbook, all, TEN_TIMES), peer(jsonLogic, all, AHEAD), peer(siftQueries, all, AHEAD)];
  return [
    ...(await evaluationRows(all, [closures(all, log, TO_CLOSURES), ...ofAll], log, how)),
    ...(await evaluationRows(few, [closures(few, log, undefined), peer(jsonRules, few, AHEAD)], log, how)),
  ];
}

/** Mixed audiences: no peer can say windows, so beside the closures alone. */
export function mixedRows(all: Population<MixedRule>, log: readonly LogEvent[], how: Rounds): Promise<BenchRow[]> {
  return evaluationRows(all, [closures(all, log, TO_CLOSURES)], log, how);
}

function closures({ scan }: Population<MixedRule>, log: readonly LogEvent[], bar: Bar | undefined): Contender {
  const person = personOf(log);
  return { name: "closures in a row", evaluate: () => scan(person, NOW), bar };
}

/** One row for each contender. One that does not find the same audiences fails its row whatever the times, and the run with it. */
export async function evaluationRows(
  { name, ruleset }: Population<MixedRule>,
  contenders: readonly Contender[],
  log: readonly LogEvent[],
  { rounds, fillMs }: Rounds,
): Promise<BenchRow[]> {
  const history = historyOf(log);
  const ours: Evaluate = () => openMemberships(ruleset, history, NOW).keys();
  const all = new Map([["ours", ours], ...contenders.map((one) => [one.name, one.evaluate] as const)]);
  const timed = Object.fromEntries([...all].map(([who, evaluate]) => [who, () => msPerCall(evaluate, fillMs)]));
  for (const evaluate of all.values()) await msPerCall(evaluate, fillMs * 10); // warms up
  const samples = await interleaved(rounds, timed);
  const us = (who: string): number => median(samples[who] ?? []) * 1_000;
  const expected = await ours();
  const rows: BenchRow[] = [];
  for (const { name: who, evaluate, bar } of contenders) {
    const found = await evaluate();
    const row = benchRow(
      {
        area: "engine",
        what: `full evaluation, ${name}: ${expected.length} match`,
        ours: us("ours"),
        unit: "µs",
        reference: us(who),
        referenceName: `${who}: ${found.length} match`,
      },
      bar,
    );
    rows.push(isSame(expected, found) ? row : failed(row));
  }
  return rows;
}

export function isSame(expected: readonly string[], found: readonly string[]): boolean {
  return expected.length === found.length && expected.every((key, at) => found[at] === key);
}

/** A row whose two sides do not do the same: its times mean nothing. The run ends with an error. */
export function failed(row: BenchRow): BenchRow {
  process.exitCode = 1;
  return { ...row, referenceName: `${row.referenceName}, NOT THE SAME AUDIENCES`, pass: false };
}

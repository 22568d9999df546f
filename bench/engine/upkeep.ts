import type { LogEvent } from "../../core/model/event.ts";
import { openMemberships, type Memberships } from "../../core/profile/memberships.ts";
import type { Ruleset } from "../../core/rules/ruleset.ts";
import { benchRow, type Bar, type BenchRow } from "../results.ts";
import { interleaved, median } from "../stats.ts";
import { asRead } from "./as-read.ts";
import { failed, isSame, type Rounds } from "./evaluation.ts";
import { historyOf, identifyCall, NOW, traitValue, trackCall } from "./people.ts";
import { personOf } from "./person.ts";
import type { Population } from "./population.ts";
import { Random } from "./random.ts";
import type { MixedRule } from "./rules.ts";
import { msPerCall } from "./timing.ts";
import { TRAIT_NAMES } from "./vocabulary.ts";

const EVENT_BAR: Bar = { most: 0.1 };
const READ_BAR: Bar = { most: 0.01 };
const SAME_BAR: Bar = { least: 0.85, most: 1.15 };

/** Events that come to one warm profile, a second apart; then it is made anew. */
const EVENTS = 50;
const READS = 200_000;

/** One event applied and one read of a warm profile, beside a scan of the closures. */
export async function upkeepRows(
  all: Population<MixedRule>,
  few: Population<MixedRule>,
  log: readonly LogEvent[],
  { rounds, fillMs }: Rounds,
): Promise<BenchRow[]> {
  const person = personOf(log);
  const [tracks, identifies] = [asRead(trackCalls()), asRead(identifyCalls())];
  const reader = (ruleset: Ruleset): (() => Promise<number>) => {
    const memberships = openMemberships(ruleset, historyOf(log), NOW);
    const read = msPerRead(memberships);
    return () => Promise.resolve(read());
  };
  const timed = {
    closures: () => msPerCall(() => all.scan(person, NOW), fillMs),
    tracks: () => Promise.resolve(applied(all, log, tracks).ms),
    identifies: () => Promise.resolve(applied(all, log, identifies).ms),
    read: reader(all.ruleset),
    readFew: reader(few.ruleset),
  };
  await interleaved(10, timed); // warms up
  const samples = await interleaved(rounds, timed);
  const ms = (who: keyof typeof timed): number => median(samples[who]);
  const area = "engine";
  const closures = { referenceName: "closures in a row", reference: ms("closures") * 1_000, unit: "µs", area };
  const event = (what: string, who: "tracks" | "identifies", events: readonly LogEvent[]): BenchRow => {
    const { touched, keys } = applied(all, log, events);
    const row = benchRow(
      { ...closures, what: `${what}, ${all.name}: ${Math.round(touched)} conditions touched`, ours: ms(who) * 1_000 },
      EVENT_BAR,
    );
    const expected = all.scan(personOf([...log, ...events]), events.at(-1)?.time ?? NOW);
    return isSame(expected, keys) ? row : failed(row);
  };
  return [
    event("one track call applied", "tracks", tracks),
    event("one identify of one trait applied", "identifies", identifies),
    benchRow(
      { ...closures, what: `one read, ${all.name}`, unit: "ns", ours: ms("read") * 1e6, reference: ms("closures") * 1e6 },
      READ_BAR,
    ),
    benchRow(
      {
        area,
        what: `one read, ${all.name}`,
        unit: "ns",
        ours: ms("read") * 1e6,
        reference: ms("readFew") * 1e6,
        referenceName: few.name,
      },
      SAME_BAR,
    ),
  ];
}

function trackCalls(): LogEvent[] {
  const random = new Random(11);
  return Array.from({ length: EVENTS }, (_, at) => trackCall(100_000 + at, NOW + (at + 1) * 1_000, random));
}

/** Each sets another trait to a new value. */
function identifyCalls(): LogEvent[] {
  const random = new Random(12);
  return Array.from({ length: EVENTS }, (_, at) => {
    const name = TRAIT_NAMES[at % TRAIT_NAMES.length] ?? "";
    return identifyCall(100_000 + at, NOW + (at + 1) * 1_000, { [name]: traitValue(name, random) });
  });
}

/** Applies events to a warm profile of its own, as they come: ms and conditions touched for each, and where it is then. */
function applied({ ruleset }: Population<MixedRule>, log: readonly LogEvent[], events: readonly LogEvent[]) {
  const history = historyOf(log);
  const memberships = openMemberships(ruleset, history, NOW);
  const touched = memberships.touched;
  const began = performance.now();
  for (const event of events) {
    history.insert(event);
    memberships.apply(event, event.time);
  }
  const ms = (performance.now() - began) / events.length;
  return { ms, touched: (memberships.touched - touched) / events.length, keys: memberships.keys() };
}

/** Reads in a row while nothing is due: the clock goes on by so little that it never comes to the next change. */
function msPerRead(memberships: Memberships): () => number {
  const due = Math.min(memberships.nextChange, NOW + 1_000_000);
  const { touched } = memberships;
  let now = NOW;
  return () => {
    const step = (due - now) / 2 / READS;
    let keys = 0;
    const began = performance.now();
    for (let read = 0; read < READS; read++) {
      now += step;
      memberships.settle(now);
      keys += memberships.keys().length;
    }
    const ms = performance.now() - began;
    if (memberships.touched !== touched || keys !== READS * memberships.keys().length)
      throw new Error("a read did more than read");
    return ms / READS;
  };
}

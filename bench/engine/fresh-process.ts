import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { LogEvent } from "../../core/model/event.ts";
import type { History } from "../../core/profile/history.ts";
import { openMemberships, type Memberships } from "../../core/profile/memberships.ts";
import type { RulesetArtifact } from "../../core/rules/artifact.ts";
import { loadRuleset } from "../../core/rules/ruleset.ts";
import { historyOf, log, NOW } from "./people.ts";

/**
 * What a fresh isolate would do, in a process of its own: `compile`, what it takes from the text of an artifact to the
 * first answer; `ruleset` and `profiles`, how much memory holds them. Prints one JSON object.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const [task, file = ""] = positionals;
const text = readFileSync(file, "utf8");

if (task === "compile") print(compile());
else if (task === "ruleset") print(rulesetBytes());
else if (task === "profiles") print(profileBytes());
else throw new Error(`no task ${task}`);

function compile(): object {
  const history = historyOf(log(200, 1));
  const began = performance.now();
  const artifact = JSON.parse(text) as RulesetArtifact;
  const parsed = performance.now();
  const ruleset = loadRuleset(artifact);
  const loaded = performance.now();
  const matching = openMemberships(ruleset, history, NOW).keys().length;
  const evaluated = performance.now();
  return { parseMs: parsed - began, loadMs: loaded - parsed, evaluateMs: evaluated - loaded, matching };
}

/** As linked, and after a profile has used it: what is made ready on first use is kept. */
function rulesetBytes(): object {
  const history = historyOf(log(1_000, 1));
  const before = heldBytes();
  const ruleset = loadRuleset(JSON.parse(text) as RulesetArtifact);
  const loaded = heldBytes();
  openMemberships(ruleset, history, NOW);
  return { loaded: loaded - before, used: heldBytes() - before, audiences: ruleset.audienceCount, events: history.events.length };
}

/** Of each profile the events as they are read back from storage, the history over them and the memberships. */
function profileBytes(): object {
  const profiles = 50;
  const ruleset = loadRuleset(JSON.parse(text) as RulesetArtifact);
  const texts = Array.from({ length: profiles }, (_, seed) => flat(JSON.stringify(log(1_000, seed))));
  const read = (): LogEvent[][] => texts.map((one) => JSON.parse(one) as LogEvent[]);
  const open = (events: readonly LogEvent[]): readonly [History, Memberships, number] => {
    const history = historyOf(events);
    const memberships = openMemberships(ruleset, history, NOW);
    return [history, memberships, memberships.keys().length];
  };
  read().map(open); // all that the ruleset makes ready on first use is there now
  const before = heldBytes();
  const events = read();
  const parsed = heldBytes();
  const opened = events.map(open);
  const after = heldBytes();
  const matching = opened.reduce((sum, [, , keys]) => sum + keys, 0) / profiles; // asked last, so that all are held until here
  return { events: (parsed - before) / profiles, profile: (after - before) / profiles, matching };
}

/** A text that refers to no other. */
function flat(one: string): string {
  return Buffer.from(one).toString();
}

/** What is held once all garbage is gone; typed arrays lie outside the heap. */
function heldBytes(): number {
  for (let times = 0; times < 4; times++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function print(answer: object): void {
  console.log(JSON.stringify(answer));
}

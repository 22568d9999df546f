import type { Finding } from "./event-window.ts";
import { SequenceWalk, type Chain, type SequenceEvents, type SequenceProgram } from "./sequence-walk.ts";
import { FALSE, TRUE } from "./truth.ts";

/** Nothing that a walk asks asks a sequence in turn, so one serves all. */
const walk = new SequenceWalk();

/**
 * Evaluates a sequence at `now`, exactly: the value, and the first later instant at which time changes it.
 * @param horizon as of `findEvents`
 * @returns the choice that makes it true now
 */
export function findSequence(
  program: SequenceProgram,
  events: SequenceEvents,
  now: number,
  horizon: number,
  finding: Finding,
): Chain | undefined {
  finding.from = 0;
  finding.to = 0;
  finding.value = FALSE;
  finding.next = Infinity;
  if (!walk.begin(program, events, now, horizon)) return undefined;
  let held: Chain | undefined;
  // Chains come in the order of their ends, and of two ends the later comes into the window no earlier.
  for (let chain = walk.next(program, events); chain; chain = walk.next(program, events)) {
    if (chain.from <= now) {
      if (now < chain.until && (held === undefined || held.until < chain.until)) held = chain;
      if (held) finding.next = held.until;
    } else if (held === undefined) {
      finding.next = chain.from;
      return undefined;
    } else if (chain.from > finding.next) break;
    else finding.next = Math.max(finding.next, chain.until);
  }
  if (held) finding.value = TRUE;
  return held;
}

import type { CallEnvelope } from "./envelope.ts";

/**
 * The panel: a sample of people with their journals, in objects of its own, where a rule can be tried before it is published
 * (docs/decisions/120). What crosses from a person's object, and who is in it.
 */

/** Which copy of a journal is held: of another epoch, or rewritten since, all of it is copied anew. */
export interface CopiedJournal {
  readonly epoch: number;
  readonly rewrites: number;
  /** Records before it are there. */
  readonly next: number;
}

/** `ProfileObject.copy`: the journal from where a copy of it ends. */
export interface CopyEnvelope extends CallEnvelope {
  readonly held: CopiedJournal;
}

/** Answer of `copy`, JSON after `=`; `""` for nobody and `@` for a pointer: then there is nobody here. */
export interface JournalCopy extends CopiedJournal {
  /** True where what was held is to be thrown away. */
  readonly isAnew: boolean;
  /** JSON texts of `LogEvent`s. */
  readonly events: readonly string[];
  /** False where more follows. */
  readonly isWhole: boolean;
  /** Audiences that the person is in. */
  readonly members: readonly string[];
}

/** Salt by which people fall into the panel. */
export const PANEL_SALT = "$panel";

/** Most people that a panel holds: a rule is tried on all of them within a second, and their journals fit into memory. */
export const MOST_IN_PANEL = 10_000;

/** The share that a panel holds of so many people: all of them while they are few, then half, a quarter, and so on. */
export function panelRate(people: number): number {
  let rate = 1;
  while (people * rate > MOST_IN_PANEL) rate /= 2;
  return rate;
}

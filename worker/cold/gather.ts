import type { JournalEvent } from "../../core/model/envelope.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { applyPiece, isPointer, retire, type Standing } from "./apply.ts";
import type { ArchiveGroup } from "./archive-format.ts";
import type { Gone } from "./profile-calls.ts";
import type { Tally } from "./tally.ts";

/** What one pull may bring, bytes: some hundred events, far below what an RPC carries. */
export const PULL_BYTES = 1_000_000;
/** Pulls for one person in one batch: what is left is nudged for anew, so that nobody holds up his neighbours. */
const MOST_PULLS = 8;

/** What became of the messages about one person. `more`: there is more to pull than this batch takes. */
export interface Gathered {
  readonly standing: Standing;
  readonly groups: readonly ArchiveGroup[];
  /** The events that are new, in the order of the journal. */
  readonly events: readonly JournalEvent[];
  readonly pulls: number;
  readonly end: "done" | "more" | "bad_record";
  /** How far the messages want the index to come. */
  readonly wanted: { readonly epoch: number; readonly to: number };
}

/**
 * Brings one person as far as the messages want: from what they carry where it is in reach, else from the object itself,
 * which fills every gap.
 * @param pullFrom the journal from a sequence on @throws what it throws: then nothing of this person is taken
 */
export async function gather(
  held: Standing,
  messages: readonly OutboxMessage[],
  pullFrom: (from: number) => Promise<OutboxMessage | Gone>,
  tally: Tally,
  now: number,
): Promise<Gathered> {
  let standing = held;
  const groups: ArchiveGroup[] = [];
  const events: JournalEvent[] = [];
  const profile: ProfileId | undefined = messages[0]?.profile;
  const take = (message: OutboxMessage): "ok" | "repeated" | "gap" | "bad_record" => {
    const { epoch, from, to, records = [], state } = message;
    const applied = applyPiece(standing, { epoch, from, to, records, ...(state === undefined ? {} : { state }) }, tally);
    if (!applied.ok) return applied.error;
    standing = applied.value.standing;
    const { fresh } = applied.value;
    events.push(...applied.value.events);
    if (profile !== undefined && fresh.records.length > 0) groups.push({ profile, ...fresh });
    return "ok";
  };
  const sorted = messages.toSorted((one, other) => one.epoch - other.epoch || one.from - other.from || other.to - one.to);
  let wanted = sorted.reduce((most, { epoch, to }) => (epoch > most.epoch || to > most.to ? { epoch, to } : most), {
    epoch: 0,
    to: 0,
  });
  for (const message of sorted) {
    const carries = message.records !== undefined || message.from === message.to;
    if (carries && take(message) === "bad_record") return { standing, groups, events, pulls: 0, end: "bad_record", wanted };
  }
  let pulls = 0;
  while (isBehind(standing, wanted)) {
    if (pulls === MOST_PULLS) return { standing, groups, events, pulls, end: "more", wanted };
    const from = wanted.epoch > standing.epoch ? 0 : standing.applied;
    pulls++;
    const answer = await pullFrom(from);
    if (answer === "gone") return { standing: retire(standing, now, tally), groups, events, pulls, end: "done", wanted };
    if (answer.epoch > wanted.epoch) wanted = { epoch: answer.epoch, to: answer.to };
    // What a journal no longer holds was confirmed once, by an index that is lost: there is nothing to wait for.
    if (answer.from > from) standing = { ...standing, epoch: answer.epoch, applied: answer.from };
    const taken = take(answer);
    if (taken === "bad_record") return { standing, groups, events, pulls, end: "bad_record", wanted };
    // The object has no more than this: what the message promised is of an epoch that is over.
    if (taken === "repeated") break;
  }
  return { standing, groups, events, pulls, end: "done", wanted };
}

function isBehind(standing: Standing, wanted: { readonly epoch: number; readonly to: number }): boolean {
  if (isPointer(standing, wanted.epoch)) return false;
  return wanted.epoch > standing.epoch || (wanted.epoch === standing.epoch && wanted.to > standing.applied);
}

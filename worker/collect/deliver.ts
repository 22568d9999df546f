import type { Consent } from "../../core/model/consent.ts";
import { restate } from "../../core/consent/consent.ts";
import { ENVELOPE_VERSION, type EnvelopeItem, type IngestReply, type LinkItem } from "../../core/model/envelope.ts";
import { linksOf } from "../../core/identity/links.ts";
import type { IdentifierSettings } from "../../core/model/identifier-settings.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import { profileStub } from "../../durable-objects/profile/stub.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import type { Normalised } from "./normalise.ts";

/** All that one object gets of a call, in the order of the call. */
interface Delivery {
  readonly to: HashedIdentifier;
  readonly items: EnvelopeItem[];
  /** For each item the place of its event in the call; -1 for a link. */
  readonly places: number[];
  consent: Consent | undefined;
  /** Deliveries of an earlier turn are made before. */
  turn: number;
}

/** An accepted event and its place in the call. */
export interface Placed {
  readonly place: number;
  readonly event: Normalised;
}

/** Whose profiles they are, where new ones should live, and how much each takes in a minute, where that is said. */
interface Recipient {
  readonly workspace: WorkspaceRecord;
  readonly hint: DurableObjectLocationHint | undefined;
  readonly mostAMinute?: number;
  /** True of what comes again from the quarantine. */
  readonly isReplay?: true;
}

/** What came of a call's events once they were durable. */
export interface Delivered {
  /** Places of events whose id is held with another content. */
  readonly conflicts: readonly number[];
  /** Places of events that were too many for their profile in one minute. */
  readonly floods: readonly number[];
  /** Events that were there already. */
  readonly duplicates: number;
  /** Where the events of each object called have gone. */
  readonly reached: ReadonlyMap<ProfileId, Reached>;
}

/** The profile that events went to: another than the object called where that one is a pointer. */
export type Reached = Pick<IngestReply, "profileId" | "rank">;

/** Calls to objects under way at once: a batch may name 2,500 people. */
const MOST_AT_ONCE = 64;

/**
 * Pairs of identifiers that this isolate has linked already: there is nothing to ask again. `identify` may have to move a
 * device's, which may have been another's in between, and always asks.
 */
const MOST_LINKED = 50_000;
const linked = new Set<string>();

/** Groups a call's events by the object that takes them: one RPC each. An event goes to the object it came by, its links to those of its weaker identifiers. */
export function groupByObject(events: readonly Placed[], source: string, settings: IdentifierSettings | undefined): Delivery[] {
  const deliveries = new Map<ProfileId, Delivery>();
  for (const { place, event } of events) {
    for (const { from, item, turn } of linksOf(event.origin, event.others, event.type, settings)) {
      if (!item.identify && linked.has(pairOf(from.hash, item))) continue;
      const link = deliveryTo(deliveries, from);
      link.items.push({ ...item, why: { type: event.type, source, messageId: event.messageId } });
      link.places.push(-1);
      link.turn = Math.max(link.turn, turn);
    }
    const delivery = deliveryTo(deliveries, event.origin);
    delivery.items.push(event.text);
    delivery.places.push(place);
    if (event.consent !== undefined) delivery.consent = restate(delivery.consent ?? {}, event.consent);
  }
  return [...deliveries.values()];
}

function deliveryTo(deliveries: Map<ProfileId, Delivery>, to: HashedIdentifier): Delivery {
  const held = deliveries.get(to.hash);
  if (held !== undefined) return held;
  const delivery: Delivery = { to, items: [], places: [], consent: undefined, turn: 0 };
  deliveries.set(to.hash, delivery);
  return delivery;
}

/**
 * Gives every object what is its own. When it returns, all is durable.
 * @throws when any object failed: the call must then be answered 5xx, and what was taken is known again on the retry
 */
export async function deliver(
  env: Env,
  { workspace, hint, mostAMinute, isReplay }: Recipient,
  receivedAt: number,
  deliveries: readonly Delivery[],
): Promise<Delivered> {
  const conflicts: number[] = [];
  const floods: number[] = [];
  const reached = new Map<ProfileId, Reached>();
  let duplicates = 0;
  const give = async ({ to, items, places, consent }: Delivery): Promise<void> => {
    const reply: IngestReply = JSON.parse(
      await profileStub(env, workspace, to.hash, hint).ingest({
        v: ENVELOPE_VERSION,
        workspace: workspace.id,
        jurisdiction: workspace.jurisdiction,
        name: to.hash,
        ruleset: workspace.ruleset,
        retentionMs: workspace.retentionMs,
        receivedAt,
        items,
        ...(consent === undefined ? {} : { consent }),
        ...(mostAMinute === undefined ? {} : { mostAMinute }),
        // What comes late from the quarantine says nothing newer than what has been said since: the stricter holds.
        ...(isReplay === true ? { adopting: true } : {}),
      }),
    );
    duplicates += reply.duplicates;
    reached.set(to.hash, reply);
    for (const item of reply.conflicts) conflicts.push(places[item] ?? -1);
    for (const item of reply.floods ?? []) floods.push(places[item] ?? -1);
    for (const item of items) if (typeof item !== "string") rememberLinked(pairOf(to.hash, item));
  };
  const only = deliveries[0];
  if (deliveries.length === 1 && only !== undefined) {
    await give(only);
    return { conflicts, floods, duplicates, reached };
  }
  for (const together of inTurns(deliveries)) {
    const settled = await Promise.allSettled(together.map(give));
    // All of them are waited for: a call must not be answered while its events are still on the way.
    const failed = settled.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
  return { conflicts, floods, duplicates, reached };
}

/** Deliveries that are made at once, turn by turn: with most calls there is one. */
function* inTurns(deliveries: readonly Delivery[]): Iterable<readonly Delivery[]> {
  const last = deliveries.reduce((latest, { turn }) => Math.max(latest, turn), 0);
  for (let turn = 0; turn <= last; turn++) {
    const together = last === 0 ? deliveries : deliveries.filter((one) => one.turn === turn);
    for (let from = 0; from < together.length; from += MOST_AT_ONCE) yield together.slice(from, from + MOST_AT_ONCE);
  }
}

function pairOf(from: ProfileId, { to }: LinkItem): string {
  return `${from} ${to}`;
}

function rememberLinked(pair: string): void {
  if (linked.size >= MOST_LINKED) linked.clear();
  linked.add(pair);
}

import { createHash } from "node:crypto";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";
import { mergePatch } from "../../core/model/merge-patch.ts";
import type { Found, Place, RejectedFilter } from "../../durable-objects/quarantine/object.ts";
import {
  countRefused,
  countRejected,
  findRejected,
  keepRejected,
  removeRejected,
} from "../../durable-objects/quarantine/stub.ts";
import { count } from "../cold/counters.ts";
import type { SourceRecord, WorkspaceRecord } from "../cold/records.ts";
import { take, type RejectedEvent, type Sender } from "./collect.ts";
import type { KeptCall } from "./kept-call.ts";
import { contentId } from "./normalise.ts";

export interface ReplayOrder {
  readonly filter: RejectedFilter;
  /** How many at most. */
  readonly limit: number;
  readonly after: Place | undefined;
  /** JSON merge patch for each event. */
  readonly patch: JsonObject | undefined;
}

/** Why a replayed event stays: as for any event, or that its source is gone, or that too little of its call was kept. */
export type ReplayFault = RejectedEvent["code"] | "source_gone" | "call_not_kept";

export interface Replayed {
  readonly replayed: number;
  readonly accepted: number;
  readonly refused: number;
  /** What the plan lets go by now. */
  readonly dropped: number;
  readonly errors: readonly { readonly id: string; readonly messageId: string | null; readonly code: ReplayFault }[];
  /** Events that the filter still holds of. */
  readonly remaining: number;
  /** Place of the last event replayed, where there may be more. */
  readonly next: Place | undefined;
}

/**
 * Sends rejected events again, the oldest first, as if they came for the first time: under the instant, type, context and
 * edge of their first call, with the workspace as it is now. What is taken leaves the quarantine after it is durable; a replay
 * that is cut off between is done again, and profiles drop what they have seen.
 * @throws when a store could not be reached; what is in quarantine then is as it was, or was taken
 */
export async function replay(
  env: Env,
  workspace: WorkspaceRecord,
  sourceOf: (key: string) => Promise<SourceRecord | undefined>,
  order: ReplayOrder,
  now: number,
): Promise<Replayed> {
  const found = await findRejected(env, workspace, order.filter, order);
  const errors: Replayed["errors"][number][] = [];
  let [accepted, refused, dropped] = [0, 0, 0];
  // In turn: of two calls that link one browser the first stands, as it would have at first.
  for (const items of Map.groupBy(found, ({ source, at, call }) => JSON.stringify([source, at, call])).values()) {
    const [{ source: key, at } = { source: "", at: 0 }] = items;
    const stay = (code: ReplayFault): number => errors.push(...items.map(({ id, messageId }) => ({ id, messageId, code })));
    const source = await sourceOf(key);
    const call = keptCallOf(items[0]);
    if (source === undefined) stay("source_gone");
    else if (call === undefined) stay("call_not_kept");
    else {
      const done = await replayCall(
        env,
        { workspace, source, hint: undefined, isReplay: true, edge: call.edge, cookie: call.cookie, user: call.user },
        call,
        at,
        items,
        order.patch,
      );
      accepted += done.accepted;
      refused += done.refused;
      dropped += done.dropped;
      errors.push(...done.errors);
      count(workspace.id, "events.ingested", done.fresh, now);
      count(workspace.id, "events.refused", done.refused, now);
      count(workspace.id, "events.dropped", done.dropped, now);
    }
  }
  const remaining = await countRejected(env, workspace, order.filter);
  const next = found.length === order.limit ? found.at(-1) : undefined;
  return { replayed: found.length, accepted, refused, dropped, errors, remaining, next };
}

type Done = Pick<Replayed, "accepted" | "refused" | "dropped" | "errors"> & { readonly fresh: number };

async function replayCall(
  env: Env,
  sender: Sender,
  { type, sentAt, context }: KeptCall,
  at: number,
  items: readonly Found[],
  patch: JsonObject | undefined,
): Promise<Done> {
  const { workspace, source } = sender;
  const originals = items.map(({ payload }): Json => JSON.parse(payload));
  const events = originals.map((json) => (patch === undefined ? json : mergePatch(json, patch)));
  const ids = new Map(events.map((event, index) => [event, idOf(originals[index] ?? null, source.key, at)]));
  const taken = await take(env, sender, { events, type, sentAt, context, ids }, at);
  const errors = taken.rejected.flatMap(({ index, messageId, code, detail }) => {
    const item = items[index];
    return item === undefined ? [] : [{ id: item.id, messageId, code, detail, item }];
  });
  // Under a patch the event as it came is not what has the new fault: it stays as it is.
  const renamed = patch === undefined ? errors.filter(({ item, code }) => item.code !== code) : [];
  await keepRejected(
    env,
    workspace,
    renamed.map(({ item, code, detail }) => ({ ...item, code, detail: detail ?? null })),
  );
  const faulty = new Set(errors.map(({ id }) => id));
  const left = items.filter(({ id }) => !faulty.has(id)).map(({ id }) => id);
  const removed = await removeRejected(env, workspace, [...left, ...renamed.map(({ id }) => id)]);
  // Counted by whoever took it out: of two replays at once that is one.
  const countOf = (places: readonly number[]): number => places.filter((index) => removed.has(items[index]?.id ?? "")).length;
  const [refused, dropped] = [countOf(taken.refused), countOf(taken.dropped)];
  if (refused > 0) await countRefused(env, workspace, source.key, at, refused);
  return {
    accepted: taken.accepted,
    fresh: taken.accepted - taken.duplicates,
    refused,
    dropped,
    errors: errors.map(({ id, messageId, code }) => ({ id, messageId, code })),
  };
}

/** What was kept of a call; rows from before calls were kept, and journals that were moved, have nothing. */
function keptCallOf(item: Found | undefined): KeptCall | undefined {
  if (item === undefined || item.call === null) return undefined;
  const call: KeptCall = JSON.parse(item.call);
  return call;
}

/**
 * The id of an event that bears none: the one its first delivery would have given it. Where that would have been a random one,
 * a hash of what came and when. Of the event before any patch, so that it is the same however often it is replayed, and how.
 */
function idOf(original: Json, source: string, at: number): string {
  const said = isJsonObject(original)
    ? (ownProperty(original, "timestamp") ?? ownProperty(original, "originalTimestamp"))
    : undefined;
  if (isJsonObject(original) && typeof said === "string") return contentId(original, said, source);
  return `q-${createHash("sha256")
    .update(`${source} ${at} ${JSON.stringify(original)}`)
    .digest("base64url")}`;
}

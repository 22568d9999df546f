import type { Consent } from "../../core/model/consent.ts";
import { forbidsProfile, mayWrite } from "../../core/consent/consent.ts";
import type { Edge } from "../../core/model/edge.ts";
import type { EventType } from "../../core/model/event.ts";
import type { HashedIdentifier, Identifier, ProfileId } from "../../core/model/ids.ts";
import { isJsonArray, isJsonObject, ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";
import type { Judged, Plan, PlanCode, PlanReader } from "../../core/quality/plan.ts";
import { parseTimestamp } from "../../core/model/timestamp.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { countRefused, keepRejected } from "../../durable-objects/quarantine/stub.ts";
import type { ProvenUser } from "../auth/user-token.ts";
import { count } from "../cold/counters.ts";
import { isWatched, type SourceRecord, type WorkspaceRecord } from "../cold/records.ts";
import { gppReaderFor } from "../wire/gpp.ts";
import { keepConsent } from "./keep-consent.ts";
import { deliver, groupByObject, type Placed, type Reached } from "./deliver.ts";
import type { TlId } from "./tl-id.ts";
import { consentOf, normalise, type CallSettings, type EventFault } from "./normalise.ts";
import { planOf, planReader } from "./plan.ts";
import { showLive } from "./show-live.ts";
import { withoutAddress } from "./edge/edge.ts";
import { keptCall } from "./kept-call.ts";
import { keptEvent, maskOf } from "./kept-event.ts";

/** Limits of a batch, as the Segment HTTP API documents them. */
const MOST_BATCH_BYTES = 500_000;
const MOST_BATCH_EVENTS = 2_500;

/** Whom a call comes from. */
export interface Sender {
  readonly workspace: WorkspaceRecord;
  readonly source: SourceRecord;
  /** Where a new profile should live, from the visitor's region. */
  readonly hint: DurableObjectLocationHint | undefined;
  /** Events that a profile takes in a minute; without, what guards it against a flood. */
  readonly mostAMinute?: number;
  /** True of what comes again from the quarantine. */
  readonly isReplay?: true;
  /** What its cookie says, of a browser. */
  readonly cookie?: TlId | undefined;
  /** Whom its user token proves. */
  readonly user?: ProvenUser | undefined;
  /** What the call tells of where it came from. */
  readonly edge?: Edge | undefined;
}

/** What came of a call. */
export interface Collected {
  readonly reply: CollectReply;
  /** Where the last event taken has gone; undefined where none was. */
  readonly reached: Reached | undefined;
  /** True where storage was explicitly refused: nothing may be kept in the browser either. */
  readonly forbidsStorage: boolean;
}

/** An event that was not taken, by its place in the call. */
export interface RejectedEvent {
  readonly index: number;
  readonly messageId: string | null;
  readonly code: EventFault | PlanCode | "conflicting_duplicate" | "flood";
  /** Of a violation of the plan, what is wrong where. */
  readonly detail?: string;
}

/** The reply of every collecting call; a single call is a batch of one. */
export interface CollectReply {
  readonly success: true;
  readonly accepted?: number;
  readonly refused?: number;
  /** What the plan lets go. */
  readonly dropped?: number;
  readonly rejected?: number;
  readonly errors?: readonly RejectedEvent[];
  /** Said of a call whose user token proves nothing: what it says of its user is then as without one. */
  readonly userToken?: "invalid";
}

/** The events of a call's body, not yet looked at. */
export interface Call {
  readonly events: readonly Json[];
  readonly type: EventType | undefined;
  readonly sentAt: number | undefined;
  readonly context: JsonObject | undefined;
  /** Of a call from the quarantine: the ids under which events without one are known. */
  readonly ids?: ReadonlyMap<Json, string>;
  /** True where whoever was at this browser has left: its cookie is still theirs, and says nothing of who is there now. */
  readonly reset?: true;
}

/** What a path says of the events sent to it: their type, that there are many, or nothing: one event or many, as the body shows. */
export type CallPath = EventType | "batch" | "any";

/** Reads a single call or a batch. @param bytes size of the body, which a batch is bounded by */
export function readCall(body: Json, path: CallPath, bytes: number): Result<Call, "bad_request" | "batch_too_large"> {
  if (!isJsonObject(body)) return fail("bad_request");
  const sentAt = instantOf(ownProperty(body, "sentAt"));
  const batch = ownProperty(body, "batch");
  const isOne = path === "any" ? batch === undefined : path !== "batch";
  if (isOne)
    return ok({ events: [body], type: path === "any" || path === "batch" ? undefined : path, sentAt, context: undefined });
  if (!isJsonArray(batch)) return fail("bad_request");
  if (batch.length > MOST_BATCH_EVENTS || bytes > MOST_BATCH_BYTES) return fail("batch_too_large");
  const context = ownProperty(body, "context") ?? undefined;
  if (context !== undefined && !isJsonObject(context)) return fail("bad_request");
  const reset = ownProperty(body, "reset") === true;
  return ok({ events: batch, type: undefined, sentAt, context, ...(reset ? { reset } : {}) });
}

/** A call's events, looked at and not yet given to anybody. */
interface Checked {
  readonly accepted: readonly Placed[];
  readonly rejected: readonly RejectedEvent[];
  /** Places among the rejected that consent forbids to keep. */
  readonly unkept: ReadonlySet<number>;
  /** Places of those that consent forbids. */
  readonly refused: readonly number[];
  /** Places of those that the plan lets go. */
  readonly dropped: readonly number[];
  /** How many of the accepted are not as planned. */
  readonly violating: number;
  /** True where storage was explicitly refused. */
  readonly forbidsStorage: boolean;
  readonly withdrawn: readonly { readonly from: HashedIdentifier; readonly consent: Consent }[];
}

/** Checks each event and gates it by consent; nothing is written. */
export async function check(env: Env, sender: Sender, call: Call, receivedAt: number): Promise<Checked> {
  const { workspace, source } = sender;
  const nameOf = (identifier: Identifier): ProfileId => profileName(env.NAME_KEY, workspace.id, identifier);
  const found = planOf(env, workspace);
  const plan = found instanceof Promise ? await found : found;
  const reader = plan === undefined ? undefined : planReader(workspace, nameOf);
  const settings: CallSettings = {
    workspace: workspace.id,
    timeZone: workspace.timeZone,
    gvlId: workspace.gvlId,
    source,
    receivedAt,
    sentAt: call.sentAt,
    context: call.context,
    nameOf,
    priority: workspace.identifiers?.priority,
    gpp: await gppReaderFor(statementsOf(call)),
    cookie: sender.cookie,
    user: sender.user,
    edge: sender.edge ?? {},
    ids: call.ids,
  };
  const accepted: Placed[] = [];
  const rejected: RejectedEvent[] = [];
  const unkept = new Set<number>();
  const refused: number[] = [];
  const dropped: number[] = [];
  let violating = 0;
  const withdrawn: { readonly from: HashedIdentifier; readonly consent: Consent }[] = [];
  let forbidsStorage = false;
  for (const [index, json] of call.events.entries()) {
    const { event: planned, verdict } =
      plan === undefined || reader === undefined ? { event: json, verdict: undefined } : judged(plan, json, call, reader);
    const event = normalise(planned, call.type, settings, json);
    if (!event.ok) {
      rejected.push({ index, messageId: messageIdOf(json), code: event.error });
      if (event.error !== "bad_consent" && !mayWrite(consentOf(json, settings) ?? {}, source.consent)) unkept.add(index);
    } else if (!mayWrite(event.value.consent ?? {}, source.consent)) {
      refused.push(index);
      const { origin, consent } = event.value;
      forbidsStorage ||= consent?.storage === false;
      if (consent !== undefined && forbidsProfile(consent)) withdrawn.push({ from: origin, consent });
    } else if (verdict?.handling === "drop") {
      dropped.push(index);
    } else if (verdict?.handling === "quarantine") {
      const { code, detail } = verdict;
      rejected.push({ index, messageId: messageIdOf(json), code, ...(detail === undefined ? {} : { detail }) });
    } else {
      if (verdict !== undefined) violating++;
      accepted.push({ place: index, event: event.value });
    }
  }
  return { accepted, rejected, unkept, refused, dropped, violating, forbidsStorage, withdrawn };
}

/** An event of a call as the plan has it, with what the batch says of its context: that is looked through, too. */
function judged(
  plan: Plan,
  json: Json,
  { type, context }: Call,
  reader: PlanReader,
): Pick<Judged, "verdict"> & { readonly event: Json } {
  if (!isJsonObject(json)) return { event: json };
  const own = ownProperty(json, "context");
  if (context === undefined || (own !== undefined && own !== null && !isJsonObject(own))) return plan.judge(json, type, reader);
  return plan.judge({ ...json, context: { ...context, ...own } }, type, reader);
}

/** What became of a call's events, before anything but the accepted is kept or counted. */
export interface Taken {
  readonly accepted: number;
  /** Those that were given to their profiles: the accepted, and those turned away there. */
  readonly given: readonly Placed[];
  /** Of the accepted, how many were there already. */
  readonly duplicates: number;
  readonly rejected: readonly RejectedEvent[];
  /** Places among the rejected that consent forbids to keep. */
  readonly unkept: ReadonlySet<number>;
  /** Places of those that consent forbids. */
  readonly refused: readonly number[];
  /** Places of those that the plan lets go. */
  readonly dropped: readonly number[];
  readonly violating: number;
  readonly reached: Reached | undefined;
  readonly forbidsStorage: boolean;
}

/**
 * Takes a call's events: each is checked, gated by consent and given to its profile; what is wrong with one goes to
 * quarantine and holds back no other. When it returns, what was accepted and what was rejected are both durable.
 * @throws when a store could not be reached: answer 5xx, the client sends again
 */
export async function collect(
  env: Env,
  ctx: ExecutionContext,
  sender: Sender,
  call: Call,
  receivedAt: number,
): Promise<Collected> {
  const { workspace, source } = sender;
  const taken = await take(env, sender, call, receivedAt);
  const { accepted, duplicates, rejected, unkept, refused, dropped, reached, forbidsStorage } = taken;
  await quarantine(
    env,
    sender,
    call,
    receivedAt,
    rejected.filter(({ index }) => !unkept.has(index)),
  );
  const forbidden = refused.length + unkept.size;
  if (forbidden > 0) ctx.waitUntil(countRefused(env, workspace, source.key, receivedAt, forbidden));
  count(workspace.id, "events.ingested", accepted - duplicates, receivedAt);
  count(workspace.id, `events.of.${source.key}`, accepted - duplicates, receivedAt);
  count(workspace.id, "events.duplicate", duplicates, receivedAt);
  count(workspace.id, "events.rejected", rejected.length, receivedAt);
  count(workspace.id, "events.refused", refused.length, receivedAt);
  count(workspace.id, "events.dropped", dropped.length, receivedAt);
  count(workspace.id, "events.violating", taken.violating, receivedAt);
  if (isWatched(workspace, receivedAt)) ctx.waitUntil(showLive(env, sender, call, taken, receivedAt));
  return { reply: reply(accepted, refused.length, dropped.length, rejected), reached, forbidsStorage };
}

/**
 * Checks a call's events, gates them by consent and gives them to their profiles. What is accepted is durable when it
 * returns, and so is a no; what is not accepted is the caller's.
 * @throws when a store could not be reached
 */
export async function take(env: Env, sender: Sender, call: Call, receivedAt: number): Promise<Taken> {
  const { workspace } = sender;
  const { accepted, withdrawn, ...checked } = await check(env, sender, call, receivedAt);
  const [{ conflicts, floods, duplicates, reached }] = await Promise.all([
    deliver(env, sender, receivedAt, groupByObject(accepted, sender.source.key, workspace.identifiers)),
    Promise.all(withdrawn.map(({ from, consent }) => keepConsent(env, workspace, from.hash, consent))),
  ]);
  const turnedAway = (places: readonly number[], code: RejectedEvent["code"]): RejectedEvent[] =>
    places.map((index) => ({ index, messageId: messageIdOf(call.events[index] ?? null), code }));
  const notTaken = [...turnedAway(conflicts, "conflicting_duplicate"), ...turnedAway(floods, "flood")];
  const last = accepted.at(-1)?.event.origin.hash;
  return {
    accepted: accepted.length - conflicts.length - floods.length,
    given: accepted,
    duplicates,
    rejected: [...checked.rejected, ...notTaken],
    unkept: checked.unkept,
    refused: checked.refused,
    dropped: checked.dropped,
    violating: checked.violating,
    reached: last === undefined ? undefined : reached.get(last),
    forbidsStorage: checked.forbidsStorage,
  };
}

function reply(accepted: number, refused: number, dropped: number, errors: readonly RejectedEvent[]): CollectReply {
  if (refused === 0 && dropped === 0 && errors.length === 0) return { success: true };
  return {
    success: true,
    accepted,
    ...(refused > 0 ? { refused } : {}),
    ...(dropped > 0 ? { dropped } : {}),
    ...(errors.length > 0 ? { rejected: errors.length, errors: errors.toSorted((one, other) => one.index - other.index) } : {}),
  };
}

async function quarantine(
  env: Env,
  { workspace, source, edge, cookie, user }: Sender,
  call: Call,
  at: number,
  rejected: readonly RejectedEvent[],
): Promise<void> {
  if (rejected.length === 0) return;
  const mask = await maskOf(env, workspace);
  const context = call.context === undefined ? undefined : (mask(withoutAddress(call.context)) as JsonObject);
  const kept = keptCall({ type: call.type, sentAt: call.sentAt, context, edge, cookie, user }, rejected.length);
  const items = rejected.map(({ index, messageId, code, detail }) => ({
    source: source.key,
    messageId,
    code,
    at,
    payload: JSON.stringify(keptEvent(call.events[index] ?? null, mask)),
    call: kept,
    detail: detail ?? null,
  }));
  await keepRejected(env, workspace, items);
}

/** The consent statements of a call, wherever they stand. */
function statementsOf(call: Call): readonly (Json | undefined)[] {
  const contexts = [
    call.context,
    ...call.events.map((event) => (isJsonObject(event) ? ownProperty(event, "context") : undefined)),
  ];
  return contexts.map((context) => (isJsonObject(context) ? ownProperty(context, "consent") : undefined));
}

function messageIdOf(json: Json): string | null {
  const id = isJsonObject(json) ? ownProperty(json, "messageId") : undefined;
  return typeof id === "string" ? id.slice(0, 255) : null;
}

function instantOf(value: Json | undefined): number | undefined {
  return typeof value === "string" ? parseTimestamp(value) : undefined;
}

import { createHash, randomUUID } from "node:crypto";
import type { Consent } from "../../core/model/consent.ts";
import { isSilent } from "../../core/consent/consent.ts";
import { readConsent, type GppReader } from "../../core/consent/read.ts";
import type { JournalEvent } from "../../core/model/envelope.ts";
import { isNobodys } from "../../core/identity/blocked.ts";
import { saidHousehold } from "../../core/identity/household.ts";
import { furtherIdentifiers } from "../../core/identity/identifiers.ts";
import { eventName, pageProperties, RESERVED_NAMES, type EventType } from "../../core/model/event.ts";
import type { Edge } from "../../core/model/edge.ts";
import {
  BROWSER_COOKIE,
  KNOWN_COOKIE,
  isIdentifierValue,
  PERSON_COOKIE,
  type HashedIdentifier,
  type Identifier,
  type ProfileId,
} from "../../core/model/ids.ts";
import { canonicalJson, isJsonObject, ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import type { ProvenUser } from "../auth/user-token.ts";
import type { SourceRecord } from "../cold/records.ts";
import { eventTime } from "./clock.ts";
import { edgeOfEvent, withoutAddress, withoutAddressIn } from "./edge/edge.ts";
import type { TlId } from "./tl-id.ts";

/** Why one event is not taken: it goes to quarantine under this code, its neighbours go on. */
export type EventFault =
  | "not_an_object"
  | "bad_type"
  | "wrong_type"
  | "missing_event"
  | "reserved_name"
  | "missing_identity"
  | "bad_identifier"
  | "bad_timestamp"
  | "bad_consent"
  | "event_too_large";

/** Bytes of one event, as the Segment HTTP API documents it. */
export const MOST_EVENT_BYTES = 32_768;
/** Longest name of an event, page or screen. */
const LONGEST_NAME = 200;

/** What is the same for all events of a call. */
export interface CallSettings {
  readonly workspace: string;
  readonly timeZone: string;
  readonly gvlId: number | undefined;
  readonly source: SourceRecord;
  readonly receivedAt: number;
  readonly sentAt: number | undefined;
  /** Batch-level `context`; an item's own members stand before it. */
  readonly context: JsonObject | undefined;
  readonly nameOf: (identifier: Identifier) => ProfileId;
  /** Types of identifiers, the strongest first, where the workspace says it. */
  readonly priority?: readonly string[] | undefined;
  readonly gpp: GppReader;
  /** What the browser's cookie says. */
  readonly cookie: TlId | undefined;
  /** Whom the call's user token proves. */
  readonly user: ProvenUser | undefined;
  /** What the call itself tells of where it came from. */
  readonly edge: Edge;
  /** Ids of events that bear none and are known under one already: those that come again from the quarantine. */
  readonly ids?: ReadonlyMap<Json, string> | undefined;
}

/** An event ready for the journal. */
export interface Normalised {
  /** JSON text of the `JournalEvent`. */
  readonly text: string;
  readonly messageId: string;
  readonly type: EventType;
  /** The identifier whose profile it belongs to. */
  readonly origin: HashedIdentifier;
  /** The other identifiers that the same call bore. */
  readonly others: readonly HashedIdentifier[];
  /** What the event said about consent; undefined where it said nothing. */
  readonly consent: Consent | undefined;
}

const TYPES: ReadonlySet<string> = new Set<EventType>(["track", "identify", "page", "screen", "group", "alias"]);

/**
 * One event of a call, checked field by field and brought into the journal's form.
 * @param type the call's type where the path says it; an item of a batch says its own
 * @param asCame the event as the client sent it, where a plan has changed it since: the id of one that bears none is that one's
 */
export function normalise(
  json: Json,
  type: EventType | undefined,
  call: CallSettings,
  asCame = json,
): Result<Normalised, EventFault> {
  if (!isJsonObject(json)) return fail("not_an_object");
  const kind = type ?? eventType(ownProperty(json, "type"));
  if (kind === undefined) return fail("bad_type");
  const fields = readFields(json, kind, call);
  if (!fields.ok) return fields;
  const { timestamp, name, context, properties, groupId } = fields.value;
  const said = readConsent(context === undefined ? undefined : ownProperty(context, "consent"), call.gvlId, call.gpp);
  if (!said.ok) return said;
  const time = eventTime(timestamp, { ...call, kind: call.source.kind });
  if (time === undefined) return fail("bad_timestamp");
  const { identifiers, claims } = identify(fields.value, kind, call);
  const [origin, ...others] = identifiers;
  if (origin === undefined) return fail("missing_identity");
  const messageId = fields.value.messageId ?? call.ids?.get(asCame) ?? contentId(asCame, timestamp, call.source.key);
  const edge = edgeOfEvent(call.edge, context, properties);
  const event: JournalEvent = {
    messageId,
    source: call.source.key,
    channel: call.source.channel,
    party: call.source.party,
    type: kind,
    name,
    time,
    receivedAt: call.receivedAt,
    ...(timestamp === undefined ? {} : { timestamp }),
    origin,
    ...(others.length === 0 ? {} : { with: others }),
    ...(claims.length === 0 ? {} : { claims }),
    properties,
    ...(context === undefined ? {} : { context }),
    ...(groupId === undefined ? {} : { groupId }),
    ...householdOf(kind, fields.value, call),
    ...(edge === undefined ? {} : { edge }),
  };
  const text = JSON.stringify(event);
  if (isOver(text, MOST_EVENT_BYTES)) return fail("event_too_large");
  return ok({ text, messageId, type: kind, origin, others, consent: isSilent(said.value) ? undefined : said.value });
}

/** What an event says of consent, be whatever else of it wrong; undefined where that cannot be read. */
export function consentOf(json: Json, call: Pick<CallSettings, "context" | "gvlId" | "gpp">): Consent | undefined {
  const item = isJsonObject(json) ? ownProperty(json, "context") : undefined;
  const context = contextOf(call.context, isJsonObject(item) ? item : undefined);
  const said = readConsent(context === undefined ? undefined : ownProperty(context, "consent"), call.gvlId, call.gpp);
  return said.ok ? said.value : undefined;
}

interface Fields {
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
  /** Of an alias: what the user was called before. */
  readonly previousId: string | undefined;
  readonly messageId: string | undefined;
  readonly timestamp: string | undefined;
  readonly groupId: string | undefined;
  readonly name: string;
  readonly context: JsonObject | undefined;
  readonly properties: JsonObject;
}

function readFields(json: JsonObject, type: EventType, call: CallSettings): Result<Fields, EventFault> {
  const texts = ["timestamp", "originalTimestamp", "event", "name", "category"].map((field) => present(json, field));
  const objects = ["context", "properties", "traits", "integrations"].map((field) => present(json, field));
  if (!texts.every(isTextOrAbsent) || !objects.every(isObjectOrAbsent)) return fail("wrong_type");
  const ids = ["userId", "anonymousId", "messageId", "groupId", "previousId"].map((field) => present(json, field));
  if (!ids.every((id) => id === undefined || typeof id === "string")) return fail("wrong_type");
  if (!ids.every((id) => id === undefined || id === "" || isIdentifierValue(id))) return fail("bad_identifier");
  const [timestamp, originalTimestamp, event, title, category] = texts;
  const [context, properties, traits] = objects;
  const [userId, anonymousId, messageId, groupId, previousId] = ids.map((id) => (id === "" ? undefined : id));
  const bearsTraits = type === "identify" || type === "group";
  if (type === "track" && (event === undefined || event === "")) return fail("missing_event");
  if (type === "track" && event !== undefined && RESERVED_NAMES.has(event)) return fail("reserved_name");
  if ((event?.length ?? 0) > LONGEST_NAME || (title?.length ?? 0) > LONGEST_NAME) return fail("wrong_type");
  return ok({
    userId,
    anonymousId,
    previousId: type === "alias" ? previousId : undefined,
    messageId,
    groupId,
    timestamp: timestamp ?? originalTimestamp,
    name: eventName(type, event ?? ""),
    context: contextOf(call.context, context),
    properties: bearsTraits ? (traits ?? {}) : pageProperties(properties ?? {}, title, category),
  });
}

/** What the batch says of its context holds for an item that does not say otherwise; an address is not kept whole. */
function contextOf(batch: JsonObject | undefined, item: JsonObject | undefined): JsonObject | undefined {
  const context = batch === undefined ? item : { ...batch, ...item };
  return context === undefined ? undefined : withoutAddress(context);
}

/** A field that says something: null is how many clients write "none". */
function present(json: JsonObject, field: string): Json | undefined {
  return ownProperty(json, field) ?? undefined;
}

function isTextOrAbsent(value: Json | undefined): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function isObjectOrAbsent(value: Json | undefined): value is JsonObject | undefined {
  return value === undefined || isJsonObject(value);
}

function eventType(value: Json | undefined): EventType | undefined {
  return typeof value === "string" && TYPES.has(value) ? (value as EventType) : undefined;
}

/**
 * Who an event is about, each identifier once; it belongs to the profile of the first: the user, else the anonymous id, else
 * the cookie's. A server may name a person by what it has, a card or an e-mail. Whom a user token proves is the user of an event that
 * names none. What a device of a source whose users are signed says of its user is a claim (http.md, "Keys") unless the token
 * proves it: kept, and it leads nowhere. That holds of each e-mail and card apart, since two people are brought together by one.
 */
function identify(fields: Fields, type: EventType, call: CallSettings): Identified {
  const { userId, anonymousId, previousId, properties, context } = fields;
  const { identify: mode, kind } = call.source;
  const name = ({ type: of, value }: Identifier): HashedIdentifier => ({ type: of, hash: call.nameOf({ type: of, value }) });
  const named = (of: string, value: string | undefined): readonly HashedIdentifier[] =>
    value === undefined || isNobodys({ type: of, value }) ? [] : [name({ type: of, value })];
  const said = named("userId", userId);
  const user = said.length === 0 && call.user !== undefined ? [call.user.user] : said;
  const further = furtherIdentifiers(type, properties, context, call.priority).map(name);
  // Two users are one where a server says so; to a device the former id is its own.
  const before = [...(kind === "server" ? named("userId", previousId) : []), ...named("anonymousId", previousId)];
  const anonymous = [...named("anonymousId", anonymousId), ...before];
  const isClaim = kind !== "server" && mode === "signed";
  if (isClaim && (call.user === undefined || user[0]?.hash !== call.user.user.hash))
    return { identifiers: eachOnce([...anonymous, ...cookieIdentifier(call.cookie, false)]), claims: [...said, ...further] };
  const own = [...user, ...anonymous, ...cookieIdentifier(call.cookie, user.length > 0)];
  if (isClaim) {
    const vouched = further.filter((one) => isVouched(one, call.user));
    return { identifiers: eachOnce([...own, ...vouched]), claims: further.filter((one) => !isVouched(one, call.user)) };
  }
  return { identifiers: own.length === 0 && kind !== "server" ? [] : eachOnce([...own, ...further]), claims: [] };
}

/**
 * What a call says of a household counts where a server says it: it is said of others too, who live there, and a device cannot know who
 * that is.
 */
function householdOf(type: EventType, { properties, groupId }: Fields, call: CallSettings): Pick<JournalEvent, "household"> {
  if (call.source.kind !== "server") return {};
  const said = saidHousehold(type, properties, groupId);
  return said === undefined ? {} : { household: said === null ? null : call.nameOf(said) };
}

function isVouched({ hash }: HashedIdentifier, proven: ProvenUser | undefined): boolean {
  return proven?.vouched.some((one) => one.hash === hash) === true;
}

interface Identified {
  readonly identifiers: readonly HashedIdentifier[];
  readonly claims: readonly HashedIdentifier[];
}

function eachOnce(identifiers: readonly HashedIdentifier[]): readonly HashedIdentifier[] {
  return identifiers.filter(({ hash }, place) => identifiers.findIndex((other) => other.hash === hash) === place);
}

const COOKIE_TYPES = { anonymous: BROWSER_COOKIE, known: KNOWN_COOKIE, person: PERSON_COOKIE } as const;

/** A cookie that names a person says nothing of another who signs in: the browser has changed hands. */
function cookieIdentifier(cookie: TlId | undefined, hasUser: boolean): readonly HashedIdentifier[] {
  if (cookie === undefined || (hasUser && cookie.kind === "person")) return [];
  return [{ type: COOKIE_TYPES[cookie.kind], hash: cookie.profileId }];
}

/**
 * An id for an event that bears none: a hash of its content with its timestamp, so that a repeated call is known again.
 * Without a timestamp two equal calls may be two events: each counts, and a retry may double (docs/collect.md).
 */
export function contentId(json: Json, timestamp: string | undefined, source: string): string {
  if (timestamp === undefined) return `r-${randomUUID()}`;
  const { sentAt: _, writeKey: __, userToken: ___, ...content } = isJsonObject(json) ? json : {};
  // Without the address: in quarantine the event is kept without, and is to be the same one.
  return `h-${createHash("sha256")
    .update(`${source} ${canonicalJson(withoutAddressIn(content))}`)
    .digest("base64url")}`;
}

/** UTF-8 bytes over a limit; counted only where the number of code units leaves it open. */
function isOver(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return false;
  return text.length > limit || Buffer.byteLength(text) > limit;
}

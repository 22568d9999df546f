import type { JsonObject } from "./json.ts";

/** A `fact` is ours: that an identifier came onto a list, a score was computed, a household told something, an ad was seen. */
export type EventType = "track" | "identify" | "page" | "screen" | "group" | "alias" | "fact";
export type Channel = "web" | "app" | "store" | "email" | "crm" | "partner";
export type Party = "first" | "second" | "third";

export const CHANNELS: ReadonlySet<string> = new Set<Channel>(["web", "app", "store", "email", "crm", "partner"]);
export const PARTIES: ReadonlySet<string> = new Set<Party>(["first", "second", "third"]);

/** An accepted event as rules see it. */
export interface LogEvent {
  /** As rules name it, see `eventName`. */
  readonly name: string;
  readonly type: EventType;
  /** ms since 1970, after clock correction; never later than its receipt. */
  readonly time: number;
  readonly messageId: string;
  /** Key of the source. */
  readonly source: string;
  readonly channel: Channel;
  readonly party: Party;
  /** Of identify and group: their traits. */
  readonly properties: JsonObject;
}

/** Names that a `track` call may not bear (rules.md, "What a rule sees"): calls of other types, and facts of our own. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "$page",
  "$screen",
  "$identify",
  "$group",
  "$alias",
  "$impression",
  "$click",
  "$conversion",
  "$list",
  "$computed",
  "$household",
]);

/** The name by which rules know an event: a track call's and a fact's own, else that of its type. */
export function eventName(type: EventType, ownName: string): string {
  return type === "track" || type === "fact" ? ownName : `$${type}`;
}

/** A page's `name` and `category` stand beside its properties in the call; rules read properties only, so they stand there too. */
export function pageProperties(properties: JsonObject, name: string | undefined, category: string | undefined): JsonObject {
  if (name === undefined && category === undefined) return properties;
  return { ...(name === undefined ? {} : { name }), ...(category === undefined ? {} : { category }), ...properties };
}

/** The path under which computed traits are read (rules.md, "Other conditions"): an identify cannot write there. */
export const COMPUTED = "computed";

/**
 * The facts that say how things stand from then on, like traits, so they outlast the retention of events:
 * `$computed` `{NAME: VALUE, ...}`, null for none;
 * `$list` `{list: KEY, identifier: HASH, on: BOOLEAN}`;
 * `$household` `{household: ID, answers: {QUESTION: true | false | "unknown"}}`, or `{household: null}` for having left.
 */
export const STANDING_FACTS = { computed: "$computed", list: "$list", household: "$household" } as const;

/** True of the events that `"event":"*"` means. */
export function isAnyCall(event: LogEvent): boolean {
  return event.type === "track" || event.type === "page" || event.type === "screen";
}

/** Order of the log: time, then messageId, then source, texts by UTF-16 code units. Negative where `a` comes first. */
export function compareLogOrder(a: LogEvent, b: LogEvent): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.messageId !== b.messageId) return a.messageId < b.messageId ? -1 : 1;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return 0;
}

import type { Json, JsonObject } from "../../core/model/json.ts";

/** An event with something wrong with it. Who it is about is added by whoever sends it. */
export interface BadEvent {
  readonly what: string;
  readonly type: "track" | "identify" | "page" | "screen" | "group" | "alias";
  /** Members beside `type`, `messageId` and `userId`, or instead of them. */
  readonly said: JsonObject;
  /** Why it is rejected. */
  readonly code: string;
  /** JSON merge patch after which it is right. */
  readonly patch: JsonObject;
  /** The event it then is, where the patch does not say so by itself. */
  readonly userIdFromPatch?: true;
  /** True where a path that says the type takes it. */
  readonly batchOnly?: true;
  /** Its query in a pixel's URL, where that can say such a thing. */
  readonly pixel?: Readonly<Record<string, string>>;
}

const TIME = "2026-03-01T12:00:00.000Z";
const ok = { event: "Order Completed", timestamp: TIME, properties: { value: 12.5, currency: "EUR" } };
const track = (what: string, code: string, said: JsonObject, patch: JsonObject, more: Partial<BadEvent> = {}): BadEvent => ({
  what,
  type: "track",
  said: { ...ok, ...said },
  code,
  patch,
  ...more,
});
const of = (
  type: BadEvent["type"],
  what: string,
  code: string,
  said: JsonObject,
  patch: JsonObject,
  more: Partial<BadEvent> = {},
): BadEvent => ({ what, type, said: { timestamp: TIME, ...said }, code, patch, ...more });

const name = { event: "Order Completed" };
const long = "x".repeat(256);
const time = { timestamp: TIME };
const huge = "x".repeat(33_000);
const properties: { properties: JsonObject } = { properties: { value: 12.5 } };
const badTimes: readonly (readonly [string, string])[] = [
  ["words", "yesterday"],
  ["a month that is none", "2026-13-01T00:00:00Z"],
  ["a day that is none", "2026-02-30"],
  ["no zone", "2026-03-01T12:00:00"],
  ["seconds since 1970 as a text", "1772366400"],
  ["an empty text", ""],
  ["an hour that is none", "2026-03-01T25:00:00Z"],
  ["another order of its parts", "01/03/2026"],
  ["a space for the T", "2026-03-01 12:00:00Z"],
];
const reserved = [
  "$page",
  "$screen",
  "$identify",
  "$group",
  "$alias",
  "$impression",
  "$click",
  "$list",
  "$computed",
  "$household",
];
const consent = (said: Json): JsonObject => ({ context: { consent: said } });
const yes = {
  context: { consent: { purposes: { storage: true, profiling: true }, gpc: false, tcf: null, gpp: null, gppSid: null } },
};

export const BAD_EVENTS: readonly BadEvent[] = [
  track("an event that is a number", "wrong_type", { event: 7 }, name),
  track("an event that is a list", "wrong_type", { event: ["Order Completed"] }, name),
  track("an event that is an object", "wrong_type", { event: { name: "Order Completed" } }, name),
  track("an event that is a boolean", "wrong_type", { event: true }, name),
  track("an empty event", "missing_event", { event: "" }, name, { pixel: { event: "" } }),
  track("no event", "missing_event", { event: null }, name),
  track("a name of 201 letters", "wrong_type", { event: "x".repeat(201) }, name, { pixel: { event: "x".repeat(201) } }),
  ...reserved.map((event) => track(`our own name ${event}`, "reserved_name", { event }, name, { pixel: { event } })),
  track("properties that are a list", "wrong_type", { properties: [1] }, properties),
  track("properties that are a text", "wrong_type", { properties: "value=12.5" }, properties),
  track("properties that are a number", "wrong_type", { properties: 0 }, properties),
  track("a context that is a text", "wrong_type", { context: "web" }, { context: { app: "shop" } }),
  track("a context that is a list", "wrong_type", { context: [] }, { context: { app: "shop" } }),
  track("integrations that are a list", "wrong_type", { integrations: [] }, { integrations: null }),
  track("traits that are a text", "wrong_type", { traits: "vip" }, { traits: null }),
  track("a name that is a number", "wrong_type", { name: 5 }, { name: null }),
  track("a category that is an object", "wrong_type", { category: {} }, { category: null }),
  track("a timestamp that is a number", "wrong_type", { timestamp: 1_772_366_400 }, time),
  track("a timestamp that is an object", "wrong_type", { timestamp: {} }, time),
  track("an originalTimestamp that is a number", "wrong_type", { originalTimestamp: 5 }, { originalTimestamp: null }),
  ...badTimes.map(([what, timestamp]) =>
    track(`a timestamp: ${what}`, "bad_timestamp", { timestamp }, time, { pixel: { event: "Order Completed", timestamp } }),
  ),
  track("a user id that is a number", "wrong_type", { userId: 5 }, {}, { userIdFromPatch: true }),
  track("a user id that is an object", "wrong_type", { userId: { id: "u" } }, {}, { userIdFromPatch: true }),
  track("a user id that is a list", "wrong_type", { userId: [] }, {}, { userIdFromPatch: true }),
  track(
    "a user id of blanks",
    "bad_identifier",
    { userId: "   " },
    {},
    {
      userIdFromPatch: true,
      pixel: { event: "Order Completed", userId: "   " },
    },
  ),
  track(
    "a user id of 256 letters",
    "bad_identifier",
    { userId: long },
    {},
    {
      userIdFromPatch: true,
      pixel: { event: "Order Completed", userId: long },
    },
  ),
  track("nobody", "missing_identity", { userId: null }, {}, { userIdFromPatch: true }),
  track(
    "an empty user id",
    "missing_identity",
    { userId: "" },
    {},
    {
      userIdFromPatch: true,
      pixel: { event: "Order Completed", userId: "" },
    },
  ),
  track("an anonymous id that is a number", "wrong_type", { anonymousId: 5 }, { anonymousId: null }),
  track("an anonymous id of 256 letters", "bad_identifier", { anonymousId: long }, { anonymousId: null }),
  track("an anonymous id of blanks", "bad_identifier", { anonymousId: "\t" }, { anonymousId: null }),
  track("a group id that is a boolean", "wrong_type", { groupId: false }, { groupId: null }),
  track("a previous id of blanks", "bad_identifier", { previousId: " " }, { previousId: null }),
  track("consent that is a text", "bad_consent", consent("yes"), yes),
  track("consent that is a list", "bad_consent", consent([]), yes),
  track("purposes that are a list", "bad_consent", consent({ purposes: ["storage"] }), {
    context: { consent: { purposes: { storage: true, profiling: true } } },
  }),
  track("a purpose that is a text", "bad_consent", consent({ purposes: { storage: "yes" } }), {
    context: { consent: { purposes: { storage: true } } },
  }),
  track("more than 32 KB", "event_too_large", { properties: { value: 12.5, note: huge } }, { properties: { note: null } }),
  track("more than 32 KB of context", "event_too_large", { context: { note: huge } }, { context: null }),
  of("identify", "traits that are a list", "wrong_type", { traits: [] }, { traits: { city: "Lyon" } }),
  of("identify", "traits that are a text", "wrong_type", { traits: "Lyon" }, { traits: { city: "Lyon" } }),
  of("identify", "too many traits", "event_too_large", { traits: { city: "Lyon", note: huge } }, { traits: { note: null } }),
  of("page", "a title of 201 letters", "wrong_type", { name: "x".repeat(201) }, { name: "Home" }),
  of("page", "a name that is a list", "wrong_type", { name: [] }, { name: "Home" }),
  of("page", "a timestamp of words", "bad_timestamp", { timestamp: "now" }, time, { pixel: { timestamp: "now" } }),
  of("screen", "a name that is a number", "wrong_type", { name: 1 }, { name: "Cart" }),
  of("screen", "properties that are a list", "wrong_type", { properties: [] }, { properties: { step: 2 } }),
  of("group", "a group id of 256 letters", "bad_identifier", { groupId: long }, { groupId: "g1" }),
  of("group", "traits that are a number", "wrong_type", { groupId: "g1", traits: 4 }, { traits: { plan: "pro" } }),
  of("alias", "a previous id that is a number", "wrong_type", { previousId: 4 }, { previousId: "before" }),
  track("a type that is none", "bad_type", { type: "purchase" }, { type: "track" }, { batchOnly: true }),
  track("a type that is ours", "bad_type", { type: "fact" }, { type: "track" }, { batchOnly: true }),
  track("a type that is a number", "bad_type", { type: 1 }, { type: "track" }, { batchOnly: true }),
  track("no type", "bad_type", { type: null }, { type: "track" }, { batchOnly: true }),
];

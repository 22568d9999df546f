import { z } from "@hono/zod-openapi";
import { parseIdentity, parseProfileId, type ProfileId } from "../../core/model/ids.ts";
import { parseInstant } from "../../core/model/instant.ts";
import { GOLDEN_POLICIES } from "../../core/rules/golden-policy.ts";
import { fail, ok } from "../../core/model/result.ts";
import { identityName } from "../../durable-objects/profile/stub.ts";
import { cursorAt, PageByNumber } from "./paging.ts";
import { askPerson, workspaceOf } from "./person.ts";
import { route, type Refusal, type Route } from "./route.ts";
import { Key, orNull, Sentences, Time } from "./shapes.ts";

export const ProfileParams = z.strictObject({
  id: z
    .string()
    .transform((text, context): ProfileId => {
      const id = parseProfileId(text);
      if (id !== undefined) return id;
      context.addIssue({ code: "custom", message: "This is not the id of a profile." });
      return z.NEVER;
    })
    .openapi({ type: "string", description: "Of a profile, as decisions and lookups give it." }),
});

const IdentityBody = z.unknown().openapi("Identity", {
  type: "object",
  description: "One of `anonymousId`, `userId`, `email`, `emailSha256`, `profileId`, or `externalId` {`type`,`id`}.",
  example: { userId: "u1" },
});

export const Hashed = z.strictObject({ type: z.string(), hash: z.string() });

const GivenValue = z
  .strictObject({
    value: z.unknown(),
    source: z.string(),
    channel: z.string(),
    party: z.string(),
    time: Time,
  })
  .openapi("GivenValue");

const GoldenTrait = z
  .strictObject({
    policy: z.enum(GOLDEN_POLICIES),
    winner: orNull(GivenValue).openapi({ description: "Null where the trait was cleared." }),
    others: z.array(GivenValue).openapi({
      description:
        "The latest value of each source, but for the one that won: what they set and did not withdraw; newest first, 20 at most.",
    }),
  })
  .openapi("GoldenTrait");

const Profile = z
  .strictObject({
    profileId: z.string(),
    kind: z
      .string()
      .openapi({ description: "`person`, or `shared`: an identifier that too many people bear to be one person's." }),
    firstSeen: Time.nullable(),
    lastSeen: Time.nullable(),
    identifiers: z.array(Hashed).openapi({ description: "Keyed hashes: identifiers themselves are not kept." }),
    traits: z.record(z.string(), z.unknown()),
    golden: z.record(z.string(), GoldenTrait).openapi({
      description:
        "Of each trait that an identify sets, which value won by which policy of the workspace's `goldenRecord`, who gave it, and what the other sources say.",
    }),
    audiences: z.array(z.strictObject({ key: z.string(), name: z.string(), since: Time.nullable(), until: Time.nullable() })),
    consent: z.record(z.string(), z.unknown()),
    household: z
      .strictObject({ id: z.string(), since: Time.nullable() })
      .nullable()
      .openapi({ description: "The household that the person lives in, and since when it is fed." }),
  })
  .openapi("Profile");

const JournalEvents = z
  .strictObject({
    events: z.array(
      z.looseObject({
        messageId: z.string(),
        name: z.string(),
        type: z.string(),
        time: Time.nullable(),
        receivedAt: Time.nullable(),
        source: z.string(),
        properties: z.record(z.string(), z.unknown()),
      }),
    ),
    next: z.string().nullable(),
  })
  .openapi("JournalEvents");

/** What `ProfileObject.events` answers: its `next` is a place in the journal. */
interface EventPage {
  readonly events: z.input<typeof JournalEvents>["events"];
  readonly next: number | null;
}

const Explanation = z
  .looseObject({
    kind: z.string(),
    value: z.union([z.boolean(), z.literal("unknown")]),
    words: Sentences.openapi({ description: "A clause about people." }),
    nextChange: Time.nullable().openapi({ description: "When time alone would change the value; null for never." }),
  })
  .openapi("Explanation", {
    description: "A node of the tree, with what its kind has: what it asks, what it `saw`, its parts in `of` or `part`.",
  });

const TAG = "Profiles";

export const profileRoutes: readonly Route[] = [
  route({
    method: "post",
    path: "/api/profiles/lookup",
    scopes: ["profiles:read"],
    tag: TAG,
    summary: "Find a person's profile by an identity",
    description: "Somebody who was never seen is not there, and is not created.",
    body: IdentityBody,
    reply: z.strictObject({ profileId: z.string() }).openapi("ProfileRef"),
    reasons: ["bad_identity", "not_found"],
    async handle(call) {
      const identity = parseIdentity(call.body);
      if (!identity.ok) return fail({ reason: identity.error });
      const name = identityName(call.env.NAME_KEY, call.principal.workspace, identity.value);
      const found = await askPerson(call, name, "profile.lookup", (object, envelope) => object.resolve(envelope));
      return found.ok ? ok({ body: { profileId: found.value.profileId } }) : fail(refusalOf(found.error));
    },
  }),
  route({
    method: "get",
    path: "/api/profiles/{id}",
    scopes: ["profiles:read"],
    tag: TAG,
    summary: "Get a profile",
    params: ProfileParams,
    reply: Profile,
    reasons: ["not_found"],
    async handle(call) {
      const found = await askPerson(call, call.params.id, "profile.read", (object, envelope) => object.profile(envelope));
      if (!found.ok) return fail(refusalOf(found.error));
      const body: z.input<typeof Profile> = JSON.parse(found.value.text);
      return ok({ body });
    },
  }),
  route({
    method: "get",
    path: "/api/profiles/{id}/events",
    scopes: ["profiles:read"],
    tag: TAG,
    summary: "List a profile's events",
    description: "Newest first.",
    params: ProfileParams,
    query: PageByNumber,
    reply: JournalEvents,
    reasons: ["not_found"],
    async handle(call) {
      const { limit, cursor } = call.query;
      const page = { limit, ...(cursor === undefined ? {} : { before: cursor }) };
      const found = await askPerson(call, call.params.id, "profile.events", (object, envelope) =>
        object.events({ ...envelope, ...page }),
      );
      if (!found.ok) return fail(refusalOf(found.error));
      const { events, next }: EventPage = JSON.parse(found.value.text);
      return ok({ body: { events, next: next === null ? null : cursorAt(next) } });
    },
  }),
  route({
    method: "get",
    path: "/api/profiles/{id}/explain",
    scopes: ["profiles:read"],
    tag: TAG,
    summary: "Explain why a profile is in an audience, or not",
    description:
      "The rule as a tree, each node in words, with its value, what it saw, and when time alone would change it. `not_found` also where no live audience has the key.",
    params: ProfileParams,
    query: z.strictObject({
      audience: Key,
      at: z
        .string()
        .max(40)
        .optional()
        .openapi({ description: "An instant of the rule language; now where not given.", example: "2026-03-01T12:00:00.000Z" }),
    }),
    reply: Explanation,
    reasons: ["not_found", "at_before_horizon"],
    async handle(call) {
      const { audience, at: text } = call.query;
      const at = text === undefined ? undefined : parseInstant(text, (await workspaceOf(call)).timeZone);
      if (text !== undefined && at === undefined) {
        const fault = { parameter: "at", code: "bad_instant", message: "Give a date, or a time with its zone." };
        return fail({ reason: "bad_request", faults: [fault] });
      }
      const asked = { audience, ...(at === undefined ? {} : { at }) };
      const found = await askPerson(call, call.params.id, "profile.explain", (object, envelope) =>
        object.explain({ ...envelope, ...asked }),
      );
      if (!found.ok) return fail(refusalOf(found.error));
      const body: z.input<typeof Explanation> = JSON.parse(found.value.text);
      return ok({ body });
    },
  }),
];

export function refusalOf(error: "not_found" | { readonly code: string }): Refusal {
  if (error === "not_found") return { reason: "not_found" };
  switch (error.code) {
    case "unknown_audience":
      return { reason: "not_found" };
    case "at_before_horizon":
      return { reason: "at_before_horizon" };
    default:
      return { reason: "unavailable" };
  }
}

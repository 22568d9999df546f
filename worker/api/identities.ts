import { z } from "@hono/zod-openapi";
import { ENVELOPE_VERSION, type CallEnvelope, type LinkCause, type LinkItem } from "../../core/model/envelope.ts";
import { isCookie, parseProfileId, type HashedIdentifier, type ProfileId } from "../../core/model/ids.ts";
import { rankOf } from "../../core/model/rank.ts";
import { fail, ok } from "../../core/model/result.ts";
import { followed, profileStub } from "../../durable-objects/profile/stub.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { atOnce } from "../cold/at-once.ts";
import { reaching } from "../wire/unavailable.ts";
import { askPerson, workspaceOf } from "./person.ts";
import { Hashed, ProfileParams, refusalOf } from "./profiles.ts";
import { route, type Context, type Route } from "./route.ts";
import { iso, Time } from "./shapes.ts";

const Identity = z
  .strictObject({
    type: z.string(),
    hash: z.string(),
    state: z.enum(["own", "linked", "left", "shared", "apart"]).openapi({
      description:
        "`own` names the profile itself; `linked` leads to it; `left` leads to somebody else by now; `shared` is too many people's; `apart` is a profile of its own.",
    }),
    to: z
      .string()
      .nullable()
      .openapi({ description: "What a linked one leads to at first: the profile, or another of its identifiers." }),
    since: Time.nullable(),
    why: z
      .strictObject({ type: z.string(), source: z.string(), messageId: z.string() })
      .nullable()
      .openapi({ description: "The call that linked it." }),
  })
  .openapi("IdentityLink");

const Split = z.strictObject({
  profileId: z.string().openapi({ description: "Of the identifier, which is a profile of its own now." }),
  state: z
    .enum(["done", "pending"])
    .openapi({ description: "`pending`: its events follow, as soon as the cold path has taken what is under way." }),
});

const TAG = "Profiles";
/** Objects asked at once. */
const ASKED_AT_ONCE = 16;

/** What an object says of the link it is. */
interface LinkView {
  readonly shared?: true;
  /** Names of whom it was split from. */
  readonly apart?: readonly ProfileId[];
  readonly to?: ProfileId;
  readonly at?: number;
  readonly why?: LinkCause;
}

export const identityRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/profiles/{id}/identities",
    scopes: ["profiles:read"],
    tag: TAG,
    summary: "List the identifiers of a profile",
    description: "Each with when, and by which call, it came to lead there.",
    params: ProfileParams,
    reply: z.strictObject({ profileId: z.string(), identities: z.array(Identity) }),
    reasons: ["not_found"],
    async handle(call) {
      const found = await identifiersOf(call, call.params.id, "profile.identities");
      if (!found.ok) return fail(refusalOf(found.error));
      const { profileId, identifiers } = found.value;
      const workspace = await workspaceOf(call);
      const asked = await reaching("the profile", () =>
        atOnce(identifiers, ASKED_AT_ONCE, (one) => seen(call.env, workspace, profileId, one)),
      );
      const identities = asked.map((one) => {
        if (one.status === "rejected") throw one.reason;
        return one.value;
      });
      return ok({ body: { profileId, identities } });
    },
  }),
  route({
    method: "post",
    path: "/api/profiles/{id}/split",
    scopes: ["profiles:write"],
    tag: TAG,
    summary: "Split an identifier from a profile",
    description:
      "It is a profile of its own again, with the events that came by it and by what leads to it; no call links it to this profile again but, of a device, an `identify`, and `/link`. Sent again, it goes on where it was.",
    params: ProfileParams,
    body: z.strictObject({ identifier: Hashed }).openapi("SplitBody"),
    reply: Split,
    reasons: ["not_found", "not_linked"],
    async handle(call) {
      const { env, body } = call;
      const found = await identifiersOf(call, call.params.id, "profile.split");
      if (!found.ok) return fail(refusalOf(found.error));
      const { profileId, identifiers } = found.value;
      const wanted = parseProfileId(body.identifier.hash);
      const workspace = await workspaceOf(call);
      if (wanted === undefined || wanted === profileId) return fail({ reason: "not_linked" });
      return reaching("the profile", async () => {
        const root = await rootOf(env, workspace, wanted);
        const isLinked = root === profileId && identifiers.some(({ hash }) => hash === wanted);
        // A profile of its own: perhaps it was split from this one before, and knows that itself.
        if (!isLinked && root !== wanted) return fail({ reason: "not_linked" as const });
        const links = isLinked ? await linksOf(env, workspace, identifiers) : new Map<ProfileId, ProfileId>();
        const apart = [
          profileId,
          ...identifiers.filter((one) => rankOf(one) === 3 && one.hash !== wanted).map(({ hash }) => hash),
        ];
        const answer = await profileStub(env, workspace, wanted).part({
          ...envelopeOf(workspace, wanted),
          from: profileId,
          origins: ledTo(wanted, links),
          apart: [...new Set(apart)],
        });
        if (answer === "!not_linked") return fail({ reason: "not_linked" as const });
        return ok({ body: { profileId: wanted, state: answer === "done" ? ("done" as const) : ("pending" as const) } });
      });
    },
  }),
  route({
    method: "post",
    path: "/api/profiles/{id}/link",
    scopes: ["profiles:write"],
    tag: TAG,
    summary: "Link an identifier again that was split from a profile",
    description: "It leads there as if it had never been split off, and brings along what it has gathered since.",
    params: ProfileParams,
    body: z.strictObject({ identifier: Hashed }).openapi("LinkBody"),
    reply: z.strictObject({ profileId: z.string() }),
    reasons: ["not_found", "not_split", "identifier_limit"],
    async handle(call) {
      const { env, body } = call;
      const found = await identifiersOf(call, call.params.id, "profile.link");
      if (!found.ok) return fail(refusalOf(found.error));
      const { profileId, identifiers } = found.value;
      const wanted = parseProfileId(body.identifier.hash);
      const workspace = await workspaceOf(call);
      if (wanted === undefined || wanted === profileId) return fail({ reason: "not_split" });
      return reaching("the profile", async () => {
        const root = await rootOf(env, workspace, wanted);
        if (root === profileId) return ok({ body: { profileId } });
        if (root !== wanted || !(await wasSplitFrom(env, workspace, wanted, profileId)))
          return fail({ reason: "not_split" as const });
        const own = identifiers.find(({ hash }) => hash === profileId);
        const limits = workspace.identifiers?.limits;
        const item: LinkItem = {
          to: profileId,
          rank: own === undefined ? 3 : rankOf(own),
          type: body.identifier.type,
          identify: true,
          ...(limits === undefined ? {} : { limits }),
        };
        const object = profileStub(env, workspace, wanted);
        await object.ingest({ ...envelopeOf(workspace, wanted), receivedAt: call.now, items: [item] });
        if ((await rootOf(env, workspace, wanted)) !== profileId) return fail({ reason: "identifier_limit" as const });
        return ok({ body: { profileId } });
      });
    },
  }),
];

/** Whether it was split from that person, by whatever name he has now. */
async function wasSplitFrom(env: Env, workspace: WorkspaceRecord, name: ProfileId, profileId: ProfileId): Promise<boolean> {
  const { apart = [] } = (await linkOf(env, workspace, name)) ?? {};
  return (await Promise.all(apart.map((one) => rootOf(env, workspace, one)))).includes(profileId);
}

/** The person's profile and identifiers, each object once: a browser's cookie may name the same as its anonymous id. */
async function identifiersOf(call: Context, id: ProfileId, action: string) {
  const found = await askPerson(call, id, action, (object, envelope) => object.profile(envelope));
  if (!found.ok) return found;
  const { identifiers }: { readonly identifiers: readonly HashedIdentifier[] } = JSON.parse(found.value.text);
  const named = identifiers.filter(
    (one) => !isCookie(one) || !identifiers.some((other) => other !== one && other.hash === one.hash),
  );
  return ok({ profileId: found.value.profileId, identifiers: named });
}

async function seen(
  env: Env,
  workspace: WorkspaceRecord,
  profileId: ProfileId,
  { type, hash }: HashedIdentifier,
): Promise<z.input<typeof Identity>> {
  const link = await linkOf(env, workspace, hash);
  const none = { type, hash, to: null, since: null, why: null };
  if (hash === profileId) return { ...none, state: "own" };
  if (link?.shared === true) return { ...none, state: "shared" };
  if (link?.to === undefined) return { ...none, state: "apart" };
  const state = (await rootOf(env, workspace, hash)) === profileId ? "linked" : "left";
  return { type, hash, state, to: link.to, since: link.at === undefined ? null : iso(link.at), why: link.why ?? null };
}

async function linksOf(
  env: Env,
  workspace: WorkspaceRecord,
  identifiers: readonly HashedIdentifier[],
): Promise<ReadonlyMap<ProfileId, ProfileId>> {
  const links = new Map<ProfileId, ProfileId>();
  await atOnce(identifiers, ASKED_AT_ONCE, async ({ hash }) => {
    const to = (await linkOf(env, workspace, hash))?.to;
    if (to !== undefined) links.set(hash, to);
  });
  return links;
}

/** An identifier and all that lead to it, over however many. */
function ledTo(wanted: ProfileId, links: ReadonlyMap<ProfileId, ProfileId>): readonly ProfileId[] {
  const origins = new Set([wanted]);
  for (let before = 0; before < origins.size;) {
    before = origins.size;
    for (const [from, to] of links) if (origins.has(to)) origins.add(from);
  }
  return [...origins];
}

async function linkOf(env: Env, workspace: WorkspaceRecord, name: ProfileId): Promise<LinkView | undefined> {
  const text = await profileStub(env, workspace, name).link(envelopeOf(workspace, name));
  return text === "" ? undefined : (JSON.parse(text.slice(1)) as LinkView);
}

async function rootOf(env: Env, workspace: WorkspaceRecord, name: ProfileId): Promise<ProfileId> {
  let at = name;
  await followed(name, (of) => {
    at = of;
    return profileStub(env, workspace, of).resolve(envelopeOf(workspace, of));
  });
  return at;
}

function envelopeOf({ id, jurisdiction, ruleset, retentionMs }: WorkspaceRecord, name: ProfileId): CallEnvelope {
  return { v: ENVELOPE_VERSION, workspace: id, jurisdiction, name, ruleset, retentionMs };
}

import { deniedPurposes, forbidsProfile } from "../../core/consent/consent.ts";
import { SHOWN_FACTS } from "../../core/model/campaign.ts";
import type { Consent, Purpose } from "../../core/model/consent.ts";
import type { Membership } from "../../core/model/envelope.ts";
import type { LogEvent } from "../../core/model/event.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { Json } from "../../core/model/json.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { fillPlacements } from "../../durable-objects/profile/placements.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { rulesetOf, type LoadedRuleset } from "../../durable-objects/ruleset/load.ts";
import { countDecision } from "../cold/counters.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { decide, readyWorkspace, type DecisionFault } from "./decide.ts";

/**
 * What may be decided under a public key: placements and public audiences of whoever is in the browser. Nothing of it says more of a person
 * than that: somebody unknown and somebody who is in nothing look the same.
 */
export interface PublicRequest {
  /** Keys of the placements to be filled. */
  readonly placements: readonly string[];
  readonly consent: Consent;
  readonly requestId?: string;
  /** As of a `DecideRequest`. */
  readonly unreserved?: boolean;
  readonly minRuleset?: number;
  readonly timeoutMs?: number;
}

/** Who is in the browser. */
export interface Visitor {
  /** Whom the cookie names, or the user token proves; undefined for nobody. */
  readonly person: ProfileId | undefined;
  /** What the browser's token says of the person under a ruleset, which is asked for where it may serve. */
  readonly membership?: (ruleset: number) => Membership | undefined;
  /** The name that nobody is given with the reply, if any: what is shown falls to shares by it. */
  readonly newcomer?: ProfileId;
}

/** A placement, as a decision fills it (http.md, "Decide"). */
export interface PublicPlacement {
  readonly campaign?: string;
  readonly creative?: string;
  readonly content: Json;
  readonly reason: string;
  readonly holdout: boolean;
  readonly impressionUrl?: string;
  readonly clickUrl?: string;
}

export interface PublicDecision {
  readonly decisionId: string;
  /** ISO 8601 */
  readonly asOf: string;
  readonly ruleset: number;
  /** Keys of public audiences, sorted. */
  readonly audiences: readonly string[];
  readonly placements: Readonly<Record<string, PublicPlacement>>;
  readonly reason?: "NO_CONSENT" | "ERROR";
  /** ms: until when this stands as far as is known; null for ever. Not to be told: it is of all audiences, public or not. */
  readonly until: number | null;
  /** What the browser may be decided by for a while, where that was asked of its object. */
  readonly membership?: Membership;
  readonly hops: number;
}

/** A page waits for it, ms. */
const TIMEOUT_MS = 1_000;

/** Decides for whoever is in the browser: at its object, or here where the browser's token serves or there is nobody. */
export async function decidePublicly(
  env: Env,
  workspace: WorkspaceRecord,
  visitor: Visitor,
  request: PublicRequest,
  hint: DurableObjectLocationHint | undefined,
): Promise<Result<PublicDecision, DecisionFault>> {
  const { person } = visitor;
  if (person === undefined || forbidsProfile(request.consent)) return decideHere(env, workspace, visitor, request, undefined);
  const membership = await usableMembership(env, workspace, visitor, request);
  if (membership !== undefined) return decideHere(env, workspace, visitor, request, membership);
  const asked = { ...requestFor(person, request), membership: true as const };
  const decision = await decide(env, workspace, asked, hint);
  if (!decision.ok) return decision;
  const { known: _, profileId: __, validUntil, ...said }: Said = JSON.parse(decision.value.text);
  const loaded = await rulesetOf(env.PUBLISHED, workspace.id, said.ruleset, workspace.retentionMs);
  if (loaded === undefined) return fail("unavailable");
  return ok({
    ...said,
    audiences: publicOf(loaded, said.audiences),
    placements: said.placements ?? {},
    until: validUntil === null ? null : Date.parse(validUntil),
    hops: decision.value.hops,
  });
}

interface Said extends Omit<PublicDecision, "placements" | "until" | "hops"> {
  readonly known: boolean;
  readonly profileId?: string;
  readonly placements?: PublicDecision["placements"];
  readonly validUntil: string | null;
}

function requestFor(profileId: ProfileId, request: PublicRequest): Parameters<typeof decide>[2] {
  const { placements, consent, requestId = "", minRuleset = 0, timeoutMs = TIMEOUT_MS } = request;
  return {
    identity: { kind: "profile", profileId },
    consent,
    audiences: true,
    traits: false,
    explain: false,
    household: false,
    placements,
    trace: false,
    ...(request.unreserved === true ? { unreserved: true as const } : {}),
    requestId,
    minRuleset,
    timeoutMs,
    at: undefined,
  };
}

/**
 * The token serves where nothing must be counted, looked up or drawn: a cap, a decision that is asked again and a campaign that learns are
 * the object's.
 */
async function usableMembership(
  env: Env,
  { id, ruleset, retentionMs }: WorkspaceRecord,
  { membership }: Visitor,
  { placements, requestId = "", minRuleset = 0, unreserved = false }: PublicRequest,
): Promise<Membership | undefined> {
  if (membership === undefined || minRuleset > ruleset || (requestId !== "" && placements.length > 0)) return undefined;
  const loaded = await rulesetOf(env.PUBLISHED, id, ruleset, retentionMs);
  const isFree = placements.every((key) =>
    (loaded?.book.slot(key)?.campaigns ?? []).every(
      ({ cap, allocation }) => (cap.length === 0 || unreserved) && allocation === "weighted",
    ),
  );
  return loaded !== undefined && isFree ? membership(ruleset) : undefined;
}

/** In this isolate. @param membership undefined for nobody, and for who says no: then nothing is read of anybody */
async function decideHere(
  env: Env,
  published: WorkspaceRecord,
  { person, newcomer }: Visitor,
  request: PublicRequest,
  membership: Membership | undefined,
): Promise<Result<PublicDecision, DecisionFault>> {
  const { placements, consent, minRuleset = 0, timeoutMs = TIMEOUT_MS } = request;
  const now = Date.now();
  const workspace = await readyWorkspace(env, published, minRuleset, now + timeoutMs);
  if (workspace === undefined) return fail("ruleset_not_ready");
  const loaded = await rulesetOf(env.PUBLISHED, workspace.id, workspace.ruleset, workspace.retentionMs);
  if (loaded === undefined) return fail("unavailable");
  countDecision(workspace.id, 0, now);
  // One fixed name for all of whom nothing is known: they are in the same audiences, and no object is asked.
  const nobody = profileName(env.NAME_KEY, workspace.id, { type: "anonymousId", value: "" });
  const isNo = forbidsProfile(consent) || (membership !== undefined && membership.denied.some(isOfProfile));
  const all = deniedBy(consent, membership);
  const keys = isNo ? [] : (membership?.audiences ?? loaded.ofNobody(nobody));
  const isToldOf = (key: string): boolean => {
    const purpose = loaded.audiences.get(key)?.purpose;
    return purpose !== undefined && all[purpose] !== false;
  };
  const decision = crypto.randomUUID();
  const filled = fillPlacements(
    env.NAME_KEY,
    loaded,
    { keys: placements, decision, deadline: now + timeoutMs, trace: false },
    {
      workspace: workspace.id,
      name: (membership === undefined ? newcomer : person) ?? chanceName(),
      keys,
      consent: isNo ? { ...all, ads: false, content: false, measurement: false } : all,
      impressions: membership === undefined ? [] : impressionsOf(membership),
      reservations: [],
      canReserve: false,
      isReached: !isNo && (membership !== undefined || newcomer !== undefined),
      household: undefined,
    },
    now,
    undefined,
  );
  const until = Math.min(filled.until, membership?.until ?? Infinity);
  return ok({
    decisionId: decision,
    asOf: new Date(now).toISOString(),
    ruleset: loaded.version,
    audiences: publicOf(loaded, keys.filter(isToldOf)),
    ...(isNo ? { reason: "NO_CONSENT" as const } : {}),
    placements: (JSON.parse(`{${filled.text}}`) as Pick<PublicDecision, "placements">).placements,
    until: until === Infinity ? null : until,
    hops: 0,
  });
}

function isOfProfile(purpose: Purpose): boolean {
  return purpose === "storage" || purpose === "profiling";
}

/** Any no wins: that of the request, and that which stands with the person. */
function deniedBy(consent: Consent, membership: Membership | undefined): Consent {
  const denied = [...deniedPurposes(consent), ...(membership?.denied ?? [])];
  return Object.fromEntries(denied.map((purpose) => [purpose, false]));
}

/** What a person was shown first of each campaign, as events: the arm and the creative bind. */
function impressionsOf({ shown }: Membership): readonly LogEvent[] {
  return Object.entries(shown).map(([campaign, [creative, arm]]) => ({
    name: SHOWN_FACTS.impression,
    type: "fact",
    time: 0,
    messageId: "",
    source: "",
    channel: "web",
    party: "first",
    properties: { campaign, creative, arm },
  }));
}

/** Of nobody, for one reply: else all visitors without a cookie would fall into one arm. */
function chanceName(): ProfileId {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url") as ProfileId;
}

/** What is not public is as if it were not there. */
function publicOf(loaded: LoadedRuleset, keys: readonly string[]): readonly string[] {
  return keys.filter((key) => loaded.audiences.get(key)?.visibility === "public");
}

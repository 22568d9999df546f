import type { Consent } from "../../core/model/consent.ts";
import type { Identity } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { heldRuleset, rulesetOf, type LoadedRuleset, type PublishedAudience } from "../../durable-objects/ruleset/load.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { before, decide } from "../decide/decide.ts";
import type { DecideRequest } from "../decide/request.ts";
import { logFault } from "../wire/log.ts";
import { locationHintOf } from "../wire/region.ts";

/** An ad call answers within the smaller of these (http.md, "Ad servers"): the longest, ms, and the share of the caller's own time. */
const LONGEST_MS = 100;
const SHARE = 0.3;

/** A call of an ad server, whichever protocol it speaks. */
export interface AdCall {
  readonly request: Request;
  readonly env: Env;
  readonly workspace: WorkspaceRecord;
  /** When it came, ms. */
  readonly began: number;
}

/** What an ad server is told, and how that came about. Nothing is told of nobody, without consent, in a fault, or too late. */
export interface Told {
  readonly audiences: readonly PublishedAudience[];
  readonly hops: number;
  readonly waitMs: number;
}

export const NOTHING_TOLD: Told = { audiences: [], hops: 0, waitMs: 0 };

/**
 * The instant by which an ad call is answered, ms.
 * @param timeoutMs how long the caller waits; what is no length of time counts as not said
 */
export function adDeadline(began: number, timeoutMs: unknown): number {
  const waits = typeof timeoutMs === "number" && timeoutMs > 0 ? timeoutMs : Number.POSITIVE_INFINITY;
  return began + Math.min(LONGEST_MS, Math.floor(SHARE * waits));
}

/**
 * The audiences of one person that an ad server may be told: those for advertising (`purpose` `ads`), for it is nothing else that they
 * are told for. One call of `decide`; it fills no placement, so nothing is reserved and nothing written.
 */
export async function audiencesForAds(call: AdCall, identity: Identity, consent: Consent, deadline: number): Promise<Told> {
  const { env, workspace } = call;
  const timeoutMs = deadline - Date.now();
  if (timeoutMs <= 0) return NOTHING_TOLD;
  try {
    const decided = await decide(env, workspace, decisionFor(identity, consent, timeoutMs), locationHintOf(call.request));
    if (!decided.ok) return NOTHING_TOLD;
    const { text, hops, waitMs } = decided.value;
    const { ruleset, audiences } = JSON.parse(text) as { readonly ruleset: number; readonly audiences: readonly string[] };
    if (audiences.length === 0) return { audiences: [], hops, waitMs };
    const loaded = await loadedBy(deadline, env, workspace, ruleset);
    return { audiences: loaded === undefined ? [] : forAds(loaded, audiences), hops, waitMs };
  } catch (error) {
    logFault("adtech", error);
    return NOTHING_TOLD;
  }
}

/**
 * As `audiencesForAds`, of whoever is in a browser and only what pages may see. Somebody without a cookie is nobody, and gets what
 * a person without any history would: no object is asked.
 */
export async function publicAudiencesForAds(
  call: AdCall,
  identity: Identity | undefined,
  consent: Consent,
  deadline: number,
): Promise<Told> {
  const isPublic = ({ visibility }: PublishedAudience): boolean => visibility === "public";
  if (identity !== undefined) {
    const told = await audiencesForAds(call, identity, consent, deadline);
    return { ...told, audiences: told.audiences.filter(isPublic) };
  }
  const { env, workspace } = call;
  try {
    const loaded = await loadedBy(deadline, env, workspace, workspace.ruleset);
    if (loaded === undefined) return NOTHING_TOLD;
    const nobody = profileName(env.NAME_KEY, workspace.id, { type: "anonymousId", value: "" });
    return { ...NOTHING_TOLD, audiences: forAds(loaded, loaded.ofNobody(nobody)).filter(isPublic) };
  } catch (error) {
    logFault("adtech", error);
    return NOTHING_TOLD;
  }
}

/** What can be said of time in production, where the clock stands still during computation. */
export function adTiming({ hops, waitMs }: Told): Readonly<Record<string, string>> {
  return { "server-timing": `hops;desc="${hops}", wait;dur=${waitMs}` };
}

function loadedBy(
  deadline: number,
  env: Env,
  { id, retentionMs }: WorkspaceRecord,
  version: number,
): LoadedRuleset | Promise<LoadedRuleset | undefined> {
  return heldRuleset(id, version) ?? before(deadline, rulesetOf(env.PUBLISHED, id, version, retentionMs));
}

/** In the order of their codes: what an ad server sees says nothing of when somebody came into which. */
function forAds({ audiences }: LoadedRuleset, keys: readonly string[]): readonly PublishedAudience[] {
  return keys
    .flatMap((key) => audiences.get(key) ?? [])
    .filter(({ purpose }) => purpose === "ads")
    .toSorted((one, other) => (one.code < other.code ? -1 : 1));
}

function decisionFor(identity: Identity, consent: Consent, timeoutMs: number): DecideRequest {
  return {
    identity,
    consent,
    audiences: true,
    traits: false,
    explain: false,
    placements: [],
    trace: false,
    household: false,
    requestId: "",
    minRuleset: 0,
    timeoutMs,
    at: undefined,
  };
}

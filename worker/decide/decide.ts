import { createHmac } from "node:crypto";
import { forbidsProfile, isSilent } from "../../core/consent/consent.ts";
import { ENVELOPE_VERSION, type DecideEnvelope, type DecideReply } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { followedAgain, identityName, profileStub } from "../../durable-objects/profile/stub.ts";
import { heldRuleset, rulesetOf } from "../../durable-objects/ruleset/load.ts";
import { findWorkspaceFresh } from "../auth/cache.ts";
import { countDecision } from "../cold/counters.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { askHousehold, NO_HOUSEHOLD } from "./household.ts";
import type { DecideRequest } from "./request.ts";

/** A decision as JSON text, and how it came about for `Server-Timing`. */
export interface Decision {
  readonly text: string;
  /** Calls to objects: one, or two where the identifier points to the person. */
  readonly hops: number;
  /** Spent waiting for objects, ms. */
  readonly waitMs: number;
}

export type DecisionFault = "ruleset_not_ready" | "at_before_horizon" | "unavailable";

/** How often a `minRuleset` that is not here yet is looked for, ms. */
const LOOK_AGAIN_MS = 50;

/**
 * Decides for one person: one hop to the object that the identifier names, two where it is a pointer, and the next time one. An explicit no
 * means that no profile is read at all. Past its deadline it answers with nothing rather than late.
 */
export async function decide(
  env: Env,
  workspace: WorkspaceRecord,
  request: DecideRequest,
  hint: DurableObjectLocationHint | undefined,
): Promise<Result<Decision, DecisionFault>> {
  const began = Date.now();
  const deadline = began + request.timeoutMs;
  const ready =
    request.minRuleset > workspace.ruleset ? await readyWorkspace(env, workspace, request.minRuleset, deadline) : workspace;
  if (ready === undefined) return fail("ruleset_not_ready");
  if (forbidsProfile(request.consent))
    return ok({ text: await withoutProfile(env, request, ready, "NO_CONSENT"), hops: 0, waitMs: 0 });
  const decision = request.placements.length > 0 && request.at === undefined ? decisionId(env, ready, request) : undefined;
  const name = identityName(env.NAME_KEY, ready.id, request.identity);
  let hops = 0;
  const ask = (of: ProfileId, via: ProfileId | undefined): Promise<DecideReply> => {
    hops++;
    return profileStub(env, ready, of, hint).decide(envelopeFor(request, ready, of, via, decision, deadline));
  };
  const answer = await before(deadline, followedAgain(name, ask));
  const now = Date.now();
  const waitMs = now - began;
  countDecision(ready.id, waitMs, now);
  if (answer === undefined) return ok({ text: await withoutProfile(env, request, ready, "ERROR"), hops, waitMs });
  switch (answer[0]) {
    case "=":
      if (answer[1] !== '"') return ok(await withHousehold(env, ready, request, answer, { began, deadline, decision, hops }));
      return ok({ text: compose(decision, answer.slice(1)), hops, waitMs });
    case "!":
      return fail(answer === "!at_before_horizon" ? "at_before_horizon" : "unavailable");
    default:
      throw new Error("a profile object answered in no form known");
  }
}

/** What a household had a part in, or is to be told of: it is named before the answer. Past the deadline what it is in is left out. */
async function withHousehold(
  env: Env,
  workspace: WorkspaceRecord,
  request: DecideRequest,
  answer: string,
  {
    began,
    deadline,
    decision,
    hops,
  }: Pick<Decision, "hops"> & Readonly<Record<"began" | "deadline", number>> & { decision: string | undefined },
): Promise<Decision> {
  const end = answer.indexOf("|");
  const [household = "", taken = ""] = answer.slice(1, end).split("+");
  const all = hops + Number(taken);
  if (!request.household) return { text: compose(decision, answer.slice(end + 1)), hops: all, waitMs: Date.now() - began };
  const shown = household === "" ? NO_HOUSEHOLD : await before(deadline, askHousehold(env, workspace, household, request));
  const text = `"household":${JSON.stringify(shown ?? { ...NO_HOUSEHOLD, reason: "ERROR" })},${answer.slice(end + 1)}`;
  return { text: compose(decision, text), hops: household === "" ? all : all + 1, waitMs: Date.now() - began };
}

function envelopeFor(
  request: DecideRequest,
  workspace: WorkspaceRecord,
  name: ProfileId,
  via: ProfileId | undefined,
  decision: string | undefined,
  deadline: number,
): DecideEnvelope {
  return {
    v: ENVELOPE_VERSION,
    workspace: workspace.id,
    jurisdiction: workspace.jurisdiction,
    name,
    ruleset: workspace.ruleset,
    retentionMs: workspace.retentionMs,
    audiences: request.audiences,
    traits: request.traits,
    explain: request.explain,
    ...(request.household ? { household: true } : {}),
    ...(request.membership === true ? { membership: true } : {}),
    ...(decision === undefined
      ? {}
      : {
          placements: {
            keys: request.placements,
            decision,
            deadline: request.unreserved === true ? 0 : deadline,
            trace: request.trace,
          },
        }),
    ...(via === undefined ? {} : { via }),
    ...(request.at === undefined ? {} : { at: request.at }),
    ...(isSilent(request.consent) ? {} : { consent: request.consent }),
  };
}

/** @returns undefined where the work was not done by then; it may go on, for it writes nothing */
export async function before<T>(deadline: number, work: Promise<T>): Promise<T | undefined> {
  // The platform's own wait, which ends with the request: Node's timers cost 5 % of a decision.
  const late = scheduler.wait(Math.max(0, deadline - Date.now()));
  return (await Promise.race([work, late])) as T | undefined;
}

/**
 * Waits until the version asked for is published, reading the pointer anew: a caller who has just published does not get the past.
 * @returns undefined where it is not there by then
 */
export async function readyWorkspace(
  env: Env,
  workspace: WorkspaceRecord,
  version: number,
  deadline: number,
): Promise<WorkspaceRecord | undefined> {
  if (version <= workspace.ruleset) return workspace;
  for (;;) {
    const fresh = await findWorkspaceFresh(env, workspace.id);
    if (fresh !== undefined && fresh.ruleset >= version) return fresh;
    if (Date.now() + LOOK_AGAIN_MS > deadline) return undefined;
    await scheduler.wait(LOOK_AGAIN_MS);
  }
}

/** Of a request that has a name the same at every try, so that what it shows counts once. */
function decisionId(env: Env, workspace: WorkspaceRecord, { requestId, identity }: DecideRequest): string {
  if (requestId === "") return crypto.randomUUID();
  const named = JSON.stringify(["decision", workspace.id, identityName(env.NAME_KEY, workspace.id, identity), requestId]);
  return createHmac("sha256", env.NAME_KEY).update(named).digest("base64url").slice(0, 32);
}

function compose(decision: string | undefined, decided: string): string {
  return `{"decisionId":"${decision ?? crypto.randomUUID()}",${decided}}`;
}

/** The reply of http.md where no profile was read, or none in time. */
async function withoutProfile(
  env: Env,
  request: DecideRequest,
  workspace: WorkspaceRecord,
  reason: "NO_CONSENT" | "ERROR",
): Promise<string> {
  const asOf = new Date(request.at ?? Date.now()).toISOString();
  const asked = request.at === undefined ? request.placements : [];
  const placements = asked.length === 0 ? {} : { placements: await usual(env, workspace, asked, reason) };
  const household = request.household ? { household: NO_HOUSEHOLD } : {};
  const decided = {
    asOf,
    ruleset: workspace.ruleset,
    known: false,
    audiences: [],
    reason,
    ...placements,
    ...household,
    validUntil: null,
  };
  return compose(undefined, JSON.stringify(decided).slice(1, -1));
}

/** What stands in placements where nobody was asked. Past a deadline only from memory. */
async function usual(
  env: Env,
  { id, ruleset, retentionMs }: WorkspaceRecord,
  asked: readonly string[],
  reason: "NO_CONSENT" | "ERROR",
): Promise<object> {
  const held = heldRuleset(id, ruleset);
  const loaded = held ?? (reason === "ERROR" ? undefined : await rulesetOf(env.PUBLISHED, id, ruleset, retentionMs));
  return Object.fromEntries(
    asked.flatMap((key) => {
      const slot = loaded?.book.slot(key);
      return slot === undefined ? [] : [[key, { content: slot.placement.default, reason, holdout: false }]];
    }),
  );
}

import { deniedPurposes, forbidsProfile } from "../../core/consent/consent.ts";
import type { Consent } from "../../core/model/consent.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { rulesetOf, type PublishedAudience } from "../../durable-objects/ruleset/load.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { decide, type DecisionFault } from "./decide.ts";

/** A page waits for it before it asks its ad server, ms. */
const TIMEOUT_MS = 1_000;

/**
 * The public audiences of whoever is in the browser, as a page under a write key may see them: codes, sorted. Somebody
 * without a cookie is nobody, and gets what a person without any history would, in one answer for all; no object is asked.
 * @param person undefined where no valid cookie came
 */
export async function publicAudiences(
  env: Env,
  workspace: WorkspaceRecord,
  person: ProfileId | undefined,
  consent: Consent,
  hint: DurableObjectLocationHint | undefined,
): Promise<Result<readonly string[], DecisionFault>> {
  if (forbidsProfile(consent)) return ok([]);
  if (person === undefined) {
    const loaded = await rulesetOf(env.PUBLISHED, workspace.id, workspace.ruleset, workspace.retentionMs);
    if (loaded === undefined) return fail("unavailable");
    const nobody = profileName(env.NAME_KEY, workspace.id, { type: "anonymousId", value: "" });
    const denied = deniedPurposes(consent);
    return ok(codesOf(loaded.audiences, loaded.ofNobody(nobody), ({ purpose }) => !denied.includes(purpose)));
  }
  const decision = await decide(env, workspace, requestFor(person, consent), hint);
  if (!decision.ok) return decision;
  const { ruleset, audiences } = JSON.parse(decision.value.text) as { ruleset: number; audiences: readonly string[] };
  const loaded = await rulesetOf(env.PUBLISHED, workspace.id, ruleset, workspace.retentionMs);
  return loaded === undefined ? fail("unavailable") : ok(codesOf(loaded.audiences, audiences));
}

function requestFor(profileId: ProfileId, consent: Consent): Parameters<typeof decide>[2] {
  return {
    identity: { kind: "profile", profileId },
    consent,
    audiences: true,
    traits: false,
    explain: false,
    household: false,
    placements: [],
    trace: false,
    requestId: "",
    minRuleset: 0,
    timeoutMs: TIMEOUT_MS,
    at: undefined,
  };
}

/** What is not public is as if it were not there. */
function codesOf(
  published: ReadonlyMap<string, PublishedAudience>,
  keys: readonly string[],
  isAllowed: (audience: PublishedAudience) => boolean = () => true,
): readonly string[] {
  return keys
    .flatMap((key) => published.get(key) ?? [])
    .filter((audience) => audience.visibility === "public" && isAllowed(audience))
    .map(({ code }) => code)
    .toSorted();
}

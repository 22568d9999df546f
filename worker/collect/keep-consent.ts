import type { Consent } from "../../core/model/consent.ts";
import { ENVELOPE_VERSION } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { followed, profileStub } from "../../durable-objects/profile/stub.ts";
import type { WorkspaceRecord } from "../cold/records.ts";

/**
 * Keeps what was said with the profile it is about, wherever that lies: an explicit no must count at the next decision.
 * Nobody is created for it.
 */
export async function keepConsent(env: Env, workspace: WorkspaceRecord, name: ProfileId, consent: Consent): Promise<void> {
  const call = {
    v: ENVELOPE_VERSION,
    workspace: workspace.id,
    jurisdiction: workspace.jurisdiction,
    ruleset: workspace.ruleset,
    retentionMs: workspace.retentionMs,
    consent,
  } as const;
  await followed(name, (of) => profileStub(env, workspace, of).withdraw({ ...call, name: of }));
}

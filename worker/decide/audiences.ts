import type { Consent } from "../../core/model/consent.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { rulesetOf } from "../../durable-objects/ruleset/load.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import type { DecisionFault } from "./decide.ts";
import { decidePublicly, type PublicDecision, type Visitor } from "./public.ts";

/** Public audiences as ad servers know them. */
export interface PublicCodes {
  /** Sorted. */
  readonly codes: readonly string[];
  readonly decided: PublicDecision;
}

/**
 * The public audiences of whoever is in the browser, as a page under a write key may see them. Somebody without a cookie is nobody, and
 * gets what a person without any history would, in one answer for all; no object is asked.
 */
export async function publicAudiences(
  env: Env,
  workspace: WorkspaceRecord,
  visitor: Visitor,
  consent: Consent,
  hint: DurableObjectLocationHint | undefined,
): Promise<Result<PublicCodes, DecisionFault>> {
  const decided = await decidePublicly(env, workspace, visitor, { placements: [], consent }, hint);
  if (!decided.ok) return decided;
  const { ruleset, audiences } = decided.value;
  const loaded = await rulesetOf(env.PUBLISHED, workspace.id, ruleset, workspace.retentionMs);
  if (loaded === undefined) return fail("unavailable");
  const codes = audiences.flatMap((key) => loaded.audiences.get(key)?.code ?? []).toSorted();
  return ok({ codes, decided: decided.value });
}

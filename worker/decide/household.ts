import { deniedPurposes } from "../../core/consent/consent.ts";
import { ENVELOPE_VERSION } from "../../core/model/envelope.ts";
import type { HouseholdStanding } from "../../core/model/household.ts";
import { parseProfileId } from "../../core/model/ids.ts";
import { householdStub } from "../../durable-objects/household/stub.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import type { DecideRequest } from "./request.ts";

/** What a decision says of a household. */
export interface HouseholdShown {
  /** Audiences that it is in as if it were one person, sorted. */
  readonly audiences: readonly string[];
}

export const NO_HOUSEHOLD: HouseholdShown = { audiences: [] };

/** Asks the household that a person is in, under the consent that the person was decided under. */
export async function askHousehold(
  env: Env,
  workspace: WorkspaceRecord,
  household: string,
  { consent, at }: Pick<DecideRequest, "consent" | "at">,
): Promise<HouseholdShown> {
  const name = parseProfileId(household);
  if (name === undefined) throw new Error("a profile named no household");
  const { id, jurisdiction, ruleset, retentionMs } = workspace;
  const call = { v: ENVELOPE_VERSION, workspace: id, jurisdiction, name, ruleset, retentionMs } as const;
  const asked = { ...call, denied: deniedPurposes(consent), ...(at === undefined ? {} : { at }) };
  const text = await householdStub(env, workspace, name).standing(asked);
  if (text === "") return NO_HOUSEHOLD;
  const { audiences }: HouseholdStanding = JSON.parse(text.slice(1));
  return { audiences };
}

import type { ProfileId } from "../../core/model/ids.ts";
import { inJurisdiction } from "../profile/stub.ts";
import type { HouseholdObject } from "./object.ts";

/** The object of a household, by its name: that of an identifier of the kind `household`. */
export function householdStub(
  env: Env,
  workspace: { readonly jurisdiction: string | null },
  name: ProfileId,
): DurableObjectStub<HouseholdObject> {
  const namespace = inJurisdiction(env.HOUSEHOLD, workspace.jurisdiction);
  return namespace.get(namespace.idFromName(name));
}

import { inJurisdiction } from "../profile/stub.ts";
import type { LiveObject } from "./object.ts";

/** Of those who watch a workspace. */
export function liveStub(
  env: Pick<Env, "LIVE">,
  workspace: { readonly id: string; readonly jurisdiction: string | null },
): DurableObjectStub<LiveObject> {
  const namespace = inJurisdiction(env.LIVE, workspace.jurisdiction);
  return namespace.get(namespace.idFromName(workspace.id));
}

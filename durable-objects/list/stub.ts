import { LIST_CALL_VERSION, type ListCall } from "./calls.ts";
import type { ListObject } from "./object.ts";
import { inJurisdiction } from "../profile/stub.ts";

/** The object of a list: one a workspace and key. Keys hold no slash. */
export function listStub(
  env: Env,
  workspace: { readonly id: string; readonly jurisdiction: string | null },
  list: string,
): DurableObjectStub<ListObject> {
  const namespace = inJurisdiction(env.LIST, workspace.jurisdiction);
  return namespace.get(namespace.idFromName(`${workspace.id}/${list}`));
}

export function listCall(workspace: { readonly id: string; readonly jurisdiction: string | null }, list: string): ListCall {
  return { v: LIST_CALL_VERSION, workspace: workspace.id, jurisdiction: workspace.jurisdiction, list };
}

export type FilterKind = "names" | "tags";

/** Where in the bucket `PUBLISHED` a version of a list's filter lies. */
export function filterObjectKey(
  { workspace, list }: Pick<ListCall, "workspace" | "list">,
  version: number,
  of: FilterKind,
): string {
  return `lists/${workspace}/${list}/${version}-${of}.bloom`;
}

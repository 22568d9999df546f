import { createHash } from "node:crypto";
import type { ProfileId } from "../../core/model/ids.ts";
import { inJurisdiction } from "../profile/stub.ts";
import type { PanelObject } from "./object.ts";

/** Objects that a workspace's panel is spread over: each tries a rule on some thousand people at most. */
export const PANEL_SHARDS = 16;

export function panelShardOf(id: ProfileId): number {
  return (createHash("sha256").update(id).digest()[0] ?? 0) % PANEL_SHARDS;
}

export function panelStub(
  env: Env,
  workspace: { readonly id: string; readonly jurisdiction: string | null },
  shard: number,
): DurableObjectStub<PanelObject> {
  const namespace = inJurisdiction(env.PANEL, workspace.jurisdiction);
  return namespace.get(namespace.idFromName(`${workspace.id}/${shard}`));
}

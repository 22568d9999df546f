import type { ProfileId } from "../../core/model/ids.ts";
import type { JsonObject } from "../../core/model/json.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { sealShown } from "./shown-token.ts";

/** What an object decided of placements, among the members of its reply. */
export interface DecidedPlacements {
  readonly asOf: string;
  readonly profileId?: ProfileId;
  readonly placements?: Readonly<Record<string, FilledPlacement>>;
}

interface FilledPlacement extends JsonObject {
  readonly campaign?: string;
  readonly creative?: string;
  readonly holdout: boolean;
  readonly destination?: string;
}

/** The reply with the URLs that say what was seen and what was clicked; of the default there are none. */
export function withUrls(
  env: Pick<Env, "NAME_KEY">,
  workspace: WorkspaceRecord,
  decision: string,
  decided: DecidedPlacements,
): string {
  const { profileId, placements = {}, ...rest } = decided;
  const at = Date.parse(decided.asOf);
  const filled = Object.entries(placements).map(([placement, { destination, ...shown }]) => {
    const { campaign, creative, holdout } = shown;
    if (profileId === undefined || campaign === undefined || creative === undefined) return [placement, shown] as const;
    const arm = holdout ? "holdout" : "treated";
    const said = { workspace: workspace.id, profileId, decision, placement, campaign, creative, arm, at } as const;
    const impressionUrl = `/v1/pixel.gif?t=${sealShown(env.NAME_KEY, said)}`;
    if (destination === undefined) return [placement, { ...shown, impressionUrl }] as const;
    return [
      placement,
      { ...shown, impressionUrl, clickUrl: `/v1/click?t=${sealShown(env.NAME_KEY, { ...said, destination })}` },
    ] as const;
  });
  const known = profileId === undefined ? {} : { profileId };
  return JSON.stringify({ decisionId: decision, ...rest, ...known, placements: Object.fromEntries(filled) });
}

import type { ProfileId } from "../../core/model/ids.ts";
import type { SourceCall } from "../auth/guard.ts";
import { provenUser } from "../auth/user-token.ts";
import { readTlId } from "../collect/tl-id.ts";
import { readMembership } from "./membership-token.ts";
import type { Visitor } from "./public.ts";

/** Who is in the browser that calls under a public key: the user that its token proves, else whom its cookie names; what else the call says of it counts for nothing. */
export async function visitorOf({ request, env, workspace, body }: SourceCall): Promise<Visitor> {
  const user = await provenUser(request, body, env, workspace);
  const person: ProfileId | undefined =
    user === undefined || user === "invalid" ? readTlId(request, env, workspace.id)?.profileId : user.user.hash;
  if (person === undefined) return { person };
  const membership = (ruleset: number): ReturnType<typeof readMembership> =>
    readMembership(request, env, { workspace: workspace.id, person, ruleset }, Date.now());
  return { person, membership };
}

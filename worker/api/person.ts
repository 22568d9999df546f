import { ENVELOPE_VERSION, type CallEnvelope } from "../../core/model/envelope.ts";
import { parseProfileId, type ProfileId } from "../../core/model/ids.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import type { ProfileObject } from "../../durable-objects/profile/object.ts";
import { profileStub } from "../../durable-objects/profile/stub.ts";
import { findWorkspace } from "../auth/cache.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { reaching, Unavailable } from "../wire/unavailable.ts";
import { auditEntry, type Context } from "./route.ts";

/** An identifier points to a person, never to another identifier for long: merges shorten the way. */
const MOST_POINTERS = 5;

/**
 * Asks the object of a person, wherever its name leads, and notes first that somebody did: a read that cannot be noted
 * does not happen.
 * @param action as in the audit log
 */
export async function askPerson(
  call: Context,
  name: ProfileId,
  action: string,
  ask: (object: DurableObjectStub<ProfileObject>, envelope: CallEnvelope) => Promise<string>,
): Promise<Result<{ readonly text: string; readonly profileId: ProfileId }, "not_found" | { readonly code: string }>> {
  const workspace = await workspaceOf(call);
  const { jurisdiction, ruleset, retentionMs } = workspace;
  await addAudit(database(call.env.DB), auditEntry(call, action, `profile:${name}`));
  let at = name;
  for (let hops = 0; hops < MOST_POINTERS; hops++) {
    const envelope: CallEnvelope = { v: ENVELOPE_VERSION, workspace: workspace.id, jurisdiction, name: at, ruleset, retentionMs };
    const object = profileStub(call.env, workspace, at);
    const text = await reaching("the profile", () => ask(object, envelope));
    switch (text[0]) {
      case "=":
        return ok({ text: text.slice(1), profileId: at });
      case "!":
        return fail({ code: text.slice(1) });
      case "@": {
        const next = parseProfileId(text.slice(1));
        if (next === undefined) throw new Error("a pointer leads to no profile id");
        at = next;
        break;
      }
      default:
        return fail("not_found");
    }
  }
  throw new Error("pointers of an identity lead round");
}

/** The published settings of the caller's workspace. */
export async function workspaceOf({ env, ctx, principal }: Context): Promise<WorkspaceRecord> {
  const workspace = await findWorkspace(env, ctx, principal.workspace);
  if (workspace === undefined) throw new Unavailable("R2 does not know the workspace of a live key");
  return workspace;
}

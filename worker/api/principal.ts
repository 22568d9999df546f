import { findKey } from "../auth/cache.ts";
import { secretKeyOf } from "../auth/credentials.ts";
import { isOwnPage, readSession } from "../auth/session.ts";
import { database } from "../cold/database.ts";
import type { Scope } from "../cold/records.ts";
import { findMember, SCOPES_OF } from "../cold/team.ts";

/** Who calls. The workspace comes from the key or the session alone: no path, body or header can name another. */
export interface Principal {
  readonly workspace: string;
  /** As the audit log names it: `key:ID` or `user:ID`. */
  readonly actor: string;
  readonly scopes: readonly Scope[];
  /** Of one who is signed in to the dashboard. */
  readonly member?: string;
}

/** Of a call that needs nobody. */
export const NOBODY: Principal = { workspace: "", actor: "nobody", scopes: [] };

/**
 * @returns undefined for anything but a live secret key or a session of a member: a write key is public and opens nothing here; `foreign` for a session's
 * cookie that another site's page sends
 */
export async function authenticate(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  request: Request,
): Promise<Principal | "foreign" | undefined> {
  const key = secretKeyOf(request);
  if (key === undefined) return signedIn(env, request);
  const record = await findKey(env, ctx, key);
  if (record?.type !== "secret") return undefined;
  return { workspace: record.workspace, actor: `key:${record.id}`, scopes: record.scopes };
}

async function signedIn(env: Env, request: Request): Promise<Principal | "foreign" | undefined> {
  const session = await readSession(request, env, Date.now());
  if (session === undefined) return undefined;
  if (!isOwnPage(request)) return "foreign";
  const member = await findMember(database(env.DB), session.workspace, session.member);
  if (member === undefined) return undefined;
  return { workspace: member.workspace, actor: `user:${member.id}`, scopes: SCOPES_OF[member.role], member: member.id };
}

import { findKey } from "../auth/cache.ts";
import { secretKeyOf } from "../auth/credentials.ts";
import type { Scope } from "../cold/records.ts";

/** Who calls. The workspace comes from the key alone: no path, body or header can name another. */
export interface Principal {
  readonly workspace: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
}

/** @returns undefined for anything but a live secret key: a write key is public and opens nothing here */
export async function authenticate(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  request: Request,
): Promise<Principal | undefined> {
  const key = secretKeyOf(request);
  if (key === undefined) return undefined;
  const record = await findKey(env, ctx, key);
  if (record?.type !== "secret") return undefined;
  return { workspace: record.workspace, keyId: record.id, scopes: record.scopes };
}

import { createHmac } from "node:crypto";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import type { Identifier, Identity, ProfileId } from "../../core/model/ids.ts";
import { BoundedMap } from "../../core/model/bounded-map.ts";
import type { ProfileObject } from "./object.ts";

/**
 * The name of the object that an identifier leads to: HMAC-SHA-256 under the deployment's NAME_KEY, so that neither a
 * name nor a log gives the identifier away and two workspaces never meet in one object.
 */
export function profileName(nameKey: string, workspace: string, identifier: Identifier): ProfileId {
  const parts = JSON.stringify([workspace, identifier.type, identifier.value]);
  if (nameKey !== namesUnder) {
    names.clear();
    namesUnder = nameKey;
  }
  const known = names.get(parts);
  if (known !== undefined) return known;
  const name = createHmac("sha256", nameKey).update(parts).digest("base64url") as ProfileId;
  names.put(parts, name);
  return name;
}

/** Names made lately, for one deployment's key: an HMAC costs 5 µs and garbage outside the heap, and people come in bursts. */
const names = new BoundedMap<string, ProfileId>(20_000);
let namesUnder = "";

/** As `profileName`, for any way of saying who is meant. An e-mail counts as the SHA-256 of its normal form: raw and hashed ones meet. */
export function identityName(nameKey: string, workspace: string, identity: Identity): ProfileId {
  switch (identity.kind) {
    case "profile":
      return identity.profileId;
    case "identifier":
      return profileName(nameKey, workspace, identity.identifier);
    case "email":
      return profileName(nameKey, workspace, { type: "emailSha256", value: emailSha256(identity.email) });
  }
}

/**
 * The namespace in the workspace's jurisdiction. The local runtime has none ("not implemented"): there, and only there,
 * the plain namespace serves. A deploy that asks for a jurisdiction and does not get it must fail, not store elsewhere.
 */
export function inJurisdiction<T extends Rpc.DurableObjectBranded | undefined>(
  namespace: DurableObjectNamespace<T>,
  jurisdiction: string | null,
): DurableObjectNamespace<T> {
  if (jurisdiction === null) return namespace;
  try {
    return namespace.jurisdiction(jurisdiction as DurableObjectJurisdiction);
  } catch (error) {
    if (error instanceof Error && error.message.includes("not implemented in workerd")) return namespace;
    throw error;
  }
}

/** Ids by name: making one from its name each time costs 1.15 times the call. */
const ids = new BoundedMap<string, DurableObjectId>(20_000);

/** @param hint where a new object should live; counts only for the call that creates it */
export function profileStub(
  env: Env,
  workspace: { readonly id: string; readonly jurisdiction: string | null },
  name: ProfileId,
  hint?: DurableObjectLocationHint,
): DurableObjectStub<ProfileObject> {
  const namespace = inJurisdiction(env.PROFILE, workspace.jurisdiction);
  const cacheKey = workspace.jurisdiction === null ? name : `${workspace.jurisdiction}/${name}`;
  let id = ids.get(cacheKey);
  if (id === undefined) {
    id = namespace.idFromName(name);
    ids.put(cacheKey, id);
  }
  return hint === undefined ? namespace.get(id) : namespace.get(id, { locationHint: hint });
}

/** Pointers in a row at most: a user who was renamed again and again. Names only ever lead to firmer ones, so there is no circle, and each event that goes on shortens the way. */
export const MOST_POINTERS = 32;

/**
 * Asks the object that a name leads to: one that is a pointer answers with `@` and the name of the next.
 * @returns `!unavailable` where pointers lead on and on, which they cannot
 */
export async function followed(name: ProfileId, ask: (of: ProfileId) => Promise<string>): Promise<string> {
  let answer = await ask(name);
  for (let pointers = 0; answer.startsWith("@") && pointers < MOST_POINTERS; pointers++)
    answer = await ask(answer.slice(1) as ProfileId);
  return answer.startsWith("@") ? "!unavailable" : answer;
}

/** Where names led that were pointers, as this isolate has seen it. */
const people = new BoundedMap<ProfileId, ProfileId>(20_000);

/**
 * As `followed`, and remembers where a name led: the next call goes there at once, and says by which name it came. Who is not
 * meant by that name any more answers `!moved`, and the way is asked for anew.
 */
export async function followedAgain(
  name: ProfileId,
  ask: (of: ProfileId, via: ProfileId | undefined) => Promise<string>,
): Promise<string> {
  const known = people.get(name);
  if (known !== undefined) {
    const answer = await ask(known, name);
    if (answer.startsWith("=")) return answer;
    if (answer[0] !== "@" && answer !== "!moved") return answer;
    people.delete(name);
  }
  let at = name;
  const answer = await followed(name, (of) => {
    at = of;
    return ask(of, undefined);
  });
  if (at !== name && answer.startsWith("=")) people.put(name, at);
  return answer;
}

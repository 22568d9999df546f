import { isJsonObject, type Json } from "../../core/model/json.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { withoutAddressIn } from "./edge/edge.ts";
import { planOf } from "./plan.ts";

/** What takes out of an event that was not taken what must not be kept or shown of it. */
export type Mask = (json: Json) => Json;

/** Where cards are watched for, none is kept whole. */
export async function maskOf(env: Pick<Env, "PUBLISHED">, workspace: WorkspaceRecord): Promise<Mask> {
  const plan = await planOf(env, workspace);
  if (plan === undefined || plan.personal.card === "allow") return (json) => json;
  return (await import("../../core/quality/personal-data.ts")).withoutCards;
}

/** An event as it came, but for what is kept nowhere: its token, its address, cards. */
export function keptEvent(event: Json, mask: Mask): Json {
  return mask(withoutToken(withoutAddressIn(event)));
}

/** A single call is its own event, and may bear its token beside what it says: a token is kept nowhere. */
function withoutToken(event: Json): Json {
  if (!isJsonObject(event) || !Object.hasOwn(event, "userToken")) return event;
  const { userToken: _, ...rest } = event;
  return rest;
}

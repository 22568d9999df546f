import type { EventType } from "../../core/model/event.ts";
import { isOverload } from "../../durable-objects/profile/overload.ts";
import type { SourceCall } from "../auth/guard.ts";
import { logFault } from "../wire/log.ts";
import { refuse } from "../wire/problem.ts";
import { locationHintOf } from "../wire/region.ts";
import { jsonReply } from "../wire/reply.ts";
import { collect, readCall } from "./collect.ts";

/** `POST /v1/{track,identify,page,screen,group,alias,batch}`: 200 once every event is durable, as accepted or as rejected. */
export async function collectRoute(
  { request, env, ctx, workspace, source, body, bodySize }: SourceCall,
  path: EventType | "batch",
): Promise<Response> {
  const call = readCall(body, path, bodySize);
  if (!call.ok) return refuse(call.error);
  // An importing server's place says nothing about where its customers are.
  const hint = source.kind === "server" ? undefined : locationHintOf(request);
  try {
    return jsonReply(await collect(env, ctx, { workspace, source, hint }, call.value, Date.now()));
  } catch (error) {
    return unavailable(error);
  }
}

/** Whatever failed, nothing was acknowledged: the client sends again, and what was taken already is known again. */
function unavailable(error: unknown): Response {
  // Nothing is wrong then: whoever sends so much is to slow down.
  if (isOverload(error))
    return refuse("rate_limited", "Too much is sent at once for one profile. Send it again.", {
      headers: { "retry-after": "2" },
    });
  logFault("collect", error);
  return refuse("unavailable", "Not all events could be stored. Send them again.", { headers: { "retry-after": "1" } });
}

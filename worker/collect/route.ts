import { isOverload } from "../../durable-objects/profile/overload.ts";
import type { SourceCall } from "../auth/guard.ts";
import { provenUser } from "../auth/user-token.ts";
import { logFault } from "../wire/log.ts";
import { pictureReply } from "../wire/picture.ts";
import { refuse } from "../wire/problem.ts";
import { locationHintOf } from "../wire/region.ts";
import { jsonReply } from "../wire/reply.ts";
import { collect, readCall, type Call, type Collected, type CallPath, type CollectReply } from "./collect.ts";
import { edgeOfCall } from "./edge/edge.ts";
import { pixelCall } from "./pixel.ts";
import { forgetMembership } from "./membership-cookie.ts";
import { FORGET_TL_ID, readTlId, tlIdCookie, type TlId } from "./tl-id.ts";

/** What `navigator.sendBeacon` takes. */
const MOST_BEACON_BYTES = 65_536;

/** `POST /v1/{track,identify,page,screen,group,alias,batch}`: 200 once every event is durable, as accepted or as rejected. */
export async function collectRoute(call: SourceCall, path: CallPath): Promise<Response> {
  const events = readCall(call.body, path, call.bodyText.length);
  if (!events.ok) return refuse(events.error);
  return answer(call, events.value, jsonReply);
}

/** `POST /v1/beacon`: a page says it while it closes and reads no answer; one event or a batch, the key in the body. */
export async function beaconRoute(call: SourceCall): Promise<Response> {
  return call.bodyText.length > MOST_BEACON_BYTES ? refuse("too_large") : collectRoute(call, "any");
}

/** `GET /v1/pixel.gif`: an event from where no script runs. The picture comes once the event is durable, as accepted or as rejected. */
export async function pixelRoute(call: SourceCall): Promise<Response> {
  return answer(call, pixelCall(call.request), pictureReply);
}

async function answer(
  { request, env, ctx, workspace, source, body }: SourceCall,
  events: Call,
  reply: (reply: CollectReply) => Response,
): Promise<Response> {
  // An importing server's place says nothing about where its customers are.
  const hint = source.kind === "server" ? undefined : locationHintOf(request);
  const cookie = source.kind === "browser" && events.reset !== true ? readTlId(request, env, workspace.id) : undefined;
  const known = { workspace, source, hint, edge: edgeOfCall(request, source.kind), ...(cookie === undefined ? {} : { cookie }) };
  try {
    // A server is taken at its word.
    const token = source.kind === "server" ? undefined : provenUser(request, body, env, workspace);
    const user = token instanceof Promise ? await token : token;
    const sender = user === undefined || user === "invalid" ? known : { ...known, user };
    const now = Date.now();
    const collected = await collect(env, ctx, sender, events, now);
    const response = reply(user === "invalid" ? { ...collected.reply, userToken: user } : collected.reply);
    const set = source.kind === "browser" ? cookieAfter(env, workspace.id, now, collected, cookie) : undefined;
    if (set !== undefined) response.headers.append("set-cookie", set);
    if (source.kind === "browser") forgetMembership(request, response, !collected.forbidsStorage);
    return response;
  } catch (error) {
    return unavailable(error);
  }
}

/** The browser is told whose it is from now on; who has said no to storage keeps no cookie of ours. */
function cookieAfter(
  env: Env,
  workspace: string,
  now: number,
  { reached, forbidsStorage }: Collected,
  held: TlId | undefined,
): string | undefined {
  if (forbidsStorage) return held === undefined ? undefined : FORGET_TL_ID;
  if (reached === undefined) return undefined;
  const kind = reached.rank === 3 ? "person" : reached.rank === 2 ? "known" : "anonymous";
  return tlIdCookie(env, workspace, now, { profileId: reached.profileId, kind }, held);
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

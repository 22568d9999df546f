import { OWN_SOURCE, SHOWN_FACTS, shownId } from "../../core/model/campaign.ts";
import type { JournalEvent } from "../../core/model/envelope.ts";
import type { JsonObject } from "../../core/model/json.ts";
import { openShown, type Shown } from "../../durable-objects/profile/shown-token.ts";
import { profileStub } from "../../durable-objects/profile/stub.ts";
import { findWorkspace } from "../auth/cache.ts";
import { envelopeOf } from "../cold/profile-calls.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { forgetMembership } from "../collect/membership-cookie.ts";
import { logFault } from "../wire/log.ts";
import { pictureReply } from "../wire/picture.ts";
import { refuse } from "../wire/problem.ts";

/** An impression comes with its page; what comes a day later is a page that was kept. */
const LONGEST_MS = 24 * 3_600_000;

/** Paths of what a decision's `impressionUrl` and `clickUrl` lead to. The token is their key. */
export function isShownPath(path: string): boolean {
  return path.startsWith("/v1/pixel.gif?t=") || path.startsWith("/v1/click?t=");
}

/**
 * `GET /v1/pixel.gif?t=` and `GET /v1/click?t=` of a decision: a fact in the journal of whom it was made for, under the
 * decision's own id, so that however often it is called it counts once. A prefetch is no view and no click.
 */
export async function shownRoute(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse("method_not_allowed", undefined, { headers: { allow: "GET" } });
  const url = new URL(request.url);
  const shown = openShown(env.NAME_KEY, url.searchParams.get("t") ?? "");
  const isClick = url.pathname === "/v1/click";
  if (shown === undefined || (isClick && shown.destination === undefined)) return refuse("not_found");
  const now = Date.now();
  if (request.method === "GET" && !isPrefetch(request) && now - shown.at <= LONGEST_MS) {
    try {
      const workspace = await findWorkspace(env, ctx, shown.workspace);
      if (workspace !== undefined) await record(env, workspace, shown, isClick ? SHOWN_FACTS.click : SHOWN_FACTS.impression, now);
    } catch (error) {
      logFault("shown", error);
      // Who clicks wants to get on; a picture may be asked for again.
      if (!isClick) return refuse("unavailable", undefined, { headers: { "retry-after": "1" } });
    }
  }
  const response = isClick ? redirect(shown.destination ?? "") : pictureReply();
  // The URL is its own right, and the answer says nothing: a page of any origin may call it.
  response.headers.set("access-control-allow-origin", "*");
  // What was seen may be what a rule asks for.
  forgetMembership(request, response);
  return response;
}

function redirect(location: string): Response {
  return new Response(null, {
    status: 302,
    headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
}

/** `Sec-Purpose` of the Fetch standard, and what browsers sent before it. */
function isPrefetch({ headers }: Request): boolean {
  return ["sec-purpose", "purpose", "x-purpose", "x-moz"].some((name) =>
    /prefetch|prerender|preview/i.test(headers.get(name) ?? ""),
  );
}

async function record(env: Env, workspace: WorkspaceRecord, shown: Shown, name: string, now: number): Promise<void> {
  const { profileId, decision, placement, campaign, creative, arm } = shown;
  const id = shownId(decision, placement);
  const properties: JsonObject = { decision, placement, campaign, creative, arm };
  const event: JournalEvent = {
    name,
    type: "fact",
    time: now,
    receivedAt: now,
    messageId: name === SHOWN_FACTS.click ? `${id}:click` : id,
    source: OWN_SOURCE,
    channel: "web",
    party: "first",
    origin: { type: "decision", hash: profileId },
    properties,
  };
  const items = [JSON.stringify(event)];
  await profileStub(env, workspace, profileId).ingest({
    ...envelopeOf(workspace, profileId),
    receivedAt: now,
    items,
    onlyKnown: true,
  });
}

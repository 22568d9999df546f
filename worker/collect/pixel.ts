import type { Json, JsonObject } from "../../core/model/json.ts";
import type { Call } from "./collect.ts";
import { consentOfQuery } from "./query-consent.ts";

/** Prefix of the query's parameters that are properties of the event. */
const PROPERTY = "p.";

/** Parameters that are fields of the event, as they are. */
const FIELDS = ["event", "userId", "anonymousId", "messageId", "timestamp"] as const;

/**
 * The event that a picture's URL tells (http.md, "Collect"): `event`, `userId`, `anonymousId`, `messageId`, `timestamp`,
 * `p.NAME` for properties, which are texts; consent as `gdpr_consent` (TCF), `gpp`, `gpp_sid` and `gpc`, as the IAB names
 * them in URLs. Without `event` it is a page view, of the page that shows the picture.
 */
export function pixelCall(request: Request): Call {
  const { searchParams } = new URL(request.url);
  const event: [string, Json][] = [];
  const properties: [string, Json][] = [];
  for (const field of FIELDS) {
    const value = searchParams.get(field);
    if (value !== null) event.push([field, value]);
  }
  for (const [name, value] of searchParams) if (name.startsWith(PROPERTY)) properties.push([name.slice(PROPERTY.length), value]);
  const consent = consentOfQuery(searchParams);
  const referrer = request.headers.get("referer");
  const context: JsonObject = { ...(referrer === null ? {} : { page: { url: referrer } }), ...(consent && { consent }) };
  const type = searchParams.has("event") ? "track" : "page";
  const json = Object.fromEntries<Json>([...event, ["properties", Object.fromEntries(properties)], ["context", context]]);
  return { events: [json], type, sentAt: undefined, context: undefined };
}

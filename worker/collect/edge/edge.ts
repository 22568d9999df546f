import type { Edge } from "../../../core/model/edge.ts";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../../../core/model/json.ts";
import type { SourceKind } from "../../cold/records.ts";
import { truncatedAddress } from "./address.ts";
import { deviceOf } from "./device.ts";
import { trafficOf } from "./traffic.ts";

/**
 * What the call itself tells of where it came from: of a device's call the place and address, which only the platform says,
 * never a header of the client's (through a direct socket it says nothing). A server's place says nothing of its customers.
 */
export function edgeOfCall(request: Request, kind: SourceKind): Edge {
  if (kind === "server") return {};
  const cf = request.cf as IncomingRequestCfProperties | undefined;
  const userAgent = request.headers.get("user-agent");
  const address = cf === undefined ? null : request.headers.get("cf-connecting-ip");
  return {
    ...(userAgent === null ? {} : deviceOf(userAgent)),
    ...present({
      country: cf?.country,
      region: cf?.region,
      city: cf?.city,
      timeZone: cf?.timezone,
      ip: address === null ? undefined : truncatedAddress(address),
    }),
  };
}

/** What is known of one event: what its call tells, the user agent that its context names (a server speaks for others), and what brought the visit. */
export function edgeOfEvent(ofCall: Edge, context: JsonObject | undefined, properties: JsonObject): Edge | undefined {
  const userAgent = context === undefined ? undefined : text(ownProperty(context, "userAgent"));
  const said = ownProperty(context ?? {}, "page");
  const page = isJsonObject(said) ? said : properties;
  const url = text(ownProperty(page, "url"));
  const traffic = url === undefined ? undefined : trafficOf(url, text(ownProperty(page, "referrer")));
  const edge: Edge = {
    ...ofCall,
    ...(userAgent === undefined ? {} : deviceOf(userAgent)),
    ...(traffic === undefined ? {} : { traffic }),
  };
  return Object.keys(edge).length === 0 ? undefined : edge;
}

/** A context whose address is stored truncated, or not at all where it is none. */
export function withoutAddress(context: JsonObject): JsonObject {
  const address = ownProperty(context, "ip");
  if (address === undefined) return context;
  const { ip: _, ...rest } = context;
  const truncated = typeof address === "string" ? truncatedAddress(address) : undefined;
  return truncated === undefined ? rest : { ...rest, ip: truncated };
}

/** An event as it came, but for its address: for what is kept of it before, or without, being read. */
export function withoutAddressIn(event: Json): Json {
  const context = isJsonObject(event) ? ownProperty(event, "context") : undefined;
  if (!isJsonObject(event) || !isJsonObject(context) || !Object.hasOwn(context, "ip")) return event;
  return { ...event, context: withoutAddress(context) };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function present(values: { readonly [K in "country" | "region" | "city" | "timeZone" | "ip"]: string | undefined }): Edge {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));
}

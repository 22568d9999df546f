import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { EventType } from "../model/event.ts";
import { isNobodys, isNobodysMail } from "./blocked.ts";
import { byStrength } from "../model/identifier-settings.ts";
import { isIdentifierValue, parseEmailSha256, parsePhone, type Identifier } from "../model/ids.ts";
import { isJsonArray, isJsonObject, ownProperty, type Json, type JsonObject } from "../model/json.ts";

/** Identifiers of one event beyond its `userId` and `anonymousId`: a page that lists more is not naming one person. */
const MOST_FURTHER = 10;

/**
 * Who else an event says its person is (architecture.md, "Identity"): of an identify `traits.email` and `traits.phone`, of
 * every call `context.externalIds` `[{type,id}]` and `context.device`. In the order in which one may stand for the person where nothing
 * stronger is named; what cannot identify anybody is passed over, for it is data all the same. Of too many the strongest stay.
 * @param priority types of identifiers, the strongest first
 */
export function furtherIdentifiers(
  type: EventType,
  traits: JsonObject,
  context: JsonObject | undefined,
  priority?: readonly string[],
): readonly Identifier[] {
  const found = externalIdentifiers(context === undefined ? undefined : ownProperty(context, "externalIds"));
  found.push(...deviceIdentifiers(context === undefined ? undefined : ownProperty(context, "device")));
  if (type === "identify") {
    const email = emailIdentifier(ownProperty(traits, "email"));
    const phone = phoneIdentifier(ownProperty(traits, "phone"));
    if (email !== undefined) found.push(email);
    if (phone !== undefined) found.push(phone);
  }
  const somebodys = found.filter((identifier) => !isNobodys(identifier));
  if (somebodys.length <= MOST_FURTHER) return somebodys;
  const stay = new Set(somebodys.toSorted(byStrength(priority)).slice(0, MOST_FURTHER));
  return somebodys.filter((identifier) => stay.has(identifier));
}

/** Of an app's device its id and, unless its user forbids that, the one for advertising (`context.device`, as the Segment spec writes it). */
function deviceIdentifiers(device: Json | undefined): Identifier[] {
  if (device === undefined || !isJsonObject(device)) return [];
  const [id, advertisingId] = [ownProperty(device, "id"), ownProperty(device, "advertisingId")];
  const isTracked = ownProperty(device, "adTrackingEnabled") !== false;
  return [
    ...(isIdentifierValue(id) ? [{ type: "ext:deviceId", value: id }] : []),
    ...(isIdentifierValue(advertisingId) && isTracked ? [{ type: "ext:advertisingId", value: advertisingId.toLowerCase() }] : []),
  ];
}

/** An e-mail counts as the SHA-256 of its normal form, trimmed and in lower case, so that raw and hashed ones meet. */
export function emailIdentifier(value: Json | undefined): Identifier | undefined {
  if (!isIdentifierValue(value) || !/^[^\s@]+@[^\s@]+$/.test(value.trim()) || isNobodysMail(value)) return undefined;
  return { type: "emailSha256", value: emailSha256(value) };
}

/** SHA-256 of the normal form of an e-mail, in hexadecimal. */
export function emailSha256(email: string): string {
  return bytesToHex(sha256(utf8ToBytes(email.trim().toLowerCase())));
}

/** A phone number in international form. */
export function phoneIdentifier(value: Json | undefined): Identifier | undefined {
  const phone = parsePhone(value);
  return phone === undefined ? undefined : { type: "phone", value: phone };
}

function externalIdentifiers(list: Json | undefined): Identifier[] {
  const found: Identifier[] = [];
  for (const entry of isJsonArray(list) ? list : []) {
    const identifier = isJsonObject(entry) ? externalIdentifier(ownProperty(entry, "type"), ownProperty(entry, "id")) : undefined;
    if (identifier !== undefined) found.push(identifier);
  }
  return found;
}

/** One of `externalIds`. The types that we know by a name of their own are read as that. */
function externalIdentifier(type: Json | undefined, id: Json | undefined): Identifier | undefined {
  if (!isIdentifierValue(type) || !isIdentifierValue(id)) return undefined;
  switch (type) {
    case "email":
      return emailIdentifier(id);
    case "phone":
      return phoneIdentifier(id);
    case "emailSha256": {
      const hash = parseEmailSha256(id);
      return hash === undefined ? undefined : { type, value: hash };
    }
    // Said where they belong, and nowhere else: a call must not name a second user by the way.
    case "userId":
    case "user_id":
    case "anonymousId":
    case "anonymous_id":
      return undefined;
    default:
      return { type: `ext:${type}`, value: id };
  }
}

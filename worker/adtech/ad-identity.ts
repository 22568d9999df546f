import { isNobodys } from "../../core/identity/blocked.ts";
import { parseIdentity, type Identity } from "../../core/model/ids.ts";
import { isJsonArray, isJsonObject, ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";

/** Source of `eids` under which the ids of the site itself go. */
export const OWN_SOURCE = "tideline";

/** The type that an id for advertising of a device is collected under, in lower case (`context.device.advertisingId`). */
const ADVERTISING_ID = "advertisingId";

/**
 * Systems of ids by their domains, as `eids[].source` has them, and the type of external id that each is collected as. In
 * the order in which they are asked: those made of an e-mail address before those of a browser.
 */
const ID_SYSTEMS: Readonly<Record<string, string>> = {
  "uidapi.com": "uid2",
  "euid.eu": "euid",
  "liveramp.com": "rampid",
  "id5-sync.com": "id5",
  "netid.de": "netid",
  "utiq.com": "utiq",
  "pubcid.org": "pubcid",
};

/** An id and the kind that it is of, in words of whoever sent it. */
export function identityFor(type: string, id: Json | undefined): Identity | undefined {
  if (typeof id !== "string") return undefined;
  switch (type) {
    case "userId":
    case "anonymousId":
    case "email":
    case "emailSha256":
      return somebody(parseIdentity({ [type]: id }));
    default:
      return somebody(parseIdentity({ externalId: { type, id } }));
  }
}

/** The person behind a device's id for advertising. */
export function identityForDevice(ifa: Json | undefined): Identity | undefined {
  return typeof ifa === "string" ? identityFor(ADVERTISING_ID, ifa.toLowerCase()) : undefined;
}

/**
 * Whom a bid request is about: the site's own id, else that of a system known, else the device. `user.id` and `buyeruid` are the exchange's
 * and the bidder's own.
 */
export function personOfBidRequest(user: JsonObject, device: JsonObject): Identity | undefined {
  const ext = objectIn(user, "ext");
  const eids = [...objectsIn(user, "eids"), ...objectsIn(ext, "eids")];
  const own = first(eids, OWN_SOURCE, (uid) => {
    const type = ownProperty(objectIn(uid, "ext"), "type");
    return identityFor(typeof type === "string" ? type : "userId", ownProperty(uid, "id"));
  });
  if (own !== undefined) return own;
  for (const [source, type] of Object.entries(ID_SYSTEMS)) {
    const found = first(eids, source, (uid) => identityFor(type, ownProperty(uid, "id")));
    if (found !== undefined) return found;
  }
  return identityForDevice(ownProperty(device, "ifa"));
}

/** The member of that name where it is an object, else one without members. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = ownProperty(object, name);
  return isJsonObject(value) ? value : {};
}

function objectsIn(object: JsonObject, name: string): readonly JsonObject[] {
  const value = ownProperty(object, name);
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}

function first(
  eids: readonly JsonObject[],
  source: string,
  read: (uid: JsonObject) => Identity | undefined,
): Identity | undefined {
  for (const eid of eids) {
    if (ownProperty(eid, "source") !== source) continue;
    for (const uid of objectsIn(eid, "uids")) {
      const found = read(uid);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** @returns undefined for what names nobody, a zeroed id of a device among it */
function somebody(parsed: ReturnType<typeof parseIdentity>): Identity | undefined {
  if (!parsed.ok) return undefined;
  return parsed.value.kind === "identifier" && isNobodys(parsed.value.identifier) ? undefined : parsed.value;
}

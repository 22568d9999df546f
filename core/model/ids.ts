import { fail, ok, type Result } from "./result.ts";

/**
 * The name of a profile object, and so the id of the profile: HMAC-SHA-256 of (workspace, identifier type, normal value)
 * in base64url, 43 characters. It carries nothing of the person and means nothing in another workspace.
 */
export type ProfileId = string & { readonly of: "profile" };

/** An identifier in its normal form: what a person is called by one system. `type` is `anonymousId`, `userId`, `emailSha256`,
 * `phone` or `ext:TYPE`. */
export interface Identifier {
  readonly type: string;
  readonly value: string;
}

/** An identifier as we keep and show it: the hash is the name of the object it leads to, never the value. */
export interface HashedIdentifier {
  readonly type: string;
  readonly hash: ProfileId;
}

/**
 * Types of the identifier that a browser's signed cookie gives: its value is a profile, that of a browser which was nobody's
 * when the cookie was set, of somebody known by an e-mail or a card alone, or of a user.
 */
export const BROWSER_COOKIE = "tl_id";
export const KNOWN_COOKIE = "tl_id:known";
export const PERSON_COOKIE = "tl_id:person";

export function isCookie({ type }: HashedIdentifier): boolean {
  return type === BROWSER_COOKIE || type === KNOWN_COOKIE || type === PERSON_COOKIE;
}

/** Longest identifier we take, in UTF-16 code units: longer ones are data in the wrong field. */
export const LONGEST_IDENTIFIER = 255;

const PROFILE_ID = /^[A-Za-z0-9_-]{43}$/;

/** Reads a profile id that came from outside. @returns undefined for anything that cannot be one */
export function parseProfileId(text: unknown): ProfileId | undefined {
  return typeof text === "string" && PROFILE_ID.test(text) ? (text as ProfileId) : undefined;
}

/** True for a text that may identify somebody: not empty, not blank, not longer than we take. */
export function isIdentifierValue(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_IDENTIFIER && value.trim() !== "";
}

/** Who a decision or a lookup is about: an identifier, a plain e-mail still to be hashed, or the profile itself. */
export type Identity =
  | { readonly kind: "identifier"; readonly identifier: Identifier }
  | { readonly kind: "email"; readonly email: string }
  | { readonly kind: "profile"; readonly profileId: ProfileId };

const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Reads a hashed e-mail: 64 hexadecimal digits, in lower case from then on. @returns undefined for anything else */
export function parseEmailSha256(value: unknown): string | undefined {
  const hash = typeof value === "string" ? value.toLowerCase() : "";
  return SHA256_HEX.test(hash) ? hash : undefined;
}

/**
 * Reads a phone number in international form, `+` or `00` and 8 to 15 digits (ITU-T E.164): a national one names nobody without
 * its country. @returns its normal form; undefined for anything else
 */
export function parsePhone(value: unknown): string | undefined {
  if (!isIdentifierValue(value)) return undefined;
  const digits = /^(?:\+|00)([1-9]\d{7,14})$/.exec(value.replaceAll(/[\s().\-/]/g, ""))?.[1];
  return digits === undefined ? undefined : `+${digits}`;
}

/**
 * Reads the `identity` object of http.md, "Decide": exactly one of `anonymousId`, `userId`, `email`, `emailSha256`,
 * `profileId`, `externalId {type,id}`.
 * @returns the identity, or `bad_identity`
 */
export function parseIdentity(json: unknown): Result<Identity, "bad_identity"> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fail("bad_identity");
  const entries = Object.entries(json).filter(([, value]) => value !== undefined && value !== null);
  const only = entries[0];
  if (entries.length !== 1 || only === undefined) return fail("bad_identity");
  const [key, value] = only;
  switch (key) {
    case "anonymousId":
    case "userId":
      return isIdentifierValue(value) ? ok({ kind: "identifier", identifier: { type: key, value } }) : fail("bad_identity");
    case "email":
      return isIdentifierValue(value) && value.includes("@") ? ok({ kind: "email", email: value }) : fail("bad_identity");
    case "emailSha256": {
      const hash = parseEmailSha256(value);
      return hash === undefined ? fail("bad_identity") : ok({ kind: "identifier", identifier: { type: key, value: hash } });
    }
    case "profileId": {
      const profileId = parseProfileId(value);
      return profileId === undefined ? fail("bad_identity") : ok({ kind: "profile", profileId });
    }
    case "externalId":
      return externalIdentity(value);
    default:
      return fail("bad_identity");
  }
}

function externalIdentity(value: unknown): Result<Identity, "bad_identity"> {
  if (typeof value !== "object" || value === null || !("type" in value) || !("id" in value)) return fail("bad_identity");
  const { type, id } = value;
  if (!isIdentifierValue(type) || !isIdentifierValue(id)) return fail("bad_identity");
  // As events are read: the types that we know have a normal form, and a user is not named by the way.
  switch (type) {
    case "email":
    case "emailSha256":
      return parseIdentity({ [type]: id });
    case "phone": {
      const phone = parsePhone(id);
      return phone === undefined ? fail("bad_identity") : ok({ kind: "identifier", identifier: { type, value: phone } });
    }
    case "userId":
    case "user_id":
    case "anonymousId":
    case "anonymous_id":
      return fail("bad_identity");
    default:
      return ok({ kind: "identifier", identifier: { type: `ext:${type}`, value: id } });
  }
}

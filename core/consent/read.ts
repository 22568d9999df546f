import { isJsonObject, type Json } from "../model/json.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { PURPOSES, type Consent, type Purpose } from "../model/consent.ts";
import { NOTHING_ALLOWED, strictest } from "./consent.ts";
import { consentOfTcf } from "./tcf.ts";

/** Reads a GPP string; passed in because its decoder is large and loaded only when somebody sends one. */
export type GppReader = (text: string, sectionIds: readonly number[] | undefined, gvlId: number | undefined) => Consent;

/** True when reading this statement needs the GPP decoder. */
export function needsGpp(json: Json | undefined): boolean {
  return isJsonObject(json) && own(json, "gpp") !== undefined && own(json, "gpp") !== null;
}

/**
 * Reads `consent` of a decision or `context.consent` of an event (http.md): `{"purposes","tcf","gpp","gppSid","gpc"}`,
 * any part of it. Any no wins over any yes. What cannot be decoded counts as no to everything.
 * @returns what was said, or `bad_consent` where the shape itself is wrong: a misspelt no must not pass as silence
 */
export function readConsent(json: Json | undefined, gvlId: number | undefined, gpp: GppReader): Result<Consent, "bad_consent"> {
  if (json === undefined || json === null) return ok({});
  if (!isJsonObject(json)) return fail("bad_consent");
  let consent: Consent = {};
  for (const [key, value] of Object.entries(json)) {
    if (value === null) continue;
    const said = readPart(key, value, json, gvlId, gpp);
    if (!said.ok) return said;
    consent = strictest(consent, said.value);
  }
  return ok(consent);
}

function readPart(
  key: string,
  value: Json,
  whole: { readonly [key: string]: Json },
  gvlId: number | undefined,
  gpp: GppReader,
): Result<Consent, "bad_consent"> {
  switch (key) {
    case "purposes":
      return readPurposes(value);
    case "gpc":
      if (typeof value !== "boolean") return fail("bad_consent");
      return ok(value ? { ads: false } : {});
    case "tcf":
      return typeof value === "string" ? ok(consentOfTcf(value, gvlId)) : ok(NOTHING_ALLOWED);
    case "gpp": {
      const sids = own(whole, "gppSid");
      return typeof value === "string" ? ok(gpp(value, sectionIds(sids), gvlId)) : ok(NOTHING_ALLOWED);
    }
    case "categoryPreferences":
      // Segment's own consent field stands in the same place; its categories are the customer's and say nothing to us.
      return ok({});
    case "gppSid":
      return sectionIds(value) === undefined ? fail("bad_consent") : ok({});
    default:
      return fail("bad_consent");
  }
}

function readPurposes(value: Json): Result<Consent, "bad_consent"> {
  if (!isJsonObject(value)) return fail("bad_consent");
  const consent: { [P in Purpose]?: boolean } = {};
  for (const [key, said] of Object.entries(value)) {
    const purpose = PURPOSES.find((name) => name === key);
    if (purpose === undefined || typeof said !== "boolean") return fail("bad_consent");
    consent[purpose] = said;
  }
  return ok(consent);
}

function sectionIds(value: Json | undefined): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const ids = value.filter((id): id is number => Number.isInteger(id));
  return ids.length === value.length ? ids : undefined;
}

function own(object: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

import { NOTHING_ALLOWED, strictest } from "../../core/consent/consent.ts";
import { readConsent } from "../../core/consent/read.ts";
import type { Consent } from "../../core/model/consent.ts";
import { isJsonArray, type Json, type JsonObject } from "../../core/model/json.ts";
import { gppReaderFor } from "../wire/gpp.ts";

/**
 * What an ad call says about consent, whatever place it says it in: each signal as often as it came. Versions of OpenRTB have the
 * same one in two places, and exchanges fill either, both, or both differently.
 */
export interface Signals {
  /** The person's device or browser says no to advertising, or the law does: `coppa`, `lmt`, `dnt`, `gpc`. */
  readonly refusals: readonly (Json | undefined)[];
  /** True where GDPR applies. */
  readonly gdpr: readonly (Json | undefined)[];
  /** TCF consent strings. */
  readonly tcf: readonly (Json | undefined)[];
  readonly gpp: readonly (Json | undefined)[];
  /** Sections of `gpp` that apply, as numbers. */
  readonly gppSid: readonly (Json | undefined)[];
  readonly usPrivacy: readonly (Json | undefined)[];
}

/** Section of the Global Privacy Platform for the TCF of the European Union. */
const GPP_TCF_EU = 2;
const US_PRIVACY = /^1[YN-][YN-][YN-]$/i;
/** Of a US Privacy string: what the person said of the sale of personal data. */
const US_OPT_OUT = 2;

/**
 * Whether a profile may be read for an ad call, and what then holds. Everything that says no is a no, wherever it stands, and so
 * is what cannot be read: junk. Under GDPR silence is one, too.
 * @returns undefined for no
 */
export async function adConsent(signals: Signals, gvlId: number | undefined): Promise<Consent | undefined> {
  if (signals.refusals.some((said) => flagOf(said) !== false)) return undefined;
  if (signals.usPrivacy.some((said) => !isNothing(said) && !allowsSale(said))) return undefined;
  const gdpr = new Set(signals.gdpr.map(flagOf));
  const sids = sectionsOf(signals.gppSid);
  if (sids === "junk" || gdpr.has("junk")) return undefined;
  const statements = [
    ...signals.tcf.flatMap((tcf): JsonObject[] => (isNothing(tcf) ? [] : [{ tcf }])),
    ...signals.gpp.flatMap((gpp): JsonObject[] => (isNothing(gpp) ? [] : [sids === undefined ? { gpp } : { gpp, gppSid: sids }])),
  ];
  const loading = gppReaderFor(statements);
  const reader = loading instanceof Promise ? await loading : loading;
  const consent = statements
    .map((statement) => readConsent(statement, gvlId, reader))
    .map((said) => (said.ok ? said.value : NOTHING_ALLOWED))
    .reduce<Consent>(strictest, {});
  const { storage, profiling, ads } = consent;
  if (storage === false || profiling === false || ads === false) return undefined;
  const mustBeGiven = gdpr.has(true) || sids?.includes(GPP_TCF_EU) === true;
  return mustBeGiven && !(storage && profiling && ads) ? undefined : consent;
}

/** What stands for "not said": exchanges send empty texts, too. */
function isNothing(said: Json | undefined): said is undefined | null | "" {
  return said === undefined || said === null || said === "";
}

/** A flag of OpenRTB, 0 or 1; also as texts and booleans have it. What is none of them is junk. */
function flagOf(said: Json | undefined): boolean | "junk" {
  if (isNothing(said)) return false;
  switch (said) {
    case 0:
    case "0":
    case false:
    case "false":
      return false;
    case 1:
    case "1":
    case true:
    case "true":
      return true;
    default:
      return "junk";
  }
}

function allowsSale(said: Json): boolean {
  return typeof said === "string" && US_PRIVACY.test(said) && said.charAt(US_OPT_OUT).toUpperCase() !== "Y";
}

/** @returns undefined where none are named */
function sectionsOf(said: Signals["gppSid"]): readonly number[] | "junk" | undefined {
  const named = said.filter((sids) => !isNothing(sids));
  if (named.length === 0) return undefined;
  const all: number[] = [];
  for (const sids of named) {
    if (!isJsonArray(sids)) return "junk";
    for (const sid of sids) {
      if (typeof sid !== "number" || !Number.isInteger(sid)) return "junk";
      all.push(sid);
    }
  }
  return all;
}

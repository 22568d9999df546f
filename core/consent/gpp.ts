import { GppModel } from "@iabgpp/cmpapi";
import type { Consent } from "../model/consent.ts";
import { NOTHING_ALLOWED, strictest } from "./consent.ts";
import { consentOfPurposes } from "./tcf.ts";

/** Section ids of the Global Privacy Platform that are read as TCF; US sections are 6 (US Privacy) and 7 and above. */
const TCF_EU = 2;
const TCF_CANADA = 5;
const US_PRIVACY = 6;

/** Fields of a US section by which a person opts out of having data sold, shared or used for targeted advertising; 1 is "opted out". */
const US_OPT_OUTS = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"];

/**
 * What a GPP string allows. US opt-outs deny ads only; its TCF sections count as TCF does.
 * @param sectionIds the sections that apply to this person; those of the string where none are named
 */
export function consentOfGpp(text: string, sectionIds?: readonly number[], gvlId?: number): Consent {
  try {
    const model = new GppModel(text);
    const present: number[] = model.getSectionIds();
    // An applicable section that the string does not hold says nothing; -1 and 0 mean "none applies".
    const applicable = sectionIds === undefined ? present : present.filter((id) => sectionIds.includes(id));
    return applicable.map((id) => consentOfSection(model, id, gvlId)).reduce<Consent>(strictest, {});
  } catch {
    return NOTHING_ALLOWED;
  }
}

function consentOfSection(model: GppModel, id: number, gvlId: number | undefined): Consent {
  const field = (name: string): unknown =>
    model.hasFieldBySectionId(id, name) ? model.getFieldValueBySectionId(id, name) : undefined;
  const bit = (name: string, purpose: number): boolean => {
    const bits = field(name);
    return Array.isArray(bits) && bits[purpose - 1] === true;
  };
  const vendor = (name: string): boolean => {
    const vendors = field(name);
    return gvlId === undefined || (Array.isArray(vendors) && vendors.includes(gvlId));
  };
  switch (id) {
    case TCF_EU:
      return vendor("VendorConsents") ? consentOfPurposes((purpose) => bit("PurposeConsents", purpose)) : NOTHING_ALLOWED;
    case TCF_CANADA:
      return vendor("VendorExpressConsent") || vendor("VendorImpliedConsent")
        ? consentOfPurposes((purpose) => bit("PurposesExpressConsent", purpose) || bit("PurposesImpliedConsent", purpose))
        : NOTHING_ALLOWED;
    case US_PRIVACY:
      return field("OptOutSale") === "Y" ? { ads: false } : {};
    default:
      return field("Gpc") === true || US_OPT_OUTS.some((name) => field(name) === 1) ? { ads: false } : {};
  }
}

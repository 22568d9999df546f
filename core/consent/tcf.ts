import { TCString } from "@iabtechlabtcf/core";
import type { Consent } from "../model/consent.ts";
import { NOTHING_ALLOWED } from "./consent.ts";

/**
 * What a TCF v2.2/2.3 string allows: purpose 1 is storage; 3 or 5 profiling; 2 and 4 ads; 6 content; 7 or 8 measurement.
 * @param gvlId our number in the Global Vendor List: where the workspace has one, a string without our vendor bit allows nothing
 */
export function consentOfTcf(text: string, gvlId?: number): Consent {
  try {
    const model = TCString.decode(text);
    if (gvlId !== undefined && !model.vendorConsents.has(gvlId)) return NOTHING_ALLOWED;
    return consentOfPurposes((purpose) => model.purposeConsents.has(purpose));
  } catch {
    // The decoder throws TypeErrors on junk. What cannot be read is not a yes.
    return NOTHING_ALLOWED;
  }
}

/** The same purposes are counted from 1 in every TCF-like section. */
export function consentOfPurposes(has: (purpose: number) => boolean): Consent {
  return {
    storage: has(1),
    profiling: has(3) || has(5),
    ads: has(2) && has(4),
    content: has(6),
    measurement: has(7) || has(8),
  };
}

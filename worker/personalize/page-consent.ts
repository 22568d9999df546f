import { readConsent } from "../../core/consent/read.ts";
import type { Consent } from "../../core/model/consent.ts";
import { gppReaderFor } from "../wire/gpp.ts";

/** The cookie in which the IAB's framework lets a consent platform keep its string for the site itself. */
const TCF_COOKIE = /(?:^|;)\s*euconsent-v2=([^;\s]+)/;

/** What a call for a page says of consent before any script runs: the site's TCF cookie and the browser's `Sec-GPC`. Junk means no. */
export async function consentOfPage({ headers }: Request, gvlId: number | undefined): Promise<Consent> {
  const tcf = TCF_COOKIE.exec(headers.get("cookie") ?? "")?.[1];
  const statement = { ...(tcf === undefined ? {} : { tcf }), ...(headers.get("sec-gpc") === "1" ? { gpc: true } : {}) };
  const consent = readConsent(statement, gvlId, await gppReaderFor([statement]));
  return consent.ok ? consent.value : { storage: false, profiling: false };
}

import type { Consent, Params } from "./contract.ts";

/** The URL that asks Tideline about the page's visitor, with all that Prebid knows of consent. @param timeout ms; 0 for none */
export function questionUrl({ host, key }: Params, { gdpr, gpp, usp, coppa }: Consent, timeout: number): string {
  const asked = new URLSearchParams({ writeKey: key });
  const say = (name: string, value: string | number | null | undefined): void => {
    if (value !== undefined && value !== null && value !== "") asked.set(name, String(value));
  };
  // Yes, no and "not known" are three.
  say("gdpr", gdpr?.gdprApplies === undefined ? undefined : Number(gdpr.gdprApplies));
  say("gdpr_consent", gdpr?.consentString);
  say("gpp", gpp?.gppString);
  say("gpp_sid", gpp?.applicableSections?.join());
  say("us_privacy", usp);
  if (coppa) say("coppa", 1);
  if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) say("gpc", 1);
  if (timeout > 0) say("timeout", timeout);
  return `${host}/v1/rtd?${asked.toString()}`;
}

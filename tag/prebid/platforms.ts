import type { Consent } from "./contract.ts";

type Platform = (command: string, version: unknown, callback: (data: never, success: boolean) => void) => void;

interface Platforms {
  readonly __tcfapi?: Platform;
  readonly __gpp?: (command: "ping", callback: (data: GppPing | null) => void) => void;
  readonly __uspapi?: Platform;
}

interface TcData {
  readonly gdprApplies?: boolean;
  readonly tcString?: string;
  readonly eventStatus?: string;
}

interface GppPing {
  readonly gppString?: string;
  readonly applicableSections?: readonly number[];
}

/**
 * Reads consent from the page's own platforms, as Prebid's modules for it do; what the page has none of is not spoken of. A platform that
 * never answers leaves this unanswered: whoever asks has a deadline.
 */
export async function consentOfPage(): Promise<Consent> {
  const { __tcfapi: tcf, __gpp: gpp, __uspapi: usp } = window as unknown as Platforms;
  const consent: { -readonly [K in keyof Consent]: Consent[K] } = {};
  await Promise.all([
    tcf &&
      new Promise<void>((done) =>
        tcf("addEventListener", 2, ({ gdprApplies, tcString, eventStatus }: TcData, success) => {
          if (!success || eventStatus === "cmpuishown") return;
          consent.gdpr = { ...(gdprApplies !== undefined && { gdprApplies }), ...(tcString && { consentString: tcString }) };
          done();
        }),
      ),
    gpp &&
      new Promise<void>((done) =>
        gpp("ping", (ping) => {
          consent.gpp = ping;
          done();
        }),
      ),
    usp &&
      new Promise<void>((done) =>
        usp("getUSPData", 1, (data: { readonly uspString?: string } | null, success) => {
          if (success) consent.usp = data?.uspString ?? null;
          done();
        }),
      ),
  ]);
  return consent;
}

/** What we use of Prebid.js 11's contract for submodules of real-time data (its `modules/rtdModule/spec.ts`), and of GPT's. */

export interface Data {
  readonly id: string;
  readonly segment: readonly { readonly id: string }[];
  readonly ext?: { readonly segtax: number };
}

/** First-party data of OpenRTB, as an auction gathers it: submodules write into it. */
export interface FirstPartyData {
  user?: { data?: readonly Data[] };
}

export interface BidRequest {
  readonly ortb2Fragments: { readonly global: FirstPartyData };
}

/** What Prebid has learned of consent, from whatever platform the page has. */
export interface Consent {
  readonly gdpr?: { readonly gdprApplies?: boolean; readonly consentString?: string } | null;
  readonly gpp?: { readonly gppString?: string; readonly applicableSections?: readonly number[] } | null;
  readonly usp?: string | null;
  readonly coppa?: boolean;
}

/** One of `realTimeData.dataProviders` in Prebid's configuration. */
export interface Config {
  readonly name: string;
  readonly waitForIt?: boolean;
  readonly params?: Params;
}

export interface Params {
  /** Where Tideline is: `https://data.shop.example`. */
  readonly host: string;
  /** The write key of the page's source. */
  readonly key: string;
  /** The key in Google Ad Manager that takes the codes of audiences; false for none. By default `seg`. */
  readonly targeting?: string | false;
  /** False where somebody else gives GPT its publisher provided signals. */
  readonly pps?: boolean;
}

export interface Submodule {
  readonly name: string;
  readonly init: (config: Config) => boolean;
  /** @param timeout how long the auction waits, ms; 0 where it does not */
  readonly getBidRequestData: (request: BidRequest, done: () => void, config: Config, consent: Consent, timeout: number) => void;
  readonly getTargetingData: (adUnitCodes: readonly string[], config: Config) => Record<string, Record<string, string[]>>;
}

import type { Json } from "../../core/model/json.ts";
import type { Signals } from "./ad-consent.ts";

/** Kinds of `consent_string`, as AMP's `CONSENT_METADATA(consentStringType)` numbers them, and what carries each. */
const CONSENT_TYPES: Readonly<Record<string, "tcf" | "usPrivacy" | "gpp">> = {
  "1": "tcf",
  "2": "tcf",
  "3": "usPrivacy",
  "4": "gpp",
};

/**
 * What a URL says about consent, under the names that the IAB (`gdpr`, `gdpr_consent`, `gpp`, `gpp_sid`, `us_privacy`), Prebid Server's
 * AMP endpoint (`consent_string`, `consent_type`, `gdpr_applies`) and we ourselves (`gpc`, `coppa`) have for it.
 */
export function signalsOfQuery(asked: URLSearchParams): Signals {
  const said = (name: string): readonly string[] => asked.getAll(name);
  const typed = { tcf: [...said("gdpr_consent")], usPrivacy: [...said("us_privacy")], gpp: [...said("gpp")] };
  const kinds = said("consent_type").filter((kind) => kind !== "");
  const refusals = [...said("coppa"), ...said("gpc")];
  for (const text of said("consent_string")) {
    const kind = kinds.length === 0 ? "tcf" : CONSENT_TYPES[kinds.length === 1 ? (kinds[0] ?? "") : ""];
    // A text of a kind that is not known is one that cannot be read.
    if (kind === undefined) refusals.push("junk");
    else typed[kind].push(text);
  }
  return {
    refusals,
    gdpr: [...said("gdpr"), ...said("gdpr_applies")],
    ...typed,
    gppSid: said("gpp_sid").map((list): Json => (list === "" ? "" : list.split(",").map(Number))),
  };
}

/** As `signalsOfQuery`, of a browser: it may say no by itself. */
export function signalsOfBrowser(asked: URLSearchParams, request: Request): Signals {
  const signals = signalsOfQuery(asked);
  return { ...signals, refusals: [...signals.refusals, request.headers.get("sec-gpc")] };
}

/** How long a caller waits, ms: `80`, or `80ms` as Prebid Server's module writes it. @returns undefined where it does not say */
export function timeoutOfQuery(asked: URLSearchParams): number | undefined {
  const [, ms] = /^(\d{1,9})(?:ms)?$/.exec(asked.get("timeout") ?? "") ?? [];
  return ms === undefined ? undefined : Number(ms);
}

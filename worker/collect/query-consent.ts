import type { JsonObject } from "../../core/model/json.ts";

/** What a URL says of consent, as the IAB names it there: `gdpr_consent` (TCF), `gpp`, `gpp_sid` and `gpc`. */
export function consentOfQuery(asked: URLSearchParams): JsonObject | undefined {
  const [tcf, gpp, sids, gpc] = [asked.get("gdpr_consent"), asked.get("gpp"), asked.get("gpp_sid"), asked.get("gpc")];
  if (tcf === null && gpp === null && gpc === null) return undefined;
  return {
    ...(tcf === null ? {} : { tcf }),
    ...(gpp === null ? {} : { gpp }),
    ...(sids === null ? {} : { gppSid: sids.split(",").map(Number) }),
    ...(gpc === null ? {} : { gpc: gpc === "1" || gpc === "true" }),
  };
}

/** What a person may allow or forbid (http.md, "Consent"). */
export const PURPOSES = ["storage", "profiling", "ads", "content", "measurement"] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What was said: true is yes, false is no, a purpose not there was not spoken of. */
export type Consent = { readonly [P in Purpose]?: boolean };

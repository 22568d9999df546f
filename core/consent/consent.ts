import { PURPOSES, type Consent, type Purpose } from "../model/consent.ts";

/** What silence means for a source: `assumed` takes it as yes. An explicit no always wins. */
export type ConsentMode = "required" | "assumed";

/** Two statements about the same person: any no wins over any yes. */
export function strictest(one: Consent, other: Consent): Consent {
  const both: { [P in Purpose]?: boolean } = {};
  for (const purpose of PURPOSES) {
    const said = [one[purpose], other[purpose]].filter((value) => value !== undefined);
    if (said.length > 0) both[purpose] = !said.includes(false);
  }
  return both;
}

/** A later statement about the same person: what it speaks of replaces what stood, the rest stands. */
export function restate(before: Consent, now: Consent): Consent {
  return { ...before, ...now };
}

/** Everything forbidden: what an undecodable statement counts as. */
export const NOTHING_ALLOWED: Consent = { storage: false, profiling: false, ads: false, content: false, measurement: false };

/** No profile is written without storage and profiling. */
export function mayWrite(consent: Consent, mode: ConsentMode): boolean {
  if (forbidsProfile(consent)) return false;
  return mode === "assumed" || (consent.storage === true && consent.profiling === true);
}

/** An explicit no to storing or profiling: then nothing of the profile is read either. */
export function forbidsProfile(consent: Consent): boolean {
  return consent.storage === false || consent.profiling === false;
}

/** Purposes of audiences that may not be told, because the person said no to them. */
export function deniedPurposes(consent: Consent): readonly Purpose[] {
  return PURPOSES.filter((purpose) => consent[purpose] === false);
}

/** True when nothing was said at all. */
export function isSilent(consent: Consent): boolean {
  return PURPOSES.every((purpose) => consent[purpose] === undefined);
}

import { isConsentRequired } from "./settings.ts";

/**
 * What the person allowed, from all who may say it: the page (`tl("consent", …)`), Google's Consent Mode, a TCF CMP, and
 * the browser (GPC). Any no wins over any yes, as on the server.
 */
export type Purposes = Record<string, boolean | undefined>;

/** As http.md, "Consent": `context.consent` of an event. */
export interface ConsentStatement {
  purposes?: Purposes;
  tcf?: string | undefined;
  gpp?: string;
  gppSid?: readonly number[];
  gpc?: boolean | undefined;
}

/** Who speaks, by place in what follows. */
export const PAGE = 0;
export const MODE = 1;
export const CMP = 2;
type Voice = typeof PAGE | typeof MODE | typeof CMP;

/** Each voice's last word on each purpose. What a CMP says of them goes out as its string. */
const words: readonly [Purposes, Purposes, Purposes] = [{}, {}, {}];
/** Who is waited for: a page that must ask, a Consent Mode that begins with a no, a CMP that has not answered. */
export const waits: boolean[] = [isConsentRequired];
const { globalPrivacyControl } = navigator as { readonly globalPrivacyControl?: boolean };
const stated: ConsentStatement = { gpc: globalPrivacyControl || undefined };

/** @param isWaiting whether the word is still to come on which collecting may begin */
export function hear(voice: Voice, isWaiting: boolean, said?: Purposes, more?: ConsentStatement): void {
  waits[voice] = isWaiting;
  Object.assign(words[voice], said);
  Object.assign(stated, more);
}

/** Of several voices: undefined where none speaks of the purpose. */
function merged(voices: readonly Purposes[]): Purposes {
  const all: Purposes = {};
  for (const one of voices) for (const purpose in one) all[purpose] = all[purpose] !== false && one[purpose];
  return all;
}

/** Whether a profile may be written: undefined while it is asked, and events wait in memory. */
export function mayCollect(): boolean | undefined {
  const { storage, profiling } = merged(words);
  if (storage === false || profiling === false) return false;
  return (storage && profiling) || !waits.includes(true) || undefined;
}

export function statement(): ConsentStatement {
  return { ...stated, purposes: merged(words.slice(PAGE, CMP)) };
}

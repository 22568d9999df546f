import { CMP, hear, MODE, waits, type Purposes } from "./consent.ts";
import { guarded, listen } from "./guard.ts";

/** Who speaks of consent besides the page's own call: Google's Consent Mode over `dataLayer`, and a TCF CMP. */

/** Purposes that a signal of Consent Mode speaks of: `analytics_storage`, `personalization_storage`, and the three of ads. */
function purposesOf(signal: string): readonly string[] {
  if (signal[0] === "p") return ["profiling", "content"];
  return signal[1] === "n" ? ["storage", "profiling", "measurement"] : signal[1] === "d" ? ["ads"] : [];
}

/** What `gtag("consent", "default" | "update", signals)` pushes: its arguments. Others push what they like. */
type Pushed = ArrayLike<unknown> | undefined;

interface TcData {
  readonly gdprApplies?: boolean;
  readonly eventStatus?: string;
  readonly tcString?: string;
  readonly purpose?: { readonly consents?: Readonly<Record<number, boolean>> };
}

declare global {
  interface Window {
    dataLayer?: Pushed[];
    __tcfapi?: (command: string, version: number, callback: (data: TcData, success: boolean) => void) => void;
  }
}

function hearPushed(pushed: Pushed): void {
  if (pushed?.[0] !== "consent") return;
  const isDefault = pushed[1] === "default";
  const signals = pushed[2] as Record<string, unknown>;
  const said: Purposes = {};
  let isWaiting = isDefault && !!waits[MODE];
  for (const signal in signals) {
    const isGranted = signals[signal] === "granted";
    for (const purpose of purposesOf(signal)) {
      // A page that begins with a no to collecting has not asked yet: that is waited for, not the answer.
      if (isDefault && !isGranted && purpose !== "ads") isWaiting = true;
      // A default for some regions may grant what this visitor was not asked: only its noes count.
      else if (!isGranted || !signals["region"]) said[purpose] = said[purpose] !== false && isGranted;
    }
  }
  hear(MODE, isWaiting, said);
}

/** Hears what was said and what will be. @param changed called after each word; what was decided may be the same */
export function hearConsent(changed: () => void): void {
  const layer = (window.dataLayer ??= []);
  const { push } = layer;
  const hearAll = guarded((all: readonly Pushed[]) => {
    for (const pushed of all) hearPushed(pushed);
    changed();
  });
  layer.push = (...items) => {
    hearAll(items);
    return push.apply(layer, items);
  };
  const find = (): void => {
    const { __tcfapi: tcf } = window;
    if (waits[CMP] !== undefined || !tcf) return;
    hear(CMP, true);
    tcf(
      "addEventListener",
      2,
      guarded(({ gdprApplies, eventStatus, tcString, purpose }: TcData, success: boolean) => {
        if (!success || eventStatus === "cmpuishown") return;
        const has = purpose?.consents ?? {};
        if (gdprApplies === false) hear(CMP, false);
        else hear(CMP, false, { storage: !!has[1], profiling: !!(has[3] || has[5]) }, { tcf: tcString });
        changed();
      }),
    );
  };
  find();
  // A CMP may come after an asynchronous script.
  listen("load", find);
  hearAll(layer);
}

import { watchClicks } from "./clicks.ts";
import { run } from "./commands.ts";
import { hearConsent } from "./consent-sources.ts";
import { watchEngagement } from "./engagement.ts";
import { consentChanged } from "./events.ts";
import { extension, watchForPlacements, type Extension } from "./extension.ts";
import { guarded } from "./guard.ts";
import { viewPage, watchNavigation } from "./navigation.ts";
import { writeKey } from "./settings.ts";

declare global {
  interface Window {
    /** The tag's one name in the page; before it loads, a function that keeps its calls in `q`. */
    tl?: {
      (name: string, first?: unknown, second?: unknown): void;
      q?: readonly Parameters<typeof run>[];
      /** For our second script. */
      x?: Extension;
    };
  }
}

guarded(() => {
  const { tl } = window;
  // A second tag would count everything twice.
  if (!writeKey || (tl && !tl.q)) return;
  const call: NonNullable<Window["tl"]> = guarded(run);
  call.x = extension;
  window.tl = call;
  // Before anything is told: what the page called early may be forbidden.
  hearConsent(consentChanged);
  for (const args of tl?.q ?? []) call(...args);
  watchEngagement();
  watchClicks();
  watchNavigation();
  viewPage();
  watchForPlacements();
})();

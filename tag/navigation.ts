import { flush } from "./delivery.ts";
import { reportEngagement, restartEngagement } from "./engagement.ts";
import { run } from "./commands.ts";
import { guarded, listen } from "./guard.ts";
import { address, context, turnPage } from "./page.ts";

/** Page views: of the document, of each new place within it, and of a document that comes back from the browser's cache. */
export function viewPage(): void {
  restartEngagement();
  run("page");
}

const moved = guarded(() => {
  if (address() === context.page.url) return;
  reportEngagement();
  turnPage();
  viewPage();
});

export function watchNavigation(): void {
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name].bind(history);
    history[name] = (...args) => {
      original(...args);
      moved();
    };
  }
  listen("popstate", moved);
  listen("pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) viewPage();
  });
  // On a phone being hidden is often the last that a page hears; where it goes on, calls that fail now are made again.
  listen("visibilitychange pagehide", ({ type }) => {
    reportEngagement();
    flush(type === "pagehide");
  });
}

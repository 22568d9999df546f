import { record } from "./events.ts";
import { listen } from "./guard.ts";

/** Code units of a label that is told; longer ones are content, not a label. */
const LONGEST_LABEL = 80;

/**
 * Clicks on what is meant to be clicked. `data-tl-event` names the event, and `data-tl-NAME` its properties; links that
 * lead to another host are told as outbound. What is typed into a field is never read.
 */
export function watchClicks(): void {
  listen("click", ({ target }) => {
    // Of what may be found only a link has an address and a host.
    const found = (target as Element).closest<HTMLAnchorElement>("[data-tl-event],a[href],button,[role=button]");
    if (!found) return;
    const { dataset, id, textContent, href, host } = found;
    const properties: Record<string, unknown> = { text: textContent?.trim().slice(0, LONGEST_LABEL), href, id: id || undefined };
    for (const name in dataset)
      if (/^tl(?!Event$)[A-Z]/.test(name)) properties[name[2]!.toLowerCase() + name.slice(3)] = dataset[name];
    const kind = href ? (host && host !== location.host ? "Outbound Link" : "Link") : "Button";
    record("track", { event: dataset["tlEvent"] ?? `${kind} Clicked`, properties });
  });
}

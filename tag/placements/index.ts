import type { Extension } from "../extension.ts";
import { guarded } from "../guard.ts";
import { watchPlacementClicks } from "./clicks.ts";
import { decide } from "./decide.ts";
import { fill, leave } from "./fill.ts";

/** Fills what bears `data-tl-placement`, and answers `tl("decide", …)`: one call for all that is on the page, one for all that comes at once later. */

const SELECTOR = "[data-tl-placement]";
const tag: Extension = window.tl!.x!;
const [, , mayCollect, , , asked, listeners] = tag;

/** For which placement an element was taken up. */
const taken = new WeakMap<Element, string>();
let waiting: HTMLElement[] = [];

function keyOf({ dataset }: HTMLElement): string {
  return dataset["tlPlacement"]!;
}

const look = guarded(() => {
  for (const element of document.querySelectorAll<HTMLElement>(SELECTOR)) {
    if (taken.get(element) === keyOf(element)) continue;
    taken.set(element, keyOf(element));
    waiting.push(element);
  }
  if (waiting[0] || asked[0]) void ask();
});

/** While consent is asked everything waits as it is; under a no the page's own content stands. Never rejects. */
async function ask(): Promise<void> {
  const mayAsk = mayCollect();
  if (!mayAsk) {
    if (mayAsk === false) waiting.forEach(leave);
    return;
  }
  const elements = waiting;
  const calls = asked.splice(0);
  waiting = [];
  const keys = new Set(elements.map(keyOf));
  for (const [more] of calls) for (const key of more) keys.add(key);
  const placements = await decide(tag, [...keys]);
  for (const element of elements) {
    const key = taken.get(element)!;
    const placement = placements[key];
    // An app may have made something else of it meanwhile.
    if (!keys.has(key)) continue;
    if (placement) guarded(fill)(element, key, placement);
    else leave(element);
  }
  for (const [, answer] of calls) guarded(answer)(placements);
}

function begin(): void {
  new MutationObserver(look).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-tl-placement"],
  });
  listeners.push(look);
  watchPlacementClicks();
  look();
}

// What the document itself has is asked for in one call.
if (document.readyState === "loading") addEventListener("DOMContentLoaded", guarded(begin));
else guarded(begin)();

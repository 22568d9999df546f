import { mayCollect, statement, type ConsentStatement } from "./consent.ts";
import { guarded } from "./guard.ts";
import { person, type Person } from "./person.ts";
import { host, writeKey } from "./settings.ts";

/**
 * The part of the tag that fills placements is a script of its own (docs/decisions/117-the-second-script.md): it is loaded when a page has
 * one, or asks for one by `tl("decide", …)`.
 */
export type Extension = readonly [
  host: string | undefined,
  writeKey: string | undefined,
  mayCollect: () => boolean | undefined,
  statement: () => ConsentStatement,
  person: () => Person,
  /** Calls of `tl("decide", …)` that are not answered yet. */
  calls: (readonly [keys: readonly string[], answer: (placements: object) => void])[],
  /** Whom to tell where something was said of consent, and of each call: the second script, once it is there. */
  listeners: (() => void)[],
];

const calls: Extension[5] = [];
const listeners: Extension[6] = [];
export const extension: Extension = [host, writeKey, mayCollect, statement, person, calls, listeners];

export function tellExtension(): void {
  for (const listener of listeners) listener();
}

export function askExtension(keys: readonly string[], answer: (placements: object) => void): void {
  calls.push([keys, answer]);
  loadExtension();
  tellExtension();
}

let script: HTMLScriptElement | undefined;

function loadExtension(): void {
  if (script) return;
  script = document.createElement("script");
  script.src = `${host}/tag/${PLACEMENTS_HASH}.js`;
  // A page that pins the tag pins this with it.
  script.integrity = PLACEMENTS_INTEGRITY;
  script.crossOrigin = "";
  document.head.append(script);
}

/** Sees to it that the page's first placement, be it there already or to come, is found. */
export function watchForPlacements(): void {
  const find = guarded(() => {
    if (!document.querySelector("[data-tl-placement]")) return;
    observer.disconnect();
    loadExtension();
  });
  const observer = new MutationObserver(find);
  observer.observe(document, { childList: true, subtree: true });
  find();
}

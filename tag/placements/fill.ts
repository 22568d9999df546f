import type { Filling } from "./decide.ts";
import { whenSeen } from "./seen.ts";
import { tell } from "./tell.ts";

/** What each element was filled with. */
const filled = new WeakMap<Element, Filling>();

export function fillingOf(element: Element): Filling | undefined {
  return filled.get(element);
}

/**
 * Puts HTML into its element; of other content the page makes something, told by `tideline:placement`, which it may also cancel to do all of it
 * itself. Where there is nothing to put the page's own content stands, as in a holdout.
 */
export function fill(element: HTMLElement, placement: string, filling: Filling): void {
  const { content, campaign, impressionUrl } = filling;
  filled.set(element, filling);
  const isOurs = element.dispatchEvent(
    new CustomEvent("tideline:placement", { bubbles: true, cancelable: true, detail: { placement, ...filling } }),
  );
  const html = (content as { readonly html?: unknown } | null)?.html;
  if (isOurs && typeof html === "string") putHtml(element, html, filling);
  show(element, campaign !== undefined && !filling.holdout);
  if (impressionUrl) whenSeen(element, () => tell(impressionUrl));
}

/** Nothing came for it: the page's own content stands. */
export function leave(element: HTMLElement): void {
  show(element, false);
}

/** For styles: until it is said, a page may keep a placement invisible. */
function show({ dataset }: HTMLElement, isFilled: boolean): void {
  dataset["tlState"] = isFilled ? "filled" : "default";
}

/** What a marketer published is trusted as the page's own is; scripts in it do not run. */
function putHtml(element: HTMLElement, html: string, { clickUrl }: Filling): void {
  element.innerHTML = html;
  if (clickUrl) for (const link of element.querySelectorAll<HTMLAnchorElement>("a[data-tl-click]")) link.href = clickUrl;
}

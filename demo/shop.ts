import { startBanner } from "./banner.ts";
import { byId } from "./dom.ts";
import { startPanel } from "./panel.ts";
import { shelf } from "./shelf.ts";
import { tag } from "./tracking.ts";
import { valueOf, viewOf } from "./views.ts";

/** The demo shop: an app of one page, so that the tag follows it by the browser's history alone. */

function go(path: string): void {
  history.pushState(null, "", path);
  render();
  byId("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

function render(): void {
  const { title, content } = viewOf(new URL(location.href), go);
  document.title = `${title} · Demo shop`;
  byId("main").replaceChildren(...content.filter((child) => child !== undefined));
  const count = Object.values(shelf().cart).reduce((sum, one) => sum + one, 0);
  byId("cart-count").textContent = count === 0 ? "" : ` (${count})`;
  byId("account").textContent = shelf().user === null ? "Sign in" : "Account";
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a, header a"))
    if (link.href === location.href) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (link === null || !isPlain || link.host !== location.host || !link.pathname.startsWith("/demo")) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
addEventListener("popstate", render);

byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = valueOf(event, "q");
  if (words !== "") go(`/demo/search?q=${encodeURIComponent(words)}`);
});

byId("newsletter").addEventListener("submit", (event) => {
  event.preventDefault();
  tag("identify", { email: valueOf(event, "email"), newsletter: true });
  byId("newsletter").replaceChildren("You are on the list. Thank you.");
});

startBanner();
startPanel();
render();

import { byId, el } from "./dom.ts";
import { onTracked } from "./tracking.ts";

/**
 * Which audiences the visitor is in, live: asked after each event, and now and then, for time alone ends memberships. The
 * write key is public; what it may ask is what any page may see.
 */
const URL = "/v1/audiences?format=json&writeKey=wk_demo_web";
/** The tag gathers events for a moment, and a busy machine takes one: asked twice, ms after the event. */
const ASK_AFTER_MS = [500, 2_000];
const ASK_EVERY_MS = 15_000;

/** Names for the audiences that the demo begins with, and what puts one in. */
const KNOWN: Readonly<Record<string, readonly [name: string, hint: string]>> = {
  "engaged-visitor": ["Engaged visitor", "30 seconds of real attention"],
  "shoe-lover": ["Shoe lover", "look at three pairs of shoes"],
  "cart-abandoner": ["Cart abandoner", "something in the cart, not bought"],
  buyer: ["Buyer", "buy something"],
  newsletter: ["Newsletter", "sign up at the foot of the page"],
};

let shown = "";

export function startPanel(): void {
  onTracked(() => {
    for (const ms of ASK_AFTER_MS) setTimeout(() => void ask(), ms);
  });
  setInterval(() => {
    if (document.visibilityState === "visible") void ask();
  }, ASK_EVERY_MS);
  show([]);
  void ask();
}

async function ask(): Promise<void> {
  try {
    const response = await fetch(URL);
    const { audiences } = (await response.json()) as { readonly audiences?: readonly string[] };
    if (audiences) show(audiences);
  } catch {
    // Blocked, or the server is away: what is shown stays.
  }
}

function show(codes: readonly string[]): void {
  const text = codes.join();
  if (shown === text && shown !== "") return;
  shown = text;
  const all = [...new Set([...codes, ...Object.keys(KNOWN)])];
  byId("audiences").replaceChildren(
    ...all.map((code) => {
      const isIn = codes.includes(code);
      const [name, hint] = KNOWN[code] ?? [code, ""];
      return el(
        "li",
        { class: isIn ? "in" : "out", "data-audience": code },
        el("span", { class: "dot", "aria-hidden": "true" }),
        el("span", {}, el("strong", {}, name), el("small", {}, isIn ? "you are in" : hint)),
      );
    }),
  );
}

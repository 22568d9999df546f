import { askAgain, choose, startCmp } from "./cmp.ts";
import { byId, el } from "./dom.ts";
import { put, shelf } from "./shelf.ts";

/** What a visitor may choose, and the TCF purposes behind each. */
const CHOICES = [
  { name: "Remember this browser", consents: [1] },
  { name: "Know what you like", consents: [3, 5] },
  { name: "Show fitting ads", consents: [2, 4] },
  { name: "Show fitting pages", consents: [6] },
  { name: "Count what is read and bought", consents: [7, 8] },
] as const;
const ALL = CHOICES.flatMap(({ consents }) => [...consents]);

/** Starts the CMP, and asks where nothing was chosen yet. */
export function startBanner(): void {
  const { consents } = shelf();
  startCmp(consents ?? undefined);
  if (consents === null) show();
  byId("privacy").addEventListener("click", () => {
    askAgain();
    show();
  });
}

function show(): void {
  const given = new Set(shelf().consents ?? []);
  const boxes = CHOICES.map(({ name, consents }) => {
    const box = el("input", { type: "checkbox", checked: consents.every((id) => given.has(id)) });
    return { box, consents, label: el("label", {}, box, el("span", {}, name)) };
  });
  const decide = (consents: readonly number[]) => () => {
    put({ consents: [...consents] });
    choose(consents);
    byId("banner").replaceChildren();
    byId("main").focus();
  };
  const chosen = (): readonly number[] => boxes.flatMap(({ box, consents }) => (box.checked ? [...consents] : []));
  byId("banner").replaceChildren(
    el(
      "section",
      { class: "banner", role: "dialog", "aria-labelledby": "banner-title" },
      el("h2", { id: "banner-title" }, "May we remember you?"),
      el(
        "p",
        {},
        "This shop shows Tideline at work. Nothing is stored or sent before you say yes, and a later no takes it back.",
      ),
      el(
        "fieldset",
        {},
        el("legend", { class: "hidden" }, "Purposes"),
        boxes.map(({ label }) => label),
      ),
      el(
        "div",
        { class: "row" },
        el("button", { class: "primary", click: decide(ALL) }, "Accept all"),
        el("button", { class: "primary", click: decide([]) }, "Refuse all"),
        el("button", { click: () => decide(chosen())() }, "Save my choice"),
      ),
    ),
  );
}

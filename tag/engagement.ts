import { record } from "./events.ts";
import { listen } from "./guard.ts";
import { context } from "./page.ts";

/**
 * How long a page was really used, and how far it was read: time between signs of life, each worth at most 30 s, while
 * the page is to be seen. Nothing ticks: it is summed at each sign, and said when the page is hidden or left.
 */
const WORTH_MS = 30_000;
/** Less is kept and added to what comes. */
const LEAST_MS = 1_000;

let engagedMs = 0;
let lastSign = 0;
let wasVisible = false;
let scrollPercent = 0;

function sign(): void {
  const now = performance.now();
  if (wasVisible) engagedMs += Math.min(now - lastSign, WORTH_MS);
  wasVisible = document.visibilityState === "visible";
  lastSign = now;
}

function readScroll(): void {
  const { scrollTop, clientHeight, scrollHeight } = document.documentElement;
  scrollPercent = Math.max(scrollPercent, Math.round(((scrollTop + clientHeight) / scrollHeight) * 100));
}

/** Says what was gathered of the page that is current. */
export function reportEngagement(): void {
  sign();
  if (engagedMs < LEAST_MS) return;
  record("track", { event: "Page Engaged", properties: { ...context.page, engagedMs: Math.round(engagedMs), scrollPercent } });
  engagedMs = 0;
}

/** Begins with a new page. */
export function restartEngagement(): void {
  sign();
  engagedMs = scrollPercent = 0;
  readScroll();
}

export function watchEngagement(): void {
  listen("mousemove mousedown keydown touchstart scroll", sign);
  listen("scroll", readScroll);
}

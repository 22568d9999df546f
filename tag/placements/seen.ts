import { guarded, listen } from "../guard.ts";

/**
 * When an element was really seen, as the Media Rating Council's guidelines for viewable impressions say it: half of it, of a large one 30 %,
 * for a second without a break, while the page can be seen.
 */
const SEEN_MS = 1_000;
const SHARE = 0.5;
const SHARE_OF_LARGE = 0.3;
/** Of 970 by 250 and more, square pixels. */
const LARGE = 242_500;

interface Watched {
  readonly tell: () => void;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

const watched = new Map<Element, Watched>();
const observer = new IntersectionObserver(
  guarded((entries: readonly IntersectionObserverEntry[]) => {
    for (const entry of entries) note(entry);
  }),
  { threshold: [SHARE_OF_LARGE, SHARE] },
);

function note({
  target,
  isIntersecting,
  intersectionRatio,
  boundingClientRect: { width, height },
}: IntersectionObserverEntry): void {
  const one = watched.get(target);
  if (!one) return;
  const share = width * height < LARGE ? SHARE : SHARE_OF_LARGE;
  if (!isIntersecting || intersectionRatio < share || document.visibilityState !== "visible") stop(one);
  else
    one.timer ??= setTimeout(
      guarded(() => {
        forget(target);
        one.tell();
      }),
      SEEN_MS,
    );
}

function stop(one: Watched): void {
  clearTimeout(one.timer);
  one.timer = undefined;
}

function forget(element: Element): void {
  observer.unobserve(element);
  watched.delete(element);
}

/** @param tell is called once, or never; watching an element anew ends what was watched before */
export function whenSeen(element: Element, tell: () => void): void {
  const before = watched.get(element);
  if (before) stop(before);
  observer.unobserve(element);
  watched.set(element, { tell });
  observer.observe(element);
}

// A hidden page shows nothing, and tells no intersections: it is looked again when it is shown.
listen("visibilitychange", () => {
  for (const [element, one] of watched) {
    stop(one);
    observer.unobserve(element);
    observer.observe(element);
  }
});

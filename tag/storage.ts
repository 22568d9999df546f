/**
 * What the browser keeps between pages, as texts in `localStorage`. Where that is blocked or full there is nothing to
 * recall, and the tag works from memory: the same person, until the page is left.
 */
export type Kept = "tl_a" | "tl_u" | "tl_q";

/** @returns undefined where there is none */
export function recall(name: Kept): string | undefined {
  try {
    return localStorage[name] as string | undefined;
  } catch {
    // Blocked.
  }
}

/** @param value not there: forget it */
export function remember(name: Kept, value?: string): void {
  try {
    if (value) localStorage[name] = value;
    else delete localStorage[name];
  } catch {
    // Blocked or full.
  }
}

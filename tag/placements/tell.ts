/** Calls a URL of a decision, once; the URL is its own right. What it redirects to is not loaded. A page that is left does not end it. */
export function tell(url: string): void {
  fetch(url, { keepalive: true, redirect: "manual" }).catch(() => {
    // A blocker, or no network.
  });
}

import { afterEach, beforeEach, vi } from "vitest";

/**
 * A clock that stands still for the tests of a block: no deadline comes, however busy the machine is. What waits for one waits for ever, so
 * it must be waited for beside something that does happen.
 */
export function withoutDeadlines(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    vi.spyOn(scheduler, "wait").mockImplementation(() => new Promise(() => undefined));
  });
  afterEach(() => {
    letDeadlinesCome();
  });
}

/** For a test within such a block that is about one. */
export function letDeadlinesCome(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
}

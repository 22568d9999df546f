import { afterEach, beforeEach, expect, vi, type MockInstance } from "vitest";

/**
 * A test that prints what it did not expect fails: a warning nobody reads today is a fault nobody finds tomorrow, and
 * what is printed may be a secret. A test that means to print spies on the method itself.
 */
const METHODS = ["log", "info", "warn", "error", "debug"] as const;
let printed: string[] = [];
let spies: MockInstance[] = [];

beforeEach(() => {
  printed = [];
  spies = METHODS.map((method) =>
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => {
      printed.push(`console.${method}: ${words.map(String).join(" ")}`);
    }),
  );
});

afterEach(() => {
  for (const spy of spies) spy.mockRestore();
  expect(printed, "unexpected console output").toEqual([]);
});

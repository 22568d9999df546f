import type { Reporter, TestModule } from "vitest/node";

/** Type of an annotation that is a figure worth reading: what is measured inside the runtime has no other way out. */
const FIGURES = "figures";

/** Ends a run with the figures that tests give, and one plain line that any reader of logs understands. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const figures: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed" || state === "failed" || state === "skipped") count[state]++;
        for (const { type, message } of test.annotations()) if (type === FIGURES) figures.push(message);
      }
      // A file that does not load has no test to fail: it counts as one.
      if (module.state() === "failed" && [...module.children.allTests()].length === 0) count.failed++;
    }
    if (figures.length > 0) console.log(`\n${figures.join("\n")}`);
    console.log(`\nTests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}

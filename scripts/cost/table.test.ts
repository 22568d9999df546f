import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import counts from "../../docs/cost-counts.json" with { type: "json" };
import { costsOf, costTable } from "./table.ts";

const DOC = readFileSync(resolve(import.meta.dirname, "../../docs/cost.md"), "utf8");
const plain = (markdown: string): string => markdown.replaceAll(/ {2,}/g, " ").replaceAll(/-{3,}/g, "---");

describe("the cost table", () => {
  it("in docs/cost.md is what was counted, at list prices", () => {
    expect(plain(DOC)).toContain(plain(costTable(counts)));
  });

  it("holds the bars of the budgets", () => {
    expect(costsOf(counts["hot, one by one"], 1).total).toBeLessThanOrEqual(2);
    expect(costsOf(counts["hot, in batches of 10"], 0.1).total).toBeLessThanOrEqual(0.4);
    expect(costsOf(counts["decision, one hop"], 1).total).toBeLessThanOrEqual(0.5);
  });
});

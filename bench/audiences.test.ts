import { describe, expect, it } from "vitest";
import { benchAudiences, MATCHING } from "./audiences.ts";

describe("the audiences of the benchmark", () => {
  it.each([10, 1_000, 10_000])("are %d, under keys of one length and with different rules", (count) => {
    const audiences = benchAudiences(count);
    expect(new Set(audiences.map(({ key }) => key)).size).toBe(count);
    expect(new Set(audiences.map(({ key }) => key.length)).size).toBe(1);
    expect(new Set(audiences.map(({ rule }) => JSON.stringify(rule))).size).toBe(count);
  });
  it("begin with the same that match, however many there are", () => {
    expect(benchAudiences(1_000).slice(0, MATCHING)).toEqual(benchAudiences(10));
  });
});

import { describe, expect, it } from "vitest";
import { checkReferences, LONGEST_CHAIN, type Referring } from "./references.ts";

/** Audiences given as `a>b,c`: a names b and c. */
function audiences(...written: readonly string[]): readonly Referring[] {
  return written.map((text) => {
    const [key = "", names = ""] = text.split(">");
    const keys = names === "" ? [] : names.split(",");
    return { key, references: keys.map((named, index) => ({ key: named, pointer: `/all/${index}/audience` })) };
  });
}

const faultsOf = (...written: readonly string[]): string[] =>
  checkReferences(audiences(...written)).map(({ audience, pointer, code }) => `${audience} ${pointer} ${code}`);

const chain = (length: number): string[] =>
  Array.from({ length }, (_, index) => (index === 0 ? "a0" : `a${index}>a${index - 1}`));

describe("audiences that name others", () => {
  it("may name the same one, several times, and in a row", () => {
    expect(faultsOf("a", "b>a,a", "c>a,b")).toEqual([]);
  });

  it("must name what is there", () => {
    expect(faultsOf("a>b", "c>a,toString")).toEqual(["a /all/0/audience unknown_audience", "c /all/1/audience unknown_audience"]);
  });

  it("must not lead round, and only what is in the circle is at fault", () => {
    expect(faultsOf("a>b", "b>c,d", "c>b", "d", "e>a,e")).toEqual([
      "b /all/0/audience cycle",
      "c /all/0/audience cycle",
      "e /all/1/audience cycle",
    ]);
  });

  it("must not name themselves", () => {
    expect(faultsOf("a>a")).toEqual(["a /all/0/audience cycle"]);
  });

  it("may be 16 in a row, and no more", () => {
    expect(faultsOf(...chain(LONGEST_CHAIN))).toEqual([]);
    expect(faultsOf(...chain(LONGEST_CHAIN + 1))).toEqual(["a16 /all/0/audience too_deep"]);
  });

  it("are checked in a moment, 10,000 of them in a row", () => {
    const began = performance.now();
    expect(faultsOf(...chain(10_000))).toHaveLength(10_000 - LONGEST_CHAIN);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("are told each with a sentence", () => {
    expect(checkReferences(audiences("a>b"))[0]?.message).toBe("There is no audience “b”.");
  });
});

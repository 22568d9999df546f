import { describe, expect, it } from "vitest";
import { measure, newListFilter, NOMINAL_RATE, readListFilter, Strangers, type ListFilter } from "./list-filter.ts";

const MEMBERS_SEED = 7;
const STRANGERS_SEED = 8;

function filterOf(members: number): ListFilter {
  const filter = newListFilter({ list: "vip", version: 3, of: "names", members });
  const entries = new Strangers(MEMBERS_SEED);
  for (let n = 0; n < members; n++) filter.add(entries.next());
  return filter;
}

describe("the filter of a list", () => {
  it.each([1, 10, 10_000])("holds every one of %d members", (members) => {
    const filter = filterOf(members);
    const entries = new Strangers(MEMBERS_SEED);
    for (let n = 0; n < members; n++) expect(filter.mayHold(entries.next())).toBe(true);
  });

  // A million probes: at the nominal rate 1,000 positives, give or take 32, so a fifth is six times that.
  it.each([10_000, 100_000])("takes as many strangers for one of %d members as it says", (members) => {
    const { probes, positives } = measure(filterOf(members), new Strangers(STRANGERS_SEED), 1_000_000);
    expect(positives / probes).toBeGreaterThan(NOMINAL_RATE * 0.8);
    expect(positives / probes).toBeLessThan(NOMINAL_RATE * 1.2);
  });

  it("errs more often when it holds more than it was made for: the measurement would see it", () => {
    const filter = newListFilter({ list: "vip", version: 1, of: "names", members: 1_000 });
    const entries = new Strangers(MEMBERS_SEED);
    for (let n = 0; n < 2_000; n++) filter.add(entries.next());
    const { probes, positives } = measure(filter, new Strangers(STRANGERS_SEED), 100_000);
    expect(positives / probes).toBeGreaterThan(NOMINAL_RATE * 5);
  });

  it("takes nobody for a member while it is empty", () => {
    expect(measure(filterOf(0), new Strangers(STRANGERS_SEED), 1_000).positives).toBe(0);
  });

  it("is read as it was written", () => {
    const filter = filterOf(1_000);
    const read = readListFilter(filter.encode());
    expect(read?.head).toEqual(filter.head);
    expect(read?.encode()).toEqual(filter.encode());
    expect(filter.bytes).toBe(Math.ceil((1_000 * 14.378) / 8));
  });

  it("sets the bits that the guide says", () => {
    const filter = newListFilter({ list: "vip", version: 1, of: "tags", members: 1_000 });
    filter.add(Uint8Array.from([0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1, 0]));
    const { size, hashes } = filter.head;
    const bits = filter.encode().slice(-filter.bytes);
    const set = new Set(
      Array.from({ length: size }, (_, bit) => bit).filter((bit) => ((bits[bit >> 3] ?? 0) & (1 << (bit % 8))) !== 0),
    );
    expect(set).toEqual(new Set(Array.from({ length: hashes }, (_, i) => (5 + i * 256 + (i ** 3 - i) / 6) % size)));
  });

  it.each([
    ["nothing", ""],
    ["no head", "bits"],
    ["a later format", '{"format":2}\nxx'],
    ["too few bits", '{"format":1,"size":800,"hashes":2}\nxx'],
  ])("does not read %s", (_, text) => {
    expect(readListFilter(new TextEncoder().encode(text))).toBeUndefined();
  });
});

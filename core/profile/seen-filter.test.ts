import { describe, expect, it } from "vitest";
import { extended, filterOf, isSurelyNew, MOST_FILTERED, type SeenFilter } from "./seen-filter.ts";

const ids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `store m-${from + at}`);
const stored = (filter: SeenFilter | undefined): SeenFilter => JSON.parse(JSON.stringify(filter));

describe("the filter of seen ids", () => {
  it("never calls an id new that it has seen, and seldom asks for one that is", () => {
    const filter = stored(filterOf(ids(1_000)));
    expect(ids(1_000).some((id) => isSurelyNew(filter, id))).toBe(false);
    expect(ids(1_000, 5_000).filter((id) => !isSurelyNew(filter, id)).length).toBeLessThan(20);
  });

  it("takes more ids up to its capacity, stored and read again", () => {
    const filter = stored(filterOf(ids(100)));
    const more = stored(extended(filter, ids(100, 100)));
    expect(more).toMatchObject({ ids: 200, capacity: 200 });
    expect(ids(200).some((id) => isSurelyNew(more, id))).toBe(false);
    expect(extended(more, ids(1, 200))).toBeUndefined();
  });

  it("is at most 2 KB for 1,000 ids that fill it", () => {
    const full = extended(filterOf(ids(500)) ?? stored(undefined), ids(500, 500));
    expect(JSON.stringify(full).length).toBeLessThanOrEqual(2_000);
  });

  it("is given up where there are too many", () => {
    expect(filterOf(ids(MOST_FILTERED / 2 + 1))).toBeUndefined();
  });
});

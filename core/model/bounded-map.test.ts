import { describe, expect, it } from "vitest";
import { BoundedMap } from "./bounded-map.ts";

describe("a bounded map", () => {
  it("lets the one longest in it leave for a new one, and none for one that is there", () => {
    const map = new BoundedMap<string, number>(2);
    map.put("a", 1);
    map.put("b", 2);
    map.put("b", 3);
    expect([map.get("a"), map.get("b")]).toEqual([1, 3]);
    map.put("c", 4);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([undefined, 3, 4]);
    map.clear();
    expect(map.get("b")).toBeUndefined();
  });
});

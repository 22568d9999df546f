import { describe, expect, it } from "vitest";
import { RowMark } from "./mark.ts";

describe("the mark of rows that were acknowledged", () => {
  it("stands at the last row before which none is missing, in whatever order they are acknowledged", () => {
    const mark = new RowMark(0);
    expect([3, 1, 2, 5, 4].map((row) => mark.acknowledge(row))).toEqual([0, 1, 3, 3, 5]);
  });
  it("goes on from where an earlier replay stood", () => {
    const mark = new RowMark(7);
    expect([9, 8].map((row) => mark.acknowledge(row))).toEqual([7, 9]);
  });
  it("does not move for a row that is acknowledged twice", () => {
    const mark = new RowMark(0);
    expect([1, 1, 2].map((row) => mark.acknowledge(row))).toEqual([1, 1, 2]);
  });
});

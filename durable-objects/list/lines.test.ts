import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newJob, type Job } from "./job.ts";
import { takePiece } from "./lines.ts";

const uploadOf = (body: string, format: "text" | "csv" | "ndjson" = "text", column?: string): Job =>
  newJob(1, 10, {
    id: "u1",
    kind: "upload",
    mode: "append",
    until: null,
    upload: {
      format,
      type: "userId",
      body: "key",
      bytes: new TextEncoder().encode(body).length,
      ...(column === undefined ? {} : { column }),
    },
  });

/** Takes a body in pieces of so many bytes. */
function takeAll(body: string, bytes: number, job = uploadOf(body)): { readonly values: readonly string[]; readonly job: Job } {
  const all = new TextEncoder().encode(body);
  const values: string[] = [];
  let at = job;
  do {
    const length = Math.min(bytes, all.length - at.done);
    const taken = takePiece(at, all.subarray(at.done, at.done + length), at.done + length >= all.length);
    expect(taken.job.done > at.done || all.length === 0).toBe(true);
    values.push(...taken.identifiers.map(({ value }) => value));
    at = taken.job;
  } while (at.done < all.length);
  return { values, job: at };
}

describe("a body taken in piece by piece", () => {
  it("is the same in pieces of any size that hold a line", () => {
    const line = fc.oneof(
      fc.constantFrom("", " ", "u1", "ü2"),
      fc.string({ maxLength: 8 }).map((text) => text.replaceAll(/[\r\n\uFEFF]/g, "")),
    );
    fc.assert(
      fc.property(
        fc.array(line),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.integer({ min: 40, max: 90 }),
        (lines, end, closed, bytes) => {
          const body = lines.join(end) + (closed ? end : "");
          const whole = takeAll(body, 1_000_000);
          const pieces = takeAll(body, bytes);
          expect(pieces.values).toEqual(whole.values);
          expect(pieces.job).toEqual(whole.job);
          expect(whole.values).toEqual(lines.map((text) => text.trim()).filter((text) => text !== ""));
        },
      ),
    );
  });

  it("passes over a line longer than a piece, and counts it once", () => {
    const { values, job } = takeAll(`u1\n${"x".repeat(100)}\nu2`, 20);
    expect(values).toEqual(["u1", "u2"]);
    expect(job).toMatchObject({ lines: 3, rows: 3, rejected: 1, faults: [{ line: 2, code: "too_long" }] });
  });

  it("knows the header of a table in each of its pieces", () => {
    const body = "name,id\nAnn,u1\nBen,u2\nEve\n";
    const { values, job } = takeAll(body, 12, uploadOf(body, "csv", "id"));
    expect(values).toEqual(["u1", "u2"]);
    expect(job).toMatchObject({ rows: 3, rejected: 1, faults: [{ line: 4, code: "no_such_column" }] });
  });

  it("names the first faults and counts all", () => {
    const { job } = takeAll("1\n".repeat(50), 1_000, uploadOf("1\n".repeat(50), "ndjson"));
    expect(job.rejected).toBe(50);
    expect(job.faults).toHaveLength(20);
  });

  it("may be empty", () => {
    expect(takeAll("", 10).job).toMatchObject({ rows: 0, done: 0 });
  });
});

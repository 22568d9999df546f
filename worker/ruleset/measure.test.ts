import { describe, expect, it } from "vitest";
import { parseRule } from "../../core/rules/parse.ts";
import { measureRule } from "./measure.ts";

describe("the size of a rule", () => {
  it.each([
    [{ everyone: true }, 1, 0],
    [{ trait: "country", eq: "FR" }, 1, 1],
    [{ trait: "country", in: ["FR", "DE", "IT"] }, 1, 3],
    [{ trait: "tags", hasAny: ["a", "b", "c", "d"] }, 1, 4],
    [{ trait: "ip", cidr: ["10.0.0.0/8", "192.168.0.0/16"] }, 1, 2],
    [
      {
        event: "A",
        where: {
          property: "items",
          some: {
            all: [
              { property: "sku", in: ["a", "b"] },
              { property: "n", gte: 2 },
            ],
          },
        },
      },
      5,
      5,
    ],
    [{ event: "A", last: { of: "sku", in: ["a", "b", "c"] } }, 1, 4],
    [{ event: "*" }, 1, 1],
    [{ event: ["A", "B"], count: { gte: 1, lte: 5 } }, 1, 4],
    [{ event: "A", where: { all: [{ property: "x", eq: 1 }, { not: { channel: "web" } }] }, sum: { of: "v", gt: 3 } }, 5, 4],
    [
      {
        any: [
          { trait: "a", exists: true },
          { atLeast: 1, of: [{ trait: "b", lt: 1 }, { not: { everyone: true } }] },
        ],
      },
      6,
      2,
    ],
  ])("of %j is %d nodes and %d operands", (json, nodes, operands) => {
    const rule = parseRule(json, { zone: "UTC", retentionMs: 1e12 });
    expect(rule.ok && measureRule(rule.value)).toEqual({ nodes, operands });
  });
});

import { describe, expect, it } from "vitest";
import type { Purchase } from "./purchases.ts";
import { REPLAY_AUDIENCES } from "./audiences.ts";

/** A customer's purchases as `[date, quantity, dollars]`. */
function bought(...rows: readonly (readonly [date: string, quantity: number, dollars: number])[]): Purchase[] {
  return rows.map(([date, quantity, dollars], at) => ({
    row: at + 1,
    customer: "00001",
    date,
    quantity,
    dollars,
    cents: Math.round(dollars * 100),
  }));
}

const CASES: Record<string, { readonly members: Purchase[][]; readonly others: Purchase[][] }> = {
  "replay-three-or-more": {
    members: [bought(["2021-01-01", 1, 1], ["2021-01-01", 1, 1], ["2021-01-01", 1, 1])],
    others: [bought(["2021-01-01", 3, 1], ["2021-01-02", 3, 1])],
  },
  "replay-100-in-90-days": {
    members: [bought(["2021-10-03", 1, 50], ["2021-12-31", 1, 50.01])],
    others: [
      bought(["2021-10-03", 1, 50], ["2021-12-31", 1, 50]),
      bought(["2021-10-02", 1, 500]),
      bought(["2022-01-01", 1, 500]),
    ],
  },
  "replay-100-in-these-dates": {
    members: [bought(["2021-10-03", 1, 50], ["2021-12-31", 1, 50.01])],
    others: [
      bought(["2021-10-03", 1, 50], ["2021-12-31", 1, 50]),
      bought(["2021-10-02", 1, 500]),
      bought(["2022-01-01", 1, 500]),
    ],
  },
  "replay-2021-not-since": {
    members: [bought(["2021-12-31", 1, 1])],
    others: [bought(["2022-01-01", 1, 1]), bought(["2021-01-01", 1, 1], ["2022-06-30", 1, 1])],
  },
  "replay-exactly-one": {
    members: [bought(["2021-12-31", 9, 0])],
    others: [bought(["2021-01-01", 1, 1], ["2021-01-01", 1, 1])],
  },
  "replay-exact-total": {
    // 0.1 + 0.2 again: as floats these add up to 24.759999999999998.
    members: [bought(["2021-01-01", 1, 12.99], ["2021-01-02", 1, 11.77])],
    others: [bought(["2021-01-01", 1, 24.75])],
  },
  "replay-summer-two-at-once": {
    members: [bought(["2021-06-01", 2, 1]), bought(["2021-08-31", 3, 1])],
    others: [bought(["2021-06-01", 1, 1], ["2021-06-01", 1, 1]), bought(["2021-05-31", 2, 1]), bought(["2021-09-01", 2, 1])],
  },
  "replay-lapsed-180-days": {
    members: [bought(["2022-01-01", 1, 1])],
    others: [bought(["2022-01-02", 1, 1]), bought(["2021-01-01", 1, 1], ["2022-06-30", 1, 1])],
  },
  "replay-two-of-four": {
    members: [
      bought(["2021-01-01", 10, 500]),
      bought(["2021-01-01", 1, 250], ["2022-01-01", 1, 250]),
      bought(...Array.from({ length: 5 }, () => ["2021-01-01", 1, 1] as const)),
    ],
    others: [bought(["2021-04-01", 10, 20]), bought(["2021-03-31", 1, 20])],
  },
  "replay-sum-of-some": {
    members: [bought(["2021-01-01", 2, 50], ["2021-01-01", 4, 50])],
    others: [
      bought(["2021-01-01", 2, 50], ["2021-01-01", 5, 50]),
      bought(["2021-01-01", 3, 100]),
      bought(["2021-01-01", 3, 50], ["2021-01-01", 3, 49.99]),
    ],
  },
};

describe("the audiences counted straight from the file", () => {
  it("are ten, each under a key of its own and with a case here", () => {
    expect(REPLAY_AUDIENCES.map(({ key }) => key).toSorted()).toEqual(Object.keys(CASES).toSorted());
    expect(REPLAY_AUDIENCES).toHaveLength(10);
  });
  it.each(REPLAY_AUDIENCES)("$key: hold who belongs there and nobody else", ({ key, expected }) => {
    expect(CASES[key]?.members.map(expected)).toEqual(CASES[key]?.members.map(() => true));
    expect(CASES[key]?.others.map(expected)).toEqual(CASES[key]?.others.map(() => false));
  });
});

import type { Purchase } from "./purchases.ts";

/** An audience to check: its rule for Tideline, and in plain code who belongs there by the file. */
export interface ReplayAudience {
  readonly key: string;
  readonly name: string;
  /** Instant to ask for; without one it is the present. */
  readonly at?: string;
  readonly rule: object;
  /**
   * Whether a customer with these purchases belongs there. Written from the audience's name and not from its rule, in
   * dates and cents: it must share no mistake with what it checks.
   */
  readonly expected: (purchases: readonly Purchase[]) => boolean;
}

export const EVENT_NAME = "Order Completed";
const event = EVENT_NAME;

/** The first instant of 2022, and of July 2022, in Paris: the demo workspace's zone. Purchases are at noon UTC of their date. */
const NEW_YEAR_2022 = "2021-12-31T23:00:00.000Z";
const FIRST_OF_JULY_2022 = "2022-06-30T22:00:00.000Z";

const totalCents = (purchases: readonly Purchase[]): number => purchases.reduce((sum, { cents }) => sum + cents, 0);

/** Between two dates, both included. */
const between =
  (first: string, last: string): ((purchase: Purchase) => boolean) =>
  ({ date }) =>
    date >= first && date <= last;

export const REPLAY_AUDIENCES: readonly ReplayAudience[] = [
  {
    key: "replay-three-or-more",
    name: "3 or more purchases",
    rule: { event, count: { gte: 3 } },
    expected: (purchases) => purchases.length >= 3,
  },
  {
    key: "replay-100-in-90-days",
    name: "Over 100 dollars in the 90 days before 2022-01-01",
    at: NEW_YEAR_2022,
    rule: { event, within: "90d", sum: { of: "value", gt: 100 } },
    // A day of a rule is 24 h: 90 of them before midnight is 1 o'clock of 3 October, for an hour was gained on the 31st.
    expected: (purchases) => totalCents(purchases.filter(between("2021-10-03", "2021-12-31"))) > 10_000,
  },
  {
    key: "replay-100-in-these-dates",
    name: "Over 100 dollars from 2021-10-03 to 2021-12-31",
    rule: { event, within: { after: "2021-10-03", before: "2022-01-01" }, sum: { of: "value", gt: 100 } },
    expected: (purchases) => totalCents(purchases.filter(between("2021-10-03", "2021-12-31"))) > 10_000,
  },
  {
    key: "replay-2021-not-since",
    name: "Bought in 2021 and not since",
    rule: {
      all: [
        { event, within: { after: "2021-01-01", before: "2022-01-01" } },
        { not: { event, within: { after: "2022-01-01" } } },
      ],
    },
    expected: (purchases) =>
      purchases.some(({ date }) => date.startsWith("2021-")) && purchases.every(({ date }) => date < "2022-01-01"),
  },
  {
    key: "replay-exactly-one",
    name: "Exactly one purchase",
    rule: { event, count: { eq: 1 } },
    expected: (purchases) => purchases.length === 1,
  },
  {
    key: "replay-exact-total",
    // Of the real customers 17 have spent exactly this; added up as floats, 15 of them come out a hair below.
    name: "Spent 24.76 dollars or more in all",
    rule: { event, sum: { of: "value", gte: 24.76 } },
    expected: (purchases) => totalCents(purchases) >= 2_476,
  },
  {
    key: "replay-summer-two-at-once",
    name: "2 or more CDs at once in a shop in June, July or August 2021",
    rule: {
      event,
      within: { after: "2021-06-01", before: "2021-09-01" },
      where: {
        all: [
          { property: "quantity", gte: 2 },
          { property: "currency", contains: "us", ignoreCase: true },
          { property: "orderId", exists: true },
          { none: [{ property: "quantity", in: [0, 1] }] },
          { channel: "store" },
        ],
      },
    },
    expected: (purchases) =>
      purchases.some((purchase) => purchase.quantity >= 2 && between("2021-06-01", "2021-08-31")(purchase)),
  },
  {
    key: "replay-lapsed-180-days",
    name: "No purchase in the 180 days before 2022-07-01",
    at: FIRST_OF_JULY_2022,
    rule: { none: [{ event, within: "180d" }] },
    expected: (purchases) => !purchases.some(between("2022-01-02", "2022-06-30")),
  },
  {
    key: "replay-two-of-four",
    name: "Two of: 5 or more purchases; 500 dollars or more; once 10 CDs or 150 dollars; none from April 2021 on",
    rule: {
      atLeast: 2,
      of: [
        { event, count: { gte: 5 } },
        { event, sum: { of: "value", gte: 500 } },
        {
          any: [
            { event, where: { property: "quantity", gte: 10 } },
            { event, where: { not: { property: "value", lt: 150 } } },
          ],
        },
        { none: [{ event, within: { after: "2021-04-01" } }] },
      ],
    },
    expected: (purchases) => {
      const often = purchases.length >= 5;
      const much = totalCents(purchases) >= 50_000;
      const large = purchases.some(({ quantity, cents }) => quantity >= 10 || cents >= 15_000);
      const gone = purchases.every(({ date }) => date < "2021-04-01");
      return [often, much, large, gone].filter(Boolean).length >= 2;
    },
  },
  {
    key: "replay-sum-of-some",
    name: "100 dollars or more in purchases of 2 to 4 CDs for 20 to 50 dollars",
    rule: {
      event,
      where: {
        all: [
          { property: "quantity", in: [2, 3, 4] },
          { property: "value", between: [20, 50] },
          { property: "currency", notIn: ["EUR", "GBP"] },
        ],
      },
      sum: { of: "value", gte: 100 },
    },
    expected: (purchases) => {
      const some = purchases.filter(({ quantity, cents }) => quantity >= 2 && quantity <= 4 && cents >= 2_000 && cents <= 5_000);
      return totalCents(some) >= 10_000;
    },
  },
];

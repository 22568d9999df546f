import { seeded } from "./random.ts";

const FIRST_DAY = Date.UTC(2021, 0, 1);
/** From 2021-01-01 to 2022-06-30, as in the real file. */
const DAYS = 546;
const DAY_MS = 86_400_000;
/** Beyond those of the real file: the two may be replayed into one Tideline. */
const FIRST_CUSTOMER = 50_001;
/** What a CD costs: real prices, whose sums come out wrong in floats. */
const PRICES_CENTS = [1_177, 1_249, 1_299, 1_377, 1_433, 1_496, 1_626, 699, 899, 1_997];

/**
 * Purchases made from a seed, for whoever does not have the real file: its format and its oddities (CRLF, rows that
 * repeat exactly, purchases of 0 dollars, most customers with one purchase and few with many).
 */
export function samplePurchases(count: number, seed: number): string {
  const random = seeded(seed);
  const lines: string[] = [];
  for (let customer = FIRST_CUSTOMER; lines.length < count; customer++) {
    const own = ordersOf(random).map((order) => ` ${String(customer).padStart(5, "0")} ${order}`);
    lines.push(...own.slice(0, count - lines.length));
  }
  return lines.map((line) => `${line}\r\n`).join("");
}

/** One customer's orders in the order of time, as the file writes what follows the customer. */
function ordersOf(random: () => number): string[] {
  const first = Math.floor(random() * 90);
  const orders = 1 + Math.floor(random() ** 4 * 20);
  const days = Array.from({ length: orders }, (_, at) => (at === 0 ? first : first + Math.floor(random() * (DAYS - first))));
  return days
    .toSorted((one, other) => one - other)
    .flatMap((day) => {
      const order = orderOn(day, random);
      return random() < 0.02 ? [order, order] : [order];
    });
}

function orderOn(day: number, random: () => number): string {
  const date = new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "");
  const quantity = 1 + Math.floor(random() ** 3 * 12);
  const price = PRICES_CENTS[Math.floor(random() * PRICES_CENTS.length)] ?? 0;
  const cents = random() < 0.01 ? 0 : price * quantity;
  return `${date} ${String(quantity).padStart(2)} ${(cents / 100).toFixed(2).padStart(7)}`;
}

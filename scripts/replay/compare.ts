import type { Purchase } from "./purchases.ts";

/** Where two sets of customers differ, sorted. */
export interface Difference {
  /** By the file, but not by Tideline. */
  readonly missing: readonly string[];
  /** By Tideline, but not by the file. */
  readonly extra: readonly string[];
}

/** Customers of the file whose purchases, all taken together, fulfil a condition. */
export function membersByFile(
  rows: readonly Purchase[],
  expected: (purchases: readonly Purchase[]) => boolean,
): ReadonlySet<string> {
  const members = new Set<string>();
  for (const [customer, purchases] of Map.groupBy(rows, (purchase) => purchase.customer)) {
    if (expected(purchases)) members.add(customer);
  }
  return members;
}

export function compareMembers(byFile: ReadonlySet<string>, byTideline: ReadonlySet<string>): Difference {
  return {
    missing: [...byFile].filter((customer) => !byTideline.has(customer)).toSorted(),
    extra: [...byTideline].filter((customer) => !byFile.has(customer)).toSorted(),
  };
}

import { fail, ok, type Result } from "../../core/model/result.ts";

/** One row of the file: a purchase of its own, also where another row is exactly the same. */
export interface Purchase {
  /** From 1. */
  readonly row: number;
  /** As the file writes it, leading zeros included. */
  readonly customer: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** CDs bought. */
  readonly quantity: number;
  /** For counting: integers add up. */
  readonly cents: number;
  /** For sending: the number whose shortest form is what the file says. */
  readonly dollars: number;
}

/** A row that is not a purchase. */
export interface BadRow {
  readonly row: number;
  readonly line: string;
}

const LINE = /^\s*(\d+)\s+(\d{4})(\d{2})(\d{2})\s+(\d+)\s+(\d+)\.(\d{2})\s*$/;

/** Reads ` 00001 20210101  1   11.77`: customer, date, CDs, dollars; lines end in CRLF or LF. One bad row refuses the file. */
export function parsePurchases(text: string): Result<readonly Purchase[], BadRow> {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const purchases: Purchase[] = [];
  for (const [at, line] of lines.entries()) {
    const purchase = parseLine(line, at + 1);
    if (purchase === undefined) return fail({ row: at + 1, line });
    purchases.push(purchase);
  }
  return ok(purchases);
}

function parseLine(line: string, row: number): Purchase | undefined {
  const [, customer, year, month, day, quantity, whole, hundredths] = LINE.exec(line) ?? [];
  if (customer === undefined || hundredths === undefined) return undefined;
  const date = `${year}-${month}-${day}`;
  if (!isDate(date)) return undefined;
  return {
    row,
    customer,
    date,
    quantity: Number(quantity),
    cents: Number(`${whole}${hundredths}`),
    dollars: Number(`${whole}.${hundredths}`),
  };
}

/** A date such as 30 February is read as one in March, or not at all. */
function isDate(date: string): boolean {
  const instant = new Date(`${date}T00:00:00.000Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date);
}

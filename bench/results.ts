import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { textTable } from "../scripts/replay/table.ts";

/** What was measured, beside what. */
export interface Measured {
  readonly area: string;
  readonly what: string;
  readonly ours: number;
  readonly unit: string;
  readonly reference: number;
  readonly referenceName: string;
}

/** What `ours / reference` must be. */
export interface Bar {
  readonly least?: number;
  readonly most?: number;
}

/** A row of `bench/results.json` (budgets.md, "Speed"). Bar and pass are null for what is shown only for information. */
export interface BenchRow extends Measured {
  readonly ratio: number;
  readonly bar: string | null;
  readonly pass: boolean | null;
}

export interface BenchResults {
  readonly environment: Readonly<Record<string, string | number>>;
  readonly rows: readonly BenchRow[];
}

export function benchRow({ area, what, ours, unit, reference, referenceName }: Measured, bar: Bar | undefined): BenchRow {
  const ratio = ours / reference;
  const judged =
    bar === undefined
      ? { bar: null, pass: null }
      : { bar: barText(bar), pass: ratio >= (bar.least ?? -Infinity) && ratio <= (bar.most ?? Infinity) };
  return {
    area,
    what,
    ours: rounded(ours),
    unit,
    reference: rounded(reference),
    referenceName,
    ratio: rounded(ratio),
    ...judged,
  };
}

function barText({ least, most }: Bar): string {
  if (least !== undefined && most !== undefined) return `${least} .. ${most}`;
  return least === undefined ? `<= ${most}` : `>= ${least}`;
}

/** Three figures after the point; beyond them is noise. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

export function resultsTable(rows: readonly BenchRow[]): string {
  const verdict = ({ pass }: BenchRow): string => (pass === null ? "" : pass ? "yes" : "MISSED");
  return textTable(
    ["what", "ours", "unit", "reference", "", "ratio", "bar", "met"],
    rows.map((row) => [row.what, row.ours, row.unit, row.reference, row.referenceName, row.ratio, row.bar ?? "", verdict(row)]),
  );
}

/** Of the machine and what ran on it, without which no figure means anything. */
export function environment(now: Date, quick: boolean): BenchResults["environment"] {
  return {
    date: now.toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    workerd: versionOf("workerd"),
    miniflare: versionOf("miniflare"),
    runs: quick ? "quick: too few and too short to be believed" : "full",
  };
}

function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}

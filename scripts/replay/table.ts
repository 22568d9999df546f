type Cell = string | number;

const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });

/** A table for the terminal: words to the left, numbers to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const isNumber = head.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === "number"));
  const lines = [head, ...rows].map((row) => row.map((cell) => (typeof cell === "number" ? NUMBER.format(cell) : cell)));
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const print = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  const [heading = [], ...body] = lines;
  return [print(heading), print(widths.map((width) => "-".repeat(width))), ...body.map(print)].join("\n");
}

/** Ascending numbers as `1-3 7`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === number - 1) open[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(" ");
}

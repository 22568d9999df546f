import { faultyLine, type CutRows, type RawRow, type Stretch } from "./raw-rows.ts";

/** Cuts lines; blank ones are no rows. @param most rows at most */
export function cutLines(stretch: Stretch, most: number): CutRows {
  const { text, isEnd } = stretch;
  const rows: RawRow[] = [];
  let used = 0;
  while (rows.length < most && used < text.length) {
    const end = text.indexOf("\n", used);
    if (end < 0 && !isEnd) {
      if (used > 0) break;
      const given = faultyLine(stretch, used, "\n", "row_too_large");
      return { rows: [given.row], used: given.used, skipping: given.skipping };
    }
    const line = text.slice(used, end < 0 ? text.length : end).trim();
    if (line !== "") rows.push({ line });
    used = end < 0 ? text.length : end + 1;
  }
  return { rows, used, skipping: false };
}

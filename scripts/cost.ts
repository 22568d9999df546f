import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./bundle.ts";
import { costTable, type Counts } from "./cost/table.ts";

/** `npm run cost`: the table of docs/cost.md, from what was counted. */
const counted: Record<string, Counts> = JSON.parse(readFileSync(join(ROOT, "docs/cost-counts.json"), "utf8"));
console.log(costTable(counted));

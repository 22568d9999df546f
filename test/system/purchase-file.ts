import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The file of real purchases, which lies beside the project where the project is developed; undefined for a stranger, who
 * has none and makes purchases of the same kind.
 */
export function purchaseFile(): string | undefined {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "shared/data/cdnow-purchases.txt");
    if (existsSync(file)) return file;
  }
  return undefined;
}

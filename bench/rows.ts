import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Mean size of the head row over all profile objects stored below `data`. Nothing may be running on them. */
export function meanHeadBytes(data: string): number {
  const objects = join(data, "state/do/tideline-ProfileObject");
  const sizes = readdirSync(objects)
    .filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")
    .flatMap((name) => {
      const database = new DatabaseSync(join(objects, name));
      try {
        const hasTable = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'part'").get() !== undefined;
        const row = hasTable
          ? database.prepare("SELECT length(CAST(body AS BLOB)) AS bytes FROM part WHERE k = 0").get()
          : undefined;
        return row === undefined ? [] : [Number(row["bytes"])];
      } finally {
        database.close();
      }
    });
  if (sizes.length === 0) throw new Error(`no profile is stored below ${objects}`);
  return Math.round(sizes.reduce((sum, bytes) => sum + bytes, 0) / sizes.length);
}

import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFile } from "../../scripts/import/import-file.ts";
import { seeded } from "../../scripts/replay/random.ts";
import { residentMegabytes } from "./resident.ts";
import { makeTideline, type Tideline } from "./tideline.ts";

/**
 * A million rows over 20,000 people with TIDELINE_FULL=1, else a few thousand over a hundred: that memory does not grow
 * with the file shows in the long run only, that nothing is lost or doubled in both.
 */
const FULL = process.env["TIDELINE_FULL"] === "1";
const ROWS = FULL ? 1_000_000 : 4_000;
const PEOPLE = FULL ? 20_000 : 100;
/** How often memory is looked at, ms. */
const LOOK_EVERY_MS = FULL ? 5_000 : 100;

/**
 * People come in twenty cohorts, those of one by turns: the local runtime holds three open files for each person of the
 * last ten seconds, and a machine may have no more than 20,000.
 */
const COHORTS = 20;

function personOf(row: number): number {
  const inCohort = PEOPLE / COHORTS;
  return Math.floor((row * COHORTS) / ROWS) * inCohort + (row % inCohort);
}

function* linesOf(rows: number): Iterable<string> {
  const random = seeded(3);
  yield "person,amount,when\n";
  for (let row = 0; row < rows; row++) {
    const day = String(1 + Math.floor(random() * 28)).padStart(2, "0");
    yield `p${personOf(row)},${Math.floor(random() * 10_000) / 100},2026-0${1 + Math.floor(random() * 9)}-${day}\n`;
  }
}

describe(`an import of ${ROWS.toLocaleString("en-US")} rows`, () => {
  let at: Tideline;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tideline-import-"));
    at = await makeTideline();
    await at.start();
  });
  afterAll(async () => {
    await at.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const eventsOf = async (userId: string): Promise<number> => {
    const headers = { authorization: "Bearer sk_demo" };
    const body = JSON.stringify({ userId });
    const looked = await fetch(`${at.url}/api/profiles/lookup`, { method: "POST", headers, body });
    const { profileId } = (await looked.json()) as { profileId: string };
    let [count, cursor] = [0, ""];
    do {
      const page = await fetch(`${at.url}/api/profiles/${profileId}/events?limit=100${cursor}`, { headers });
      const { events, next } = (await page.json()) as { events: unknown[]; next: string | number | null };
      count += events.length;
      cursor = next === null ? "" : `&cursor=${next}`;
    } while (cursor !== "");
    return count;
  };

  it("takes each row once, in memory that does not grow with the file", async () => {
    const file = join(folder, "rows.csv");
    await pipeline(Readable.from(linesOf(ROWS)), createWriteStream(file));
    const seen: number[] = [];
    const began = performance.now();
    const watching = setInterval(() => seen.push(residentMegabytes(at.processes().workerd)), LOOK_EVERY_MS);
    const report = await importFile({
      file,
      url: at.url,
      secretKey: "sk_demo",
      source: "store",
      type: "track",
      format: "csv",
      encoding: undefined,
      delimiter: undefined,
      event: "Order Completed",
      map: "person:userId,amount:properties.value:number,when:timestamp",
    }).finally(() => clearInterval(watching));
    const seconds = (performance.now() - began) / 1_000;
    expect(report).toMatchObject({ state: "done", rows: ROWS, accepted: ROWS, rejected: 0, refused: 0 });
    for (const person of [0, 1, PEOPLE - 1]) expect(await eventsOf(`p${person}`)).toBe(ROWS / PEOPLE);
    const quarters = [0, 1, 2, 3].map((quarter) => {
      const some = seen.slice(Math.floor((quarter * seen.length) / 4), Math.floor(((quarter + 1) * seen.length) / 4));
      return Math.round(Math.max(...some));
    });
    process.stdout.write(
      `import: ${ROWS} rows of ${PEOPLE} people in ${seconds.toFixed(0)} s, workerd at most ${quarters.join(", ")} MB in each quarter\n`,
    );
  }, 7_200_000);
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFile, type ImportFileOptions, type ImportReport } from "../../scripts/import/import-file.ts";
import { parsePurchases, type Purchase } from "../../scripts/replay/purchases.ts";
import { areExact, checkAudiences, type CheckReport } from "../../scripts/replay/replay.ts";
import { samplePurchases } from "../../scripts/replay/sample.ts";
import { purchaseFile } from "./purchase-file.ts";
import { residentMegabytes } from "./resident.ts";
import { makeTideline, type Tideline } from "./tideline.ts";

/**
 * The purchases of the replay as the file that a French shop's till would give: its own columns, decimal commas, local
 * times, Windows' letters. The runtime is killed in the midst of it, and the ten audiences must come out to the person.
 * With TIDELINE_FULL=1 all customers, else every tenth.
 */
const FULL = process.env["TIDELINE_FULL"] === "1";
const SAMPLE_ROWS = FULL ? 69_659 : 7_000;

function purchases(): readonly Purchase[] {
  const file = purchaseFile();
  if (file === undefined) process.stdout.write("the real purchases are not there: the import test makes some of its own\n");
  const parsed = parsePurchases(file === undefined ? samplePurchases(SAMPLE_ROWS, 11) : readFileSync(file, "latin1"));
  if (!parsed.ok) throw new Error(`row ${parsed.error.row} is no purchase`);
  if (FULL || file === undefined) return parsed.value;
  const customers = [...new Set(parsed.value.map(({ customer }) => customer))];
  const some = new Set(customers.filter((_, place) => place % 10 === 0));
  return parsed.value.filter(({ customer }) => some.has(customer));
}

/** Only characters of ISO 8859-1 are in it. */
function tillFile(rows: readonly Purchase[]): Buffer {
  const lines = rows.map(({ customer, date, quantity, cents, row }) => {
    const [year, month, day] = date.split("-");
    const euros = `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, "0")}`;
    return `${customer};${day}/${month}/${year} 12:00;${quantity};"${euros}";"n° ${row};A";USD`;
  });
  return Buffer.from(["Client;Date d'achat;Quantité;Montant;Commande;Devise", ...lines, ""].join("\r\n"), "latin1");
}

const MAP =
  "Client:userId,Date d'achat:timestamp:date(DD/MM/YYYY HH:mm),Quantité:properties.quantity:integer,Montant:properties.value:decimal-comma,Commande:properties.orderId,Devise:properties.currency";

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

describe("the guide's calls, as printed", () => {
  const ROOT = resolve(import.meta.dirname, "../..");
  const guide = readFileSync(join(ROOT, "docs/guides/import.md"), "utf8");
  const blocks = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

  /** Nothing is changed but the port and the place of the file. */
  const call = (block: string): string =>
    execFileSync(
      "bash",
      [
        "-euc",
        block.replaceAll("localhost:8787", `localhost:${at.port}`).replaceAll("receipts.csv", join(folder, "receipts.csv")),
      ],
      { encoding: "utf8", cwd: ROOT, env: { ...process.env, PORT: String(at.port) }, stdio: ["ignore", "pipe", "ignore"] },
    );

  it("try a file, import it, send one over HTTP and ask for the report", () => {
    expect(blocks).toHaveLength(5);
    const [, tried = "", imported = "", sent = "", report = ""] = blocks.map(call);
    const shown: string = /```text\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
    for (const said of shown.trim().split(/[\n…]/)) expect(tried).toContain(said);
    expect(imported).toContain("Import receipts-2026-03 is done: 3 rows, 2 accepted, 1 rejected, 0 refused.");
    const [answer = "", reported = ""] = [...guide.matchAll(/```json\n(.*)\n```/g)].map(([, json = ""]) => json);
    expect(sent).toBe(answer);
    const timeless = (text: string): string => text.replaceAll(/"(createdAt|updatedAt)":"[^"]*"/g, '"$1":"…"');
    expect(timeless(report)).toBe(reported);
  });
});

describe("a till's file of purchases", () => {
  let rows: readonly Purchase[];
  beforeAll(() => {
    rows = purchases();
  });

  const run = (more: Partial<ImportFileOptions> = {}): Promise<ImportReport | undefined> =>
    importFile({
      file: join(folder, "caisse.csv"),
      url: at.url,
      secretKey: "sk_demo",
      source: "store",
      type: "track",
      format: "csv",
      encoding: "windows-1252",
      delimiter: undefined,
      event: "Order Completed",
      map: MAP,
      importId: "caisse",
      partBytes: 200_000,
      ...more,
    });

  async function rowsApplied(): Promise<number> {
    const headers = { authorization: "Bearer sk_demo" };
    const answer = await fetch(`${at.url}/api/imports/caisse`, { headers });
    return answer.ok ? ((await answer.json()) as ImportReport).rows : 0;
  }

  /**
   * The local runtime holds three open files for each person whom it woke in the last ten seconds, and a machine may have no
   * more than 20,000. So at full size nobody is asked about before the cold path has heard of every row, and no more than
   * a hundred at once.
   */
  const check = async (): Promise<CheckReport> => {
    if (FULL) await coldPathIsThrough();
    return checkAudiences({ url: at.url, secretKey: "sk_demo" }, rows, undefined, FULL ? 1 : undefined);
  };

  /** What is collected leaves for the cold path half a minute later. */
  async function coldPathIsThrough(): Promise<void> {
    const headers = { authorization: "Bearer sk_demo" };
    for (;;) {
      const answer = await fetch(`${at.url}/api/health/detail`, { headers });
      const { lastDay } = (await answer.json()) as { lastDay?: Readonly<Record<string, number>> };
      if ((lastDay?.["events.applied"] ?? 0) >= rows.length) return;
      await delay(1_000);
    }
  }

  /** Kills everything once some rows are applied, and starts it again. @returns how many rows were, at least */
  async function dieInTheMidst(): Promise<number> {
    let applied = 0;
    while (applied < rows.length / 5) {
      await delay(5);
      applied = await rowsApplied();
    }
    const { node, workerd } = at.processes();
    for (const pid of workerd) process.kill(pid, "SIGKILL");
    process.kill(node, "SIGKILL");
    await at.ended();
    await at.start();
    expect(applied).toBeLessThan(rows.length);
    return applied;
  }

  it("gives the members of ten audiences to the person, also when everything is killed in the midst of it", async () => {
    writeFileSync(join(folder, "caisse.csv"), tillFile(rows));
    const began = performance.now();
    const sending = run();
    const diedAfter = await dieInTheMidst();
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, residentMegabytes(at.processes().workerd))), 200);
    const report = await sending;
    clearInterval(watching);
    const seconds = (performance.now() - began) / 1_000;
    // The codes first: what was rejected says why.
    expect([report?.report.codes, report?.report.rejected]).toEqual([{}, []]);
    expect(report).toMatchObject({ state: "done", rows: rows.length, accepted: rows.length, rejected: 0, refused: 0 });
    const checked = await check();
    expect(checked.audiences).toHaveLength(10);
    expect(checked.audiences.flatMap(({ missing, extra }) => [...missing, ...extra])).toEqual([]);
    expect(areExact(checked)).toBe(true);
    process.stdout.write(
      `import: ${rows.length} rows in ${seconds.toFixed(1)} s with a death after ${diedAfter}, workerd at most ${Math.round(most)} MB, all audiences equal\n`,
    );
  }, 7_200_000);

  it("counts nothing twice when the same file is sent again", async () => {
    const again = await run();
    expect(again).toMatchObject({ state: "done", rows: rows.length, accepted: rows.length });
    expect(areExact(await check())).toBe(true);
  }, 7_200_000);
});

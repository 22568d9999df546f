import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import cliProgress from "cli-progress";
import { isExact, replay, type ReplayOptions, type ReplayReport, type ShowProgress } from "./replay/replay.ts";
import { rangesOf, textTable } from "./replay/table.ts";

/**
 * `npm run replay -- FILE [--url http://localhost:8787] [--limit N] [--fresh]`: sends every purchase of FILE to a running
 * Tideline through `@segment/analytics-node`, then checks ten audiences against the file, to the person. Can be
 * stopped in any way and started again: it goes on from where it was, and nothing counts twice.
 *
 * TIDELINE_DATA  where the progress is kept, default .tideline; `--fresh` sends every row again
 * Exit code: 0 exact, 1 a row was lost or a member differs, 2 wrong arguments, 130 stopped
 */
const USAGE = "Usage: npm run replay -- FILE [--url http://localhost:8787] [--limit N] [--fresh]";

const options = readArguments();
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    console.error("\nWaiting for what is on its way. Once more to stop at once: the next run goes on from here either way.");
    stop.abort();
  });
}

const bars = new Map<string, InstanceType<typeof cliProgress.SingleBar>>();
const began = new Map<string, { readonly ms: number; readonly done: number }>();
const show: ShowProgress = (part, done, total) => {
  const since = began.get(part) ?? { ms: Date.now(), done };
  began.set(part, since);
  const rate = Math.round(((done - since.done) * 1_000) / Math.max(1, Date.now() - since.ms));
  const bar = bars.get(part);
  if (bar === undefined) {
    for (const other of bars.values()) other.stop();
    const format = ` ${part === "send" ? "Sending " : "Deciding"} {bar} {percentage}% | {value} of {total} | {rate}/s | {duration_formatted}, {eta_formatted} to go`;
    const made = new cliProgress.SingleBar(
      { format, noTTYOutput: true, notTTYSchedule: 5_000, hideCursor: true, etaBuffer: 50 },
      cliProgress.Presets.shades_classic,
    );
    bars.set(part, made);
    made.start(total, done, { rate });
  } else {
    bar.update(done, { rate });
  }
};

try {
  const data = resolve(process.env["TIDELINE_DATA"] ?? ".tideline");
  const report = await replay({ ...options, data, signal: stop.signal, show });
  for (const bar of bars.values()) bar.stop();
  print(report);
  process.exitCode = isExact(report) ? 0 : stop.signal.aborted && report.sent.lost.length === 0 ? 130 : 1;
} catch (error) {
  for (const bar of bars.values()) bar.stop();
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function readArguments(): Pick<ReplayOptions, "from" | "url" | "limit" | "fresh"> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        url: { type: "string", default: `http://localhost:${process.env["PORT"] ?? 8787}` },
        limit: { type: "string" },
        fresh: { type: "boolean", default: false },
      },
    });
    const limit = values.limit === undefined ? undefined : Number(values.limit);
    if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1))
      throw new Error("--limit takes a whole number from 1");
    if (!URL.canParse(values.url)) throw new Error("--url takes an address such as http://localhost:8787");
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw new Error("One FILE is needed");
    if (!existsSync(path)) throw new Error(`There is no file ${path}`);
    return { from: { file: path }, url: values.url, fresh: values.fresh, ...(limit === undefined ? {} : { limit }) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

function print({ rows, customers, resumedAt, sent, check }: ReplayReport): void {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const rate = (count: number, ms: number): string =>
    `${Math.round((count * 1_000) / Math.max(1, ms)).toLocaleString("en-US")}/s`;
  const resumed = resumedAt > 0 ? `, after ${resumedAt} of an earlier run` : "";
  console.log(
    `\nSent ${sent.acknowledged} rows${resumed} in ${seconds(sent.ms)} (${rate(sent.acknowledged, sent.ms)}), ${sent.requests} requests of at most ${sent.largestBatch} bytes.`,
  );
  if (sent.lost.length > 0) {
    console.log(
      `Lost ${sent.lost.length} rows:\n${sent.lost
        .slice(0, 20)
        .map(({ row, reason }) => `  row ${row}: ${reason}`)
        .join("\n")}`,
    );
    console.log(`Rows: ${rangesOf(sent.lost.map(({ row }) => row))}`);
  }
  if (check === undefined) {
    console.log(`Stopped before the end: start again to go on. Nothing was checked.`);
    return;
  }
  console.log(
    `Decided ${check.decisions} times under ruleset ${check.ruleset} in ${seconds(check.ms)} (${rate(check.decisions, check.ms)}): ${customers} customers, ${rows} purchases.\n`,
  );
  const table = check.audiences.map(({ audience, byFile, byTideline, missing, extra }) => [
    audience.name,
    byFile,
    byTideline,
    missing.length,
    extra.length,
  ]);
  console.log(textTable(["audience", "by file", "by Tideline", "missing", "extra"], table));
  for (const { audience, missing, extra } of check.audiences) {
    if (missing.length > 0) console.log(`${audience.key}: missing ${missing.slice(0, 10).join(" ")}`);
    if (extra.length > 0) console.log(`${audience.key}: extra ${extra.slice(0, 10).join(" ")}`);
  }
  if (check.unknown.length > 0)
    console.log(`${check.unknown.length} customers are not known: ${check.unknown.slice(0, 10).join(" ")}`);
}

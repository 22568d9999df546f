import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import cliProgress from "cli-progress";
import { importFile, type ImportFileOptions, type ImportReport } from "./import/import-file.ts";

/**
 * `npm run import -- FILE --source KEY`: sends a file of CSV or NDJSON to a running Tideline and shows how it is applied
 * (docs/guides/import.md). Can be stopped in any way and started again: it goes on from where it was, and nothing counts
 * twice.
 *
 * Exit code: 0 every row was taken, 1 some were not or the file cannot be read, 2 wrong arguments, 130 stopped
 */
const USAGE = `Usage: npm run import -- FILE --source KEY [--type track|identify] [--map column:path[:type],...] [--event NAME]
  [--format csv|ndjson] [--encoding utf-8] [--delimiter ;] [--columns a,b,...] [--dry-run] [--import-id ID]
  [--url http://localhost:8787] [--key sk_demo]`;

const options = readArguments();
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

type Work = "send" | "apply";
const WORDS = { send: "Sending ", apply: "Applying" } as const;
let shown: { readonly work: Work; readonly bar: InstanceType<typeof cliProgress.SingleBar> } | undefined;

function show(work: Work, done: number, total: number): void {
  const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
  const payload = { done: megabytes(done), all: megabytes(total) };
  if (shown?.work !== work) {
    shown?.bar.stop();
    const format = ` ${WORDS[work]} {bar} {percentage}% | {done} of {all} MB | {duration_formatted}, {eta_formatted} to go`;
    const look = { format, noTTYOutput: true, notTTYSchedule: 5_000, hideCursor: true, etaBuffer: 50 };
    shown = { work, bar: new cliProgress.SingleBar(look, cliProgress.Presets.shades_classic) };
    shown.bar.start(total, done, payload);
  } else shown.bar.update(done, payload);
}

try {
  const report = await importFile({ ...options, signal: stop.signal, show });
  shown?.bar.stop();
  if (report !== undefined) print(report);
  process.exitCode = stop.signal.aborted ? 130 : report !== undefined && isWhole(report) ? 0 : 1;
} catch (error) {
  shown?.bar.stop();
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function isWhole({ state, rejected, refused }: ImportReport): boolean {
  return state === "done" && rejected === 0 && refused === 0;
}

function print({ importId, state, rows, accepted, rejected, refused, dropped, report }: ImportReport): void {
  console.log(
    `\nImport ${importId} is ${state}: ${rows} rows, ${accepted} accepted, ${rejected} rejected, ${refused} refused${dropped === 0 ? "" : `, ${dropped} dropped`}.`,
  );
  if (report.failure !== null)
    console.log(
      `It cannot be read: ${report.failure.code}${report.failure.column === null ? "" : ` (${report.failure.column})`}.`,
    );
  for (const [code, count] of Object.entries(report.codes)) console.log(`  ${code}: ${count}`);
  for (const { row, code, column } of report.rejected.slice(0, 20))
    console.log(`  row ${row}: ${code}${column === undefined ? "" : ` in ${column}`}`);
  for (const { row, event } of report.events) console.log(`  row ${row} would be ${JSON.stringify(event)}`);
}

function readArguments(): ImportFileOptions {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        source: { type: "string" },
        type: { type: "string", default: "track" },
        format: { type: "string" },
        map: { type: "string" },
        event: { type: "string" },
        encoding: { type: "string" },
        delimiter: { type: "string" },
        columns: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        "import-id": { type: "string" },
        url: { type: "string", default: `http://localhost:${process.env["PORT"] ?? 8787}` },
        key: { type: "string", default: "sk_demo" },
      },
    });
    const { source, type, map, event, encoding, delimiter, columns, url, key } = values;
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) throw new Error("One FILE is needed");
    if (!existsSync(file)) throw new Error(`There is no file ${file}`);
    if (source === undefined) throw new Error("--source names the source whose events the rows are");
    if (type !== "track" && type !== "identify") throw new Error("--type is track or identify");
    const format = values.format ?? (/\.(?:ndjson|jsonl)(?:\.gz)?$/.test(file) ? "ndjson" : "csv");
    if (format !== "csv" && format !== "ndjson") throw new Error("--format is csv or ndjson");
    if (!URL.canParse(url)) throw new Error("--url takes an address such as http://localhost:8787");
    const said = { map, event, encoding, delimiter, columns };
    return { file, source, type, format, ...said, url, secretKey: key, dryRun: values["dry-run"], importId: values["import-id"] };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { statSync } from "node:fs";
import { hashOfFile, partsOf, type CutOptions } from "./parts.ts";

export interface ImportFileOptions extends Omit<CutOptions, "partBytes"> {
  readonly file: string;
  readonly url: string;
  readonly secretKey: string;
  readonly source: string;
  readonly type: "track" | "identify";
  readonly map?: string | undefined;
  /** Names of the columns of a file without a header. */
  readonly columns?: string | undefined;
  readonly event?: string | undefined;
  readonly dryRun?: boolean;
  /** Without one the file's content is its name. */
  readonly importId?: string | undefined;
  readonly partBytes?: number;
  /** Stops between two calls; the next run goes on from there. */
  readonly signal?: AbortSignal;
  /** Told of each part of the work as it goes on, in bytes. */
  readonly show?: (work: "send" | "apply", done: number, total: number) => void;
}

/** `GET /api/imports/:id`, as far as it is looked at. */
export interface ImportReport {
  readonly importId: string;
  readonly state: "receiving" | "applying" | "done" | "failed";
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly refused: number;
  readonly dropped: number;
  readonly bytes: { readonly done: number; readonly total: number };
  readonly nextPart: number | null;
  readonly report: {
    readonly failure: { readonly code: string; readonly column: string | null } | null;
    readonly codes: Readonly<Record<string, number>>;
    readonly rejected: readonly { readonly row: number; readonly code: string; readonly column?: string }[];
    readonly events: readonly { readonly row: number; readonly event: unknown }[];
  };
}

const PART_BYTES = 16_000_000;
/** How often it is asked how far the import is. */
const ASK_EVERY_MS = 250;
/** How often a call is tried that failed for a reason that passes: no connection, 429, 5xx. */
const TRIES = 8;

/**
 * Sends a file to a running Tideline and waits until it is applied. Run again it goes on where it was, for the file's
 * content names the import: nothing counts twice.
 * @returns how the import stands; undefined where it was stopped before it had begun
 */
export async function importFile(options: ImportFileOptions): Promise<ImportReport | undefined> {
  const importId = options.importId ?? (await idOf(options));
  const before = await reportOf(options, importId);
  const from = before === undefined ? 1 : before.nextPart;
  if (from !== null && before?.state !== "failed") await sendParts(options, importId, from);
  return followed(options, importId);
}

/** A file is imported once; tried it may be in many ways. */
async function idOf({ file, dryRun, ...how }: ImportFileOptions): Promise<string> {
  const hash = (await hashOfFile(file)).slice(0, 32);
  if (dryRun !== true) return hash;
  const { source, type, format, map, columns, event, encoding, delimiter } = how;
  const way = createHash("sha256").update(JSON.stringify([source, type, format, map, columns, event, encoding, delimiter]));
  return `${hash}-dry-${way.digest("hex").slice(0, 12)}`;
}

async function sendParts(options: ImportFileOptions, importId: string, from: number): Promise<void> {
  const { file, signal, show } = options;
  const total = statSync(file).size;
  for await (const { part, body, isLast, read } of partsOf(file, { ...options, partBytes: options.partBytes ?? PART_BYTES })) {
    if (signal?.aborted === true) return;
    if (part >= from) await sendPart(options, importId, part, isLast, body);
    show?.("send", Math.min(read, total), total);
  }
}

async function sendPart(
  options: ImportFileOptions,
  importId: string,
  part: number,
  isLast: boolean,
  body: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const query = new URLSearchParams({ source: options.source, type: options.type, format: options.format, part: String(part) });
  if (isLast) query.set("last", "1");
  if (options.dryRun === true) query.set("dryRun", "1");
  for (const name of ["map", "columns", "event", "delimiter"] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  const headers = { "import-id": importId, "content-encoding": "gzip" };
  await call(options, `/v1/import?${query.toString()}`, { method: "POST", headers, body: gzipSync(body) });
}

/** Asks until nothing more happens. */
async function followed(options: ImportFileOptions, importId: string): Promise<ImportReport | undefined> {
  for (;;) {
    const report = await reportOf(options, importId);
    if (report === undefined) return undefined;
    options.show?.("apply", report.bytes.done, report.bytes.total);
    if (report.state !== "applying" || options.signal?.aborted === true) return report;
    await delay(ASK_EVERY_MS);
  }
}

async function reportOf(options: ImportFileOptions, importId: string): Promise<ImportReport | undefined> {
  const answer = await call(options, `/api/imports/${importId}`, {});
  return answer === undefined ? undefined : (answer as ImportReport);
}

/** @returns undefined for 404 @throws what the server said, for any other answer but 2xx */
async function call(
  { url, secretKey }: Pick<ImportFileOptions, "url" | "secretKey">,
  path: string,
  init: {
    readonly method?: "POST";
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Uint8Array<ArrayBuffer>;
  },
): Promise<unknown> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${secretKey}`);
  for (let tried = 1; ; tried++) {
    const response = await fetch(new URL(path, url), { ...init, headers }).catch((error: unknown) => String(error));
    if (typeof response !== "string") {
      if (response.ok) return response.json();
      if (response.status === 404 && init.method === undefined) return undefined;
    }
    const passes = typeof response === "string" || response.status === 429 || response.status >= 500;
    if (!passes || tried >= TRIES) throw new Error(typeof response === "string" ? response : await words(response));
    await delay(250 * 2 ** tried);
  }
}

async function words(response: Response): Promise<string> {
  return `${response.status} ${await response.text()}`;
}

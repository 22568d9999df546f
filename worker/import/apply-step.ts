import { createHash } from "node:crypto";
import { MOST_SHOWN, type RejectedRow, type ShownEvent } from "../../core/import/progress.ts";
import { readRows, type ReadRow } from "../../core/import/read-rows.ts";
import type { JsonObject } from "../../core/model/json.ts";
import { isOverload } from "../../durable-objects/profile/overload.ts";
import { keepRejected } from "../../durable-objects/quarantine/stub.ts";
import type { ImportStep, StepAnswer } from "../../durable-objects/import/step.ts";
import { findWorkspace } from "../auth/cache.ts";
import { check, collect, type Call, type Sender } from "../collect/collect.ts";
import { parseJson } from "../wire/json.ts";
import { logFault } from "../wire/log.ts";
import { reaching, Unavailable } from "../wire/unavailable.ts";

/** A step reads no more than this; a row that is longer is given up. */
const RANGE_BYTES = 262_144;
/** Rows a step gives to their profiles: each may be another person, and so a call of its own. */
const MOST_ROWS = 1_000;
/** Rows of a step that are given at once. */
const ROWS_AT_ONCE = 100;

/**
 * Does one step of an import. When it says `done`, every row of it is durable: as accepted, or as rejected with its
 * reason. Done again it changes nothing: each row has the same id and the same time as before.
 */
export async function applyStep(env: Env, ctx: ExecutionContext, step: ImportStep): Promise<StepAnswer> {
  try {
    return await apply(env, ctx, step);
  } catch (error) {
    if (isOverload(error)) return { is: "busy" };
    if (!(error instanceof Unavailable)) logFault("import", error);
    return { is: "unavailable" };
  }
}

async function apply(env: Env, ctx: ExecutionContext, { job, part, from }: ImportStep): Promise<StepAnswer> {
  const { settings, source } = job;
  const workspace = await findWorkspace(env, ctx, job.workspace);
  if (workspace === undefined) throw new Unavailable("the workspace is not published");
  const { offset } = from.cursor;
  const text = await textOf(env.IMPORTS, part.object, offset, Math.min(RANGE_BYTES, part.bytes - offset));
  const stretch = { text, isEnd: offset + RANGE_BYTES >= part.bytes };
  const reader = { zone: workspace.timeZone, parseJson: jsonOf };
  const read = readRows(stretch, from.reading, settings, reader, MOST_ROWS);
  if (!read.ok) return { is: "failed", failure: read.error };
  const { rows, used, reading } = read.value;
  const receivedAt = new Date(part.receivedAt).toISOString();
  const events = rows.flatMap((row) => ("event" in row ? [identified(row, job, receivedAt)] : []));
  const unread = rows.flatMap((row) => ("event" in row ? [] : [row]));
  const sender: Sender = { workspace, source, hint: undefined, mostAMinute: Number.MAX_SAFE_INTEGER };
  const call: Call = { events: events.map(({ event }) => event), type: settings.type, sentAt: undefined, context: undefined };
  const taken = settings.dryRun ? await tried(env, sender, call) : await collected(env, ctx, sender, call);
  if (!settings.dryRun) await quarantine(env, sender, job.importId, unread);
  const rejected = [
    ...unread.map(({ row, code, column }): RejectedRow => ({ row, code, ...(column === undefined ? {} : { column }) })),
    ...taken.errors.flatMap(({ index, code }): RejectedRow[] => {
      const row = events[index]?.row;
      return row === undefined ? [] : [{ row, code }];
    }),
  ].toSorted((one, other) => one.row - other.row);
  const { accepted, refused, dropped } = taken;
  const counts = { rows: rows.length, accepted, rejected: rejected.length, refused, dropped };
  const isRejected = new Set(rejected.map(({ row }) => row));
  const shown = settings.dryRun ? events.filter(({ row }) => !isRejected.has(row)).slice(0, MOST_SHOWN) : [];
  const next = stretch.isEnd && used === text.length ? part.bytes : offset + Buffer.byteLength(text.slice(0, used));
  return { is: "done", done: { offset: next, reading, counts, rejected, events: shown } };
}

/** A range of a part; a character that its end cuts through is left to the next. @throws Unavailable */
async function textOf(bucket: R2Bucket, key: string, offset: number, length: number): Promise<string> {
  if (length === 0) return "";
  const bytes = await reaching("R2", async () => {
    const object = await bucket.get(key, { range: { offset, length } });
    if (object === null) throw new Error("a part is not in the bucket");
    return object.arrayBuffer();
  });
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes, { stream: true });
}

function jsonOf(text: string): ReturnType<typeof valueOf> {
  return valueOf(parseJson(text));
}

function valueOf(parsed: ReturnType<typeof parseJson>) {
  return parsed.ok ? parsed.value : undefined;
}

/** With what makes the row the same row whenever it is given: its id from its place in the import, its time from its part's receipt. */
function identified(
  { row, event }: { readonly row: number; readonly event: JsonObject },
  { importId, source, settings }: ImportStep["job"],
  receivedAt: string,
): ShownEvent & { readonly event: JsonObject } {
  const { messageId, timestamp, originalTimestamp } = event;
  const id = createHash("sha256")
    .update(JSON.stringify([source.key, importId, row]))
    .digest("base64url");
  const isTimed = isSaid(timestamp) || isSaid(originalTimestamp);
  return {
    row,
    event: {
      ...event,
      type: settings.type,
      ...(isSaid(messageId) ? {} : { messageId: `i-${id}` }),
      ...(isTimed ? {} : { timestamp: receivedAt }),
    },
  };
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

interface Taken {
  readonly accepted: number;
  readonly refused: number;
  readonly dropped: number;
  readonly errors: readonly { readonly index: number; readonly code: string }[];
}

/**
 * A few rows at a time with a wait between: the local runtime takes nothing from a socket while it has anything else to
 * do, and a step keeps it busy for seconds where everybody is new. There everybody would wait as long.
 */
async function collected(env: Env, ctx: ExecutionContext, sender: Sender, call: Call): Promise<Taken> {
  let [accepted, refused, dropped] = [0, 0, 0];
  const errors: Taken["errors"][number][] = [];
  for (let from = 0; from < call.events.length; from += ROWS_AT_ONCE) {
    if (from > 0) await scheduler.wait(1);
    const events = call.events.slice(from, from + ROWS_AT_ONCE);
    const { reply } = await collect(env, ctx, sender, { ...call, events }, Date.now());
    accepted += reply.accepted ?? events.length;
    refused += reply.refused ?? 0;
    dropped += reply.dropped ?? 0;
    for (const { index, code } of reply.errors ?? []) errors.push({ index: from + index, code });
  }
  return { accepted, refused, dropped, errors };
}

async function tried(env: Env, sender: Sender, call: Call): Promise<Taken> {
  const { accepted, refused, dropped, rejected } = await check(env, sender, call, Date.now());
  return { accepted: accepted.length, refused: refused.length, dropped: dropped.length, errors: rejected };
}

async function quarantine(
  env: Env,
  { workspace, source }: Sender,
  importId: string,
  unread: readonly Exclude<ReadRow, { readonly event: JsonObject }>[],
): Promise<void> {
  if (unread.length === 0) return;
  const at = Date.now();
  const items = unread.map(({ row, code, column, payload }) => ({
    source: source.key,
    messageId: null,
    code,
    at,
    payload: JSON.stringify({ import: importId, row, ...(column === undefined ? {} : { column }), content: payload }),
  }));
  await keepRejected(env, workspace, items);
}

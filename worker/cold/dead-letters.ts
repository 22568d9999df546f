import { and, asc, count, desc, eq, inArray, isNull, lt, or, gt } from "drizzle-orm";
import { logFault } from "../wire/log.ts";
import { addCounts, type Count } from "./counters.ts";
import { database, inTransaction, type Database } from "./database.ts";
import { hourOf } from "./hours.ts";
import { readMessage, workspaceOfBody } from "./outbox-message.ts";
import { deadLetters, type DeadLetterRow } from "./schema.ts";

/**
 * Keeps what the queue gave up: nobody can list a dead-letter queue. Known by the queue's id, so that one delivered again
 * is kept once. Where D1 is out of reach all go back: this queue tries for more than an hour and a half.
 */
export async function keepDeadLetters(batch: MessageBatch, env: Env, now: number): Promise<void> {
  const rows = batch.messages.map(({ id, body }) => {
    const read = readMessage(body);
    return { id, workspace: workspaceOfBody(body), at: now, reason: read.ok ? "gave_up" : read.error, body: textOf(body) };
  });
  const counts = rows.flatMap(({ workspace }): Count[] =>
    workspace === null ? [] : [{ workspace, name: "messages.dead", hour: hourOf(now), count: 1 }],
  );
  try {
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO dead_letter (id, workspace, at, reason, body)
         SELECT value->>'id', value->>'workspace', value->>'at', value->>'reason', value->>'body' FROM json_each(?1) WHERE true
         ON CONFLICT (id) DO NOTHING`,
      ).bind(JSON.stringify(rows)),
      ...counts.map((one) => addCounts(env.DB, [one])),
    ]);
    batch.ackAll();
  } catch (error) {
    logFault("cold.dead-letters", error);
    batch.retryAll();
  }
}

/** Newest first, those of one instant by id. @param after place of the last one of the page before */
export function listDeadLetters(
  db: Database,
  workspace: string,
  page: { readonly limit: number; readonly after?: { readonly at: number; readonly id: string } | undefined },
): Promise<DeadLetterRow[]> {
  const { after } = page;
  const older =
    after === undefined
      ? undefined
      : or(lt(deadLetters.at, after.at), and(eq(deadLetters.at, after.at), gt(deadLetters.id, after.id)));
  return db
    .select()
    .from(deadLetters)
    .where(and(eq(deadLetters.workspace, workspace), older))
    .orderBy(desc(deadLetters.at), asc(deadLetters.id))
    .limit(page.limit);
}

/** Those of a workspace that were not sent again, and those that do not say whose they are: their number is all anybody sees. */
export async function countDeadLetters(
  db: Database,
  workspace: string,
): Promise<{ readonly waiting: number; readonly nobodys: number }> {
  const waiting = await db
    .select({ count: count() })
    .from(deadLetters)
    .where(and(eq(deadLetters.workspace, workspace), isNull(deadLetters.replayedAt)))
    .get();
  const nobodys = await db.select({ count: count() }).from(deadLetters).where(isNull(deadLetters.workspace)).get();
  return { waiting: waiting?.count ?? 0, nobodys: nobodys?.count ?? 0 };
}

/** As many as a queue takes in one call. */
const MOST_REPLAYED = 100;

/**
 * Sends dead letters again, oldest first, and notes that it did. Cut off between, some go twice, which the consumer takes
 * as it takes every repetition.
 * @param ids only these; all that wait where undefined
 */
export async function replayDeadLetters(
  env: Env,
  workspace: string,
  ids: readonly string[] | undefined,
  now: number,
): Promise<number> {
  const db = database(env.DB);
  const chosen = ids === undefined ? isNull(deadLetters.replayedAt) : inArray(deadLetters.id, ids.slice(0, MOST_REPLAYED));
  const rows = await db
    .select()
    .from(deadLetters)
    .where(and(eq(deadLetters.workspace, workspace), chosen))
    .orderBy(asc(deadLetters.at), asc(deadLetters.id))
    .limit(MOST_REPLAYED);
  for (const row of rows) {
    const body: unknown = JSON.parse(row.body);
    await env.OUTBOX.send(body);
    await inTransaction(db, [
      db
        .update(deadLetters)
        .set({ replayedAt: now })
        .where(and(eq(deadLetters.workspace, workspace), eq(deadLetters.id, row.id))),
    ]);
  }
  return rows.length;
}

/** A body as text; one that says its workspace was JSON. */
function textOf(body: unknown): string {
  if (typeof body === "string") return body;
  if (body instanceof ArrayBuffer) return Buffer.from(body).toString("base64");
  return JSON.stringify(body) ?? "";
}

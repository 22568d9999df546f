import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { decideAll, publishAudiences, type Decision, type Tideline } from "./api.ts";
import { REPLAY_AUDIENCES, type ReplayAudience } from "./audiences.ts";
import { compareMembers, membersByFile, type Difference } from "./compare.ts";
import { readProgress, RowMark, writeProgress } from "./mark.ts";
import { parsePurchases, type Purchase } from "./purchases.ts";
import { sendPurchases, type SendReport } from "./send.ts";

export interface ReplayOptions {
  /** The purchases: a file, or its content. */
  readonly from: { readonly file: string } | { readonly text: string };
  readonly url: string;
  /** Folder in which the progress is kept; belongs to the Tideline that is fed. */
  readonly data: string;
  readonly writeKey?: string;
  readonly secretKey?: string;
  /** Only so many rows from the beginning. */
  readonly limit?: number;
  /** Sends every row again, whatever was acknowledged before. */
  readonly fresh?: boolean;
  readonly maxRetries?: number;
  /** Stops the sending; the next replay goes on from there. */
  readonly signal?: AbortSignal;
  readonly show?: ShowProgress;
}

/** Told of each part of the work as it goes on. */
export type ShowProgress = (part: "send" | "decide", done: number, total: number) => void;

/** An audience as checked. */
export interface CheckedAudience extends Difference {
  readonly audience: ReplayAudience;
  readonly byFile: number;
  readonly byTideline: number;
}

export interface ReplayReport {
  /** Rows of the file that this replay is about. */
  readonly rows: number;
  readonly customers: number;
  /** Rows that an earlier run had sent already. */
  readonly resumedAt: number;
  readonly sent: SendReport;
  /** Undefined where the sending did not come to its end. */
  readonly check: CheckReport | undefined;
}

export interface CheckReport {
  readonly ruleset: number;
  readonly audiences: readonly CheckedAudience[];
  /** Customers of the file that Tideline does not know. */
  readonly unknown: readonly string[];
  readonly decisions: number;
  readonly ms: number;
}

/** True when every row arrived and every audience has exactly the members that the file gives it. */
export function isExact({ sent, check }: ReplayReport): boolean {
  return sent.lost.length === 0 && check !== undefined && areExact(check);
}

/** True when every customer is known and every audience has exactly the members that the file gives it. */
export function areExact({ unknown, audiences }: CheckReport): boolean {
  return unknown.length === 0 && audiences.every(({ missing, extra }) => missing.length === 0 && extra.length === 0);
}

/** Sends the purchases of a file to a running Tideline, then checks ten audiences against the file, to the person. */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const text = "file" in options.from ? readFileSync(options.from.file, "utf8") : options.from.text;
  const all = parsePurchases(text);
  if (!all.ok) throw new Error(`row ${all.error.row} is no purchase: ${JSON.stringify(all.error.line)}`);
  const contentId = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const tideline: Tideline = { url: options.url, secretKey: options.secretKey ?? "sk_demo" };
  const progressFile = join(options.data, "replay", `${contentId}-${new URL(options.url).port}.json`);
  if (options.fresh === true) rmSync(progressFile, { force: true });
  const before = await trueProgress(tideline, progressFile, all.value);
  // What an earlier run has sent is there, whatever this one is limited to: the check must count it in.
  const goal = Math.min(all.value.length, Math.max(options.limit ?? all.value.length, before.goal));
  const rows = all.value.slice(0, goal);
  const sent = await send(options, { contentId, progressFile, goal, resumedAt: before.mark, rows });
  const whole = sent.lost.length === 0 && before.mark + sent.acknowledged === goal;
  return {
    rows: rows.length,
    customers: new Set(rows.map(({ customer }) => customer)).size,
    resumedAt: before.mark,
    sent,
    check: whole ? await checkAudiences(tideline, rows, options.show) : undefined,
  };
}

/** Progress as noted, if it is true of the Tideline that answers: one that was emptied does not know the customer of the marked row. */
async function trueProgress(
  tideline: Tideline,
  file: string,
  rows: readonly Purchase[],
): Promise<{ readonly mark: number; readonly goal: number }> {
  const noted = readProgress(file);
  const last = rows[noted.mark - 1];
  if (last === undefined) return { mark: 0, goal: noted.goal };
  const [decision] = await decideAll(tideline, [{ userId: last.customer, at: undefined }], 0, () => undefined);
  return decision?.known ? noted : { mark: 0, goal: 0 };
}

interface Sending {
  readonly contentId: string;
  readonly progressFile: string;
  readonly goal: number;
  readonly resumedAt: number;
  readonly rows: readonly Purchase[];
}

/** How often the progress is written, ms: what was sent since then is sent again, and counts once. */
const NOTE_EVERY_MS = 250;

async function send(options: ReplayOptions, { contentId, progressFile, goal, resumedAt, rows }: Sending): Promise<SendReport> {
  const rowMark = new RowMark(resumedAt);
  let mark = resumedAt;
  let acknowledged = resumedAt;
  let noted = 0;
  const note = (): void => {
    noted = Date.now();
    writeProgress(progressFile, { mark, goal });
    options.show?.("send", acknowledged, goal);
  };
  note();
  const report = await sendPurchases({
    url: options.url,
    writeKey: options.writeKey ?? "wk_demo_store",
    rows: rows.slice(resumedAt),
    contentId,
    maxRetries: options.maxRetries ?? 8,
    signal: options.signal,
    onAcknowledged: (row) => {
      mark = rowMark.acknowledge(row);
      acknowledged++;
      if (Date.now() - noted >= NOTE_EVERY_MS) note();
    },
  });
  note();
  return report;
}

/** Publishes the ten audiences and asks about every customer of the rows. @param callsAtOnce of a hundred questions each */
export async function checkAudiences(
  tideline: Tideline,
  rows: readonly Purchase[],
  show: ShowProgress | undefined,
  callsAtOnce?: number,
): Promise<CheckReport> {
  const began = Date.now();
  const ruleset = await publishAudiences(tideline, REPLAY_AUDIENCES, "Audiences of the replay");
  const customers = [...new Set(rows.map(({ customer }) => customer))];
  const instants = [...new Set(REPLAY_AUDIENCES.map(({ at }) => at))];
  // All about one person at once: waking somebody costs more than deciding.
  const questions = customers.flatMap((userId) => instants.map((at) => ({ userId, at })));
  let done = 0;
  const onDecided = (count: number): void => {
    done += count;
    show?.("decide", done, questions.length);
  };
  const decisions = await decideAll(tideline, questions, ruleset, onDecided, callsAtOnce);
  const decided = Map.groupBy(decisions, (_, place) => questions[place]?.at);
  const unknown = customers.filter((_, place) => decided.get(undefined)?.[place]?.known !== true);
  const audiences = REPLAY_AUDIENCES.map((audience) => checkAudience(audience, rows, customers, decided.get(audience.at) ?? []));
  return { ruleset, audiences, unknown, decisions: done, ms: Date.now() - began };
}

function checkAudience(
  audience: ReplayAudience,
  rows: readonly Purchase[],
  customers: readonly string[],
  decisions: readonly Decision[],
): CheckedAudience {
  const byFile = membersByFile(rows, audience.expected);
  const byTideline = new Set(customers.filter((_, place) => decisions[place]?.audiences.includes(audience.key)));
  return { audience, byFile: byFile.size, byTideline: byTideline.size, ...compareMembers(byFile, byTideline) };
}

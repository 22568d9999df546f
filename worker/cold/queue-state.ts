/** How the queue of a workspace stands, as far as a consumer can know: it sees only what it is given. */
export interface QueueState {
  readonly at: number;
  /** Age of the oldest message of the last batch, ms. */
  readonly lagMs: number;
  /** When the oldest message was sent that had to be put back in the last batch; null where none was. */
  readonly waitingSince: number | null;
}

/** Notes how a batch found the queue. An aid for operators: where D1 is out of reach it is left out. @param sent, putBack instants of sending, ms */
export async function noteQueue(
  DB: D1Database,
  workspace: string,
  sent: readonly number[],
  putBack: readonly number[],
  now: number,
): Promise<void> {
  const lagMs = Math.max(0, now - Math.min(...sent, now));
  const waitingSince = putBack.length === 0 ? null : Math.min(...putBack);
  try {
    await DB.prepare(
      `INSERT INTO queue_state (workspace, at, lag_ms, waiting_since) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (workspace) DO UPDATE SET at = ?2, lag_ms = ?3, waiting_since = ?4`,
    )
      .bind(workspace, now, lagMs, waitingSince)
      .run();
  } catch {
    // What could not be applied is put back and logged already.
  }
}

export function readQueueState(DB: D1Database, workspace: string): Promise<QueueState | null> {
  return DB.prepare("SELECT at, lag_ms AS lagMs, waiting_since AS waitingSince FROM queue_state WHERE workspace = ?1")
    .bind(workspace)
    .first<{ at: number; lagMs: number; waitingSince: number | null }>();
}

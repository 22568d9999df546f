import { Analytics } from "@segment/analytics-node";
import { EVENT_NAME } from "./audiences.ts";
import type { Purchase } from "./purchases.ts";

export interface SendOptions {
  readonly url: string;
  readonly writeKey: string;
  readonly rows: readonly Purchase[];
  /** Names the file by its content, so that a repeated replay has the same message ids. */
  readonly contentId: string;
  /** How often the SDK sends a batch again before it gives it up. */
  readonly maxRetries: number;
  /** Ends the sending; what is on its way then is still waited for. */
  readonly signal: AbortSignal | undefined;
  readonly onAcknowledged: (row: number) => void;
}

/** A row that was not taken, with what the SDK or the server said. */
export interface LostRow {
  readonly row: number;
  readonly reason: string;
}

export interface SendReport {
  readonly acknowledged: number;
  readonly lost: readonly LostRow[];
  readonly requests: number;
  /** Bytes of the largest batch: at most 500 KB are allowed. */
  readonly largestBatch: number;
  readonly ms: number;
}

/**
 * Events a batch. The SDK closes one by events, by time, or at 480 KB, but its count of bytes counts only escapes and
 * the letter i: by events alone we stay below the 500 KB that a batch may have (a purchase is about 380 bytes).
 */
const BATCH_EVENTS = 250;
/** Back-pressure: the SDK itself sends as many batches at once as it is given. */
const MOST_IN_FLIGHT = 2_000;
/** 250 people at a time who were never seen take a while. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Sends each purchase through the SDK as it comes from npm, and waits until all are acknowledged or given up. */
export async function sendPurchases(options: SendOptions): Promise<SendReport> {
  const { rows, signal } = options;
  const began = Date.now();
  const lost: LostRow[] = [];
  const refused = new Map<string, string>();
  const batches = { count: 0, largest: 0 };
  const analytics = new Analytics({
    host: options.url,
    writeKey: options.writeKey,
    flushAt: BATCH_EVENTS,
    flushInterval: 500,
    maxRetries: options.maxRetries,
    httpRequestTimeout: REQUEST_TIMEOUT_MS,
    httpClient: async (url, request) => {
      batches.count++;
      batches.largest = Math.max(batches.largest, Buffer.byteLength(request.body));
      const response = await fetch(url, request);
      if (response.ok) noteRefused(await response.clone().json(), request.body, refused);
      return response;
    },
  });
  const window = new Window(MOST_IN_FLIGHT);
  let acknowledged = 0;
  const settle = ({ row }: Purchase, messageId: string, error: unknown): void => {
    const reason = error === undefined ? refused.get(messageId) : wordsOf(error);
    if (reason === undefined) {
      acknowledged++;
      options.onAcknowledged(row);
    } else {
      lost.push({ row, reason });
    }
    window.leave();
  };
  for (const purchase of rows) {
    await window.enter();
    // What was given up once would be given up again: the rest stays for the next run.
    if (signal?.aborted === true || lost.length > 0) {
      window.leave();
      break;
    }
    const call = trackCall(purchase, options.contentId);
    analytics.track(call, (error) => settle(purchase, call.messageId, error));
  }
  await analytics.closeAndFlush({ timeout: 0 });
  await window.empty();
  lost.sort((one, other) => one.row - other.row);
  return { acknowledged, lost, requests: batches.count, largestBatch: batches.largest, ms: Date.now() - began };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}

/** The purchase as an event. At noon UTC it has the same date in Paris, the demo workspace's zone. */
function trackCall({ row, customer, date, quantity, dollars }: Purchase, contentId: string) {
  return {
    userId: customer,
    event: EVENT_NAME,
    messageId: `replay-${contentId}-${row}`,
    timestamp: new Date(`${date}T12:00:00.000Z`),
    properties: { orderId: `${contentId.slice(0, 8)}-${row}`, value: dollars, quantity, currency: "USD" },
  };
}

interface CollectReply {
  readonly refused?: number;
  readonly errors?: readonly { readonly messageId: string; readonly code: string }[];
}

/** A 200 may still say that events went to quarantine, or that consent forbade them; the SDK does not read it. */
function noteRefused(reply: unknown, body: string, refused: Map<string, string>): void {
  const { refused: count = 0, errors = [] } = reply as CollectReply;
  for (const { messageId, code } of errors) refused.set(messageId, `quarantined: ${code}`);
  if (count === 0) return;
  const { batch } = JSON.parse(body) as { readonly batch: readonly { readonly messageId: string }[] };
  for (const { messageId } of batch)
    if (!refused.has(messageId)) refused.set(messageId, `consent refused ${count} events of its batch`);
}

/** How many may be under way at once. */
class Window {
  readonly #most: number;
  #inside = 0;
  #wake: (() => void) | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  async enter(): Promise<void> {
    while (this.#inside >= this.#most) await this.#left();
    this.#inside++;
  }

  leave(): void {
    this.#inside--;
    this.#wake?.();
  }

  async empty(): Promise<void> {
    while (this.#inside > 0) await this.#left();
  }

  #left(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

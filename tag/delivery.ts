import { statement } from "./consent.ts";
import { guarded } from "./guard.ts";
import { context, type PageContext } from "./page.ts";
import { isSomebodyNew } from "./person.ts";
import { host, writeKey } from "./settings.ts";
import { recall, remember } from "./storage.ts";

/**
 * Brings events to Tideline: in batches, and again after a failure, under the same ids, so that each counts once. What is
 * not yet confirmed leaves with a beacon when the page does; where calls have failed it is kept for the next page, too.
 */

/** Gathered for so long before a call, ms. */
const GATHER_MS = 200;
/** Code units of a batch's events: 64 KiB is the most that leaves with a page, and a code unit is up to 3 bytes. */
const MOST_CHARACTERS = 20_000;
const LONGEST_PAUSE_MS = 60_000;

/** A call that is not confirmed: the last step of its path, its body but for what every body has, and whether it is under way. */
type Call = [path: string, body: object, isUnderWay?: boolean];

/** An event; what its type adds is looked at here only for a page. */
export interface Gathered {
  readonly type: string;
  readonly messageId: string;
  readonly timestamp: Date;
  readonly context: PageContext;
  properties?: object;
}

let gathered: Gathered[] = [];
let characters = 0;
let calls: Call[] = [];
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function enqueue(event: Gathered): void {
  const { length } = JSON.stringify(event);
  // One that could never leave must not hold up the others.
  if (length > MOST_CHARACTERS) return;
  if ((characters += length) > MOST_CHARACTERS) flush();
  gathered.push(event);
  flushLater(GATHER_MS);
}

/** Says what was allowed or withdrawn. */
export function sendStatement(anonymousId: string): void {
  calls.push(["consent", { identity: { anonymousId }, consent: statement() }]);
  flush();
}

/** Takes up what an earlier page could not send. */
export function resume(): void {
  for (const [path, body] of JSON.parse(recall("tl_q") ?? "[]") as Call[]) calls.push([path, body]);
  remember("tl_q");
}

export function dropAll(): void {
  gathered = [];
  calls = [];
  remember("tl_q");
}

function flushLater(ms: number): void {
  timer ??= setTimeout(guarded(flush), ms);
}

/** @param isLeaving the page may be gone at once: what is under way is sent again, too */
export function flush(isLeaving?: boolean): void {
  clearTimeout(timer);
  timer = undefined;
  characters = 0;
  if (gathered[0]) {
    context.page.title = document.title;
    // Rules see properties only, so a page's facts stand there, too.
    for (const event of gathered) if (event.type === "page") event.properties = { ...event.context.page, ...event.properties };
    calls.push(["beacon", { reset: isSomebodyNew, context: { consent: statement() }, batch: gathered }]);
    gathered = [];
  }
  if (isLeaving && failures) remember("tl_q", JSON.stringify(calls));
  for (const call of calls) {
    const url = `${host}/v1/${call[0]}`;
    const body = JSON.stringify({ writeKey, sentAt: new Date(), ...call[1] });
    if (isLeaving ? !navigator.sendBeacon(url, body) : !call[2]) void send(call, url, body);
  }
}

/** Makes a call; when it fails it is made again after a pause. Never rejects. */
async function send(call: Call, url: string, body: string): Promise<void> {
  let pauseSeconds = 1;
  call[2] = true;
  try {
    const { status, headers } = await fetch(url, { method: "POST", body, keepalive: true });
    // Whatever else is wrong with a call is wrong the next time, too.
    pauseSeconds = status === 429 || status > 499 ? +(headers.get("retry-after") ?? 0) || 1 : 0;
  } catch {
    // No network, or a blocker.
  }
  call[2] = false;
  if (pauseSeconds) flushLater(Math.min(pauseSeconds * 1_000 * 2 ** failures++, LONGEST_PAUSE_MS));
  else {
    failures = 0;
    calls = calls.filter((one) => one !== call);
  }
}

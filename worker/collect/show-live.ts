import { BoundedMap } from "../../core/model/bounded-map.ts";
import type { JournalEvent } from "../../core/model/envelope.ts";
import { isJsonObject, ownProperty, type Json } from "../../core/model/json.ts";
import type { LiveItem } from "../../core/model/live.ts";
import { tellLive } from "../cold/live.ts";
import { logFault } from "../wire/log.ts";
import type { Call, Sender, Taken } from "./collect.ts";
import { keptEvent, maskOf } from "./kept-event.ts";

/** Events, those that are taken and those that are not, that an isolate shows of a workspace in a second: beyond that it only counts. */
const MOST_A_SECOND = 100;
/** Where nobody watches any more, or cannot be told, it is tried again after that, ms. */
const AGAIN_MS = 5_000;

/** What an isolate has shown of a workspace. */
interface Shown {
  /** ms: until then it may show what is left. */
  until: number;
  taken: number;
  notTaken: number;
  dropped: number;
  quietUntil: number;
}

const workspaces = new BoundedMap<string, Shown>(200);

/** Shows a call's events to who watches, with what became of each. Behind the reply: nobody waits for it, and nothing fails with it. */
export async function showLive(env: Env, { workspace, source }: Sender, call: Call, taken: Taken, now: number): Promise<void> {
  const shown = workspaces.get(workspace.id) ?? { until: 0, taken: 0, notTaken: 0, dropped: 0, quietUntil: 0 };
  workspaces.put(workspace.id, shown);
  if (now < shown.quietUntil) return;
  if (now >= shown.until) Object.assign(shown, { until: now + 1_000, taken: 0, notTaken: 0 });
  const of = { at: new Date(now).toISOString(), source: source.key };
  try {
    // Apart, for what is wrong is what is looked for: what is right takes no room from it.
    const notTaken = notTakenOf(call, taken, of).slice(0, MOST_A_SECOND - shown.notTaken);
    const items = takenOf(taken, of).slice(0, MOST_A_SECOND - shown.taken);
    shown.notTaken += notTaken.length;
    shown.taken += items.length;
    shown.dropped += call.events.length - notTaken.length - items.length;
    if (notTaken.length > 0) {
      const mask = await maskOf(env, workspace);
      items.push(...notTaken.map((item) => ({ ...item, event: keptEvent(item.event, mask) })));
    }
    const { dropped } = shown;
    if (items.length === 0) return;
    shown.dropped = 0;
    if (!(await tellLive(env, workspace, { items, dropped }))) shown.quietUntil = now + AGAIN_MS;
  } catch (error) {
    shown.quietUntil = now + AGAIN_MS;
    logFault("live", error);
  }
}

type OfCall = Pick<LiveItem, "at" | "source">;

function takenOf({ given, rejected, accepted, duplicates }: Taken, of: OfCall): LiveItem[] {
  const turnedAway = new Set(rejected.map(({ index }) => index));
  const isMixed = duplicates > 0 && duplicates < accepted;
  return given
    .filter(({ place }) => !turnedAway.has(place))
    .map(({ event: { text, messageId, origin } }) => {
      const event: JournalEvent = JSON.parse(text);
      const outcome = duplicates > 0 && !isMixed ? "duplicate" : "accepted";
      return {
        ...of,
        outcome,
        name: event.name,
        messageId,
        profileId: origin.hash,
        ...(isMixed ? { duplicates } : {}),
        event: event as unknown as Json,
      };
    });
}

/** Of what consent forbids it is told that it came, and its name: neither who it was nor what it said. */
function notTakenOf({ events, type }: Call, { rejected, unkept, refused, dropped }: Taken, of: OfCall): LiveItem[] {
  const itemOf = (outcome: LiveItem["outcome"], index: number, why: Pick<LiveItem, "code" | "detail"> = {}): LiveItem => {
    const event = events[index] ?? null;
    const isHidden = outcome === "refused" || unkept.has(index);
    const kind = type ?? textIn(event, "type") ?? "track";
    return {
      ...of,
      outcome,
      name: kind === "track" ? textIn(event, "event") : `$${kind}`,
      messageId: isHidden ? null : textIn(event, "messageId"),
      profileId: null,
      ...why,
      event: isHidden ? null : event,
    };
  };
  return [
    ...rejected.map(({ index, code, detail }) =>
      itemOf("rejected", index, { code, ...(detail === undefined ? {} : { detail }) }),
    ),
    ...refused.map((index) => itemOf("refused", index)),
    ...dropped.map((index) => itemOf("dropped", index)),
  ];
}

function textIn(json: Json, field: string): string | null {
  const value = isJsonObject(json) ? ownProperty(json, field) : null;
  return typeof value === "string" ? value.slice(0, 255) : null;
}

import { ownAudience, type Campaign, type Cap, type Creative, type Goal, type Schedule } from "../../core/model/campaign.ts";
import { parseDuration } from "../../core/model/duration.ts";
import { parseInstant } from "../../core/model/instant.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { WEEKDAYS, type CampaignDraft, type CapDraft, type CreativeDraft, type ScheduleDraft } from "../cold/campaign-drafts.ts";
import type { Fault } from "../wire/problem.ts";

/** What a campaign is read with: the workspace's zone and how long it keeps events, ms. */
export interface CampaignSettings {
  readonly zone: string;
  readonly retentionMs: number;
}

/**
 * A draft as it is decided by. Its own rule is not looked at: it is checked with those of the audiences.
 * @returns every fault, its pointer into the campaign
 */
export function campaignOf(key: string, draft: CampaignDraft, settings: CampaignSettings): Result<Campaign, readonly Fault[]> {
  const faults: Fault[] = [];
  const fault = (pointer: string, code: string, message: string): void => void faults.push({ pointer, code, message });
  if (draft.audience !== undefined && draft.rule !== undefined)
    fault("/rule", "audience_or_rule", "A campaign is for an audience, or has a rule of its own: not both.");
  const schedule = scheduleOf(draft.schedule, settings.zone, fault);
  const cap = draft.cap.flatMap((one, place) => capOf(one, `/cap/${place}`, settings, fault) ?? []);
  const keys = draft.creatives.map((creative) => creative.key);
  for (const [place, creative] of draft.creatives.entries()) {
    const pointer = `/creatives/${place}`;
    if (keys.indexOf(creative.key) !== place) fault(`${pointer}/key`, "duplicate_key", "Another creative has this key.");
    if ((creative.content === undefined) === (creative.html === undefined))
      fault(pointer, "content_or_html", "A creative has `content` or `html`: one of the two.");
    if (creative.destination !== undefined && !isDestination(creative.destination))
      fault(`${pointer}/destination`, "bad_destination", "Give an absolute URL of http or https, without a user and password.");
  }
  if (!draft.creatives.some(({ weight }) => weight > 0))
    fault("/creatives", "no_weight", "One creative at least must have a weight above 0.");
  if (draft.allocation === "thompson" && draft.goal === undefined)
    fault("/allocation", "no_goal", "What learns must have a goal to learn from.");
  const goal = draft.goal === undefined ? undefined : goalOf(draft.goal, settings, fault);
  if (faults.length > 0 || schedule === undefined) return fail(faults);
  return ok({
    key,
    placement: draft.placement,
    audience: draft.rule === undefined ? (draft.audience ?? null) : ownAudience(key),
    exclude: draft.exclude,
    priority: draft.priority,
    schedule,
    cap,
    holdout: draft.holdout,
    allocation: draft.allocation,
    creatives: draft.creatives.map(creativeOf),
    ...(goal === undefined ? {} : { goal }),
    ...(draft.cost === undefined ? {} : { cost: draft.cost }),
  });
}

type NoteFault = (pointer: string, code: string, message: string) => void;

function scheduleOf(draft: ScheduleDraft, workspaceZone: string, fault: NoteFault): Schedule | undefined {
  const timeZone = draft.timeZone ?? workspaceZone;
  const instant = (name: "from" | "to"): number | null | undefined => {
    const written = draft[name];
    if (written === undefined) return null;
    const at = parseInstant(written, timeZone);
    if (at === undefined)
      fault(`/schedule/${name}`, "bad_instant", "Give a date, or an instant with its zone, as 2026-03-01T12:00:00Z.");
    return at;
  };
  const from = instant("from");
  const to = instant("to");
  if (typeof from === "number" && typeof to === "number" && to <= from)
    fault("/schedule/to", "bad_order", "A campaign ends after it begins.");
  const hours = draft.hours.map((span, place) => {
    const [begin, end] = [minuteOf(span.from), minuteOf(span.to)];
    if (begin === undefined || end === undefined || end <= begin)
      fault(
        `/schedule/hours/${place}`,
        "bad_hours",
        "Give hours of one day, the first before the second, from 00:00 to 24:00. Over midnight they are two.",
      );
    return { from: begin ?? 0, to: end ?? 0 };
  });
  if (from === undefined || to === undefined) return undefined;
  const days = draft.days.map((day) => WEEKDAYS.indexOf(day) + 1);
  return { from, to, timeZone, days, hours };
}

/** Minutes since midnight of `hh:mm`; undefined for anything else. */
function minuteOf(text: string): number | undefined {
  const [, hour, minute] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return minutes <= 1_440 ? minutes : undefined;
}

function capOf(draft: CapDraft, pointer: string, settings: CampaignSettings, fault: NoteFault): Cap | undefined {
  const { per, of, limit } = draft;
  const shared = of === "household" ? { limit, of } : { limit };
  if (typeof per !== "string") return { ...shared, per };
  const ms = spanOf(per, `${pointer}/per`, settings, fault);
  return ms === undefined ? undefined : { ...shared, per: { ms } };
}

function goalOf(
  { event, value, window }: NonNullable<CampaignDraft["goal"]>,
  settings: CampaignSettings,
  fault: NoteFault,
): Goal | undefined {
  const windowMs = spanOf(window, "/goal/window", settings, fault);
  return windowMs === undefined ? undefined : { event, ...(value === undefined ? {} : { value }), windowMs };
}

/** A DURATION no longer than events are kept, ms. */
function spanOf(text: string, pointer: string, { retentionMs }: CampaignSettings, fault: NoteFault): number | undefined {
  const span = parseDuration(text);
  if (!span.ok) {
    fault(pointer, span.error, `A span is a whole number and one of s, m, h, d, w, as "7d", and 100 years at most.`);
    return undefined;
  }
  if (span.value <= retentionMs) return span.value;
  fault(pointer, "longer_than_retention", "Events are not kept for so long.");
  return undefined;
}

function creativeOf({ key, weight, content, html, destination }: CreativeDraft): Creative {
  return {
    key,
    weight,
    content: html === undefined ? (content ?? null) : { html },
    ...(destination === undefined ? {} : { destination }),
  };
}

/** What a click may lead to: nothing that a browser would run, nothing that hides where it leads. */
function isDestination(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

import type { Campaign, CampaignBody, Content } from "../api/types.ts";

/** A campaign as its form holds it. */
export interface CampaignValues {
  name: string;
  key: string;
  placement: string;
  audience: string | null;
  exclude: string[];
  priority: number;
  from: string;
  to: string;
  timeZone: string;
  days: string[];
  hoursFrom: string;
  hoursTo: string;
  cap: CapValues[];
  holdout: number;
  allocation: "weighted" | "thompson";
  creatives: CreativeValues[];
  goalEvent: string;
  goalValue: string;
  goalWindow: string;
}

interface CapValues {
  limit: number;
  per: string;
  of: "person" | "household";
}

export interface CreativeValues {
  readonly key: string;
  readonly weight: number;
  readonly as: "html" | "json";
  readonly text: string;
  readonly destination: string;
}

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const CALENDAR = ["day", "week", "month", "year"] as const;

export function valuesOf(campaign: Campaign | undefined): CampaignValues {
  const { schedule, goal } = campaign ?? {};
  return {
    name: campaign?.name ?? "",
    key: campaign?.key ?? "",
    placement: campaign?.placement ?? "",
    audience: campaign?.audience ?? null,
    exclude: [...(campaign?.exclude ?? [])],
    priority: campaign?.priority ?? 0,
    from: localOf(schedule?.from),
    to: localOf(schedule?.to),
    timeZone: schedule?.timeZone ?? "",
    days: [...(schedule?.days ?? [])],
    hoursFrom: schedule?.hours?.[0]?.from ?? "",
    hoursTo: schedule?.hours?.[0]?.to ?? "",
    cap: (campaign?.cap ?? []).map(({ limit, per, of = "person" }) => ({
      limit,
      per: typeof per === "string" ? per : per.calendar,
      of,
    })),
    holdout: campaign?.holdout ?? 0,
    allocation: campaign?.allocation ?? "weighted",
    creatives: (campaign?.creatives ?? [{ key: "a", html: "" }]).map(({ key, weight = 1, content, html, destination = "" }) => ({
      key,
      weight,
      as: html === undefined ? "json" : "html",
      text: html ?? JSON.stringify(content ?? {}, null, 2),
      destination,
    })),
    goalEvent: goal?.event ?? "",
    goalValue: goal?.value ?? "",
    goalWindow: goal?.window ?? "",
  };
}

/** What `PUT` takes. @param before what the form has no field for is kept of it @throws SyntaxError where a creative's JSON is none */
export function bodyOf(values: CampaignValues, before: Campaign | undefined): CampaignBody {
  const { from, to, timeZone, days, hoursFrom, hoursTo, goalEvent, goalValue, goalWindow } = values;
  const more = before?.schedule?.hours?.slice(1) ?? [];
  const schedule = {
    ...(from === "" ? {} : { from: instantOf(from, before?.schedule?.from) }),
    ...(to === "" ? {} : { to: instantOf(to, before?.schedule?.to) }),
    ...(timeZone === "" ? {} : { timeZone }),
    ...(days.length === 0 ? {} : { days: DAYS.filter((day) => days.includes(day)) }),
    ...(hoursFrom === "" || hoursTo === "" ? {} : { hours: [{ from: hoursFrom, to: hoursTo }, ...more] }),
  };
  return {
    name: values.name,
    placement: values.placement,
    ...(values.audience === null || values.audience === "" ? {} : { audience: values.audience }),
    ...(before?.rule === undefined ? {} : { rule: before.rule }),
    exclude: values.exclude,
    priority: values.priority,
    ...(Object.keys(schedule).length === 0 ? {} : { schedule }),
    cap: values.cap.map(({ limit, per, of }) => {
      const unit = CALENDAR.find((one) => one === per.trim());
      return { limit, per: unit === undefined ? per.trim() : { calendar: unit }, of };
    }),
    holdout: values.holdout,
    allocation: values.allocation,
    creatives: values.creatives.map(({ key, weight, as, text, destination }) => ({
      key,
      weight,
      ...(as === "html" ? { html: text } : { content: JSON.parse(text) as Content }),
      ...(destination === "" ? {} : { destination }),
    })),
    ...(goalEvent === ""
      ? {}
      : {
          goal: {
            event: goalEvent,
            ...(goalValue === "" ? {} : { value: goalValue }),
            ...(goalWindow === "" ? {} : { window: goalWindow }),
          },
        }),
    ...(before?.cost === undefined ? {} : { cost: before.cost }),
  };
}

/** An instant as the browser's field says it, in the reader's zone. */
function localOf(text: string | undefined): string {
  const at = new Date(text ?? "");
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** As the API takes it. @param before what it was: kept where the field still says the same */
function instantOf(text: string, before: string | undefined): string {
  if (before !== undefined && localOf(before) === text) return before;
  return new Date(text).toISOString();
}

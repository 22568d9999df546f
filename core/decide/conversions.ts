import { SHOWN_FACTS, type Campaign } from "../model/campaign.ts";
import type { LogEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { parsePath, readPath } from "../rules/path.ts";
import { exposureOf } from "./exposures.ts";

/** A goal that was reached after a campaign was seen, as the properties of a `$conversion`. */
export interface Conversion extends JsonObject {
  readonly decision: string;
  readonly placement: string;
  readonly campaign: string;
  readonly creative: string;
  readonly arm: string;
  /** Id of the impression: each counts once. */
  readonly impression: string;
  /** Source and id of the event that reached the goal: it counts for one impression of a campaign. */
  readonly goal: string;
}

/** The person's log, by name of event. */
type Named = (name: string) => readonly LogEvent[];

/**
 * What an event that was just taken in makes of the campaigns that have a goal: the goal counts for the latest impression before it, within the
 * campaign's window; an impression that comes late for a goal that was reached after it and counts for none.
 */
export function conversionsBy(campaigns: readonly Campaign[], named: Named, event: LogEvent): readonly Conversion[] {
  const isImpression = event.type === "fact" && event.name === SHOWN_FACTS.impression;
  return campaigns.flatMap((campaign) => {
    const { goal } = campaign;
    if (goal === undefined) return [];
    if (isImpression) {
      if (exposureOf(event)?.campaign !== campaign.key) return [];
      const reached = named(goal.event).find(
        (one) =>
          one.type !== "fact" && one.time >= event.time && one.time < event.time + goal.windowMs && !counts(named, campaign, one),
      );
      return reached === undefined ? [] : conversion(named, campaign, event, reached);
    }
    if (event.type === "fact" || event.name !== goal.event) return [];
    const seen = named(SHOWN_FACTS.impression).findLast(
      (one) => one.time <= event.time && one.time > event.time - goal.windowMs && exposureOf(one)?.campaign === campaign.key,
    );
    return seen === undefined || counts(named, campaign, event) ? [] : conversion(named, campaign, seen, event);
  });
}

function counts(named: Named, { key }: Campaign, event: LogEvent): boolean {
  return named(SHOWN_FACTS.conversion).some(
    ({ properties }) => properties["campaign"] === key && properties["goal"] === idOf(event),
  );
}

function idOf({ source, messageId }: LogEvent): string {
  return `${source} ${messageId}`;
}

function conversion(named: Named, { goal }: Campaign, seen: LogEvent, reached: LogEvent): readonly Conversion[] {
  if (named(SHOWN_FACTS.conversion).some(({ properties }) => properties["impression"] === seen.messageId)) return [];
  const said = (name: string): string => {
    const value = seen.properties[name];
    return typeof value === "string" ? value : "";
  };
  const path = goal?.value === undefined ? undefined : parsePath(goal.value);
  const worth = path && readPath(reached.properties, path);
  return [
    {
      decision: said("decision"),
      placement: said("placement"),
      campaign: said("campaign"),
      creative: said("creative"),
      arm: said("arm"),
      impression: seen.messageId,
      goal: idOf(reached),
      ...(typeof worth === "number" ? { value: worth } : {}),
    },
  ];
}

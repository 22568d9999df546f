import { conversionsBy } from "../../core/decide/conversions.ts";
import { OWN_SOURCE, SHOWN_FACTS } from "../../core/model/campaign.ts";
import type { IngestEnvelope, JournalEvent } from "../../core/model/envelope.ts";
import type { Delivery, Outcome } from "../../core/profile/delivery.ts";
import { MOST_EVENTS_A_MINUTE } from "../../core/profile/flood.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";

/**
 * Delivers events, and in the same write what they make of the campaigns that have a goal: a `$conversion` under the id of its impression, so that each counts
 * once whatever comes again.
 */
export function deliver(memory: LiveProfile, delivery: Delivery, loaded: LoadedRuleset | undefined): Outcome {
  const outcome = memory.deliver(delivery);
  const campaigns = loaded?.book.withGoal ?? [];
  if (campaigns.length === 0 || outcome.accepted === 0) return outcome;
  // Most events are nobody's goal, and need not be read.
  const names = new Set(
    [SHOWN_FACTS.impression, ...campaigns.flatMap(({ goal }) => goal?.event ?? [])].map((name) => JSON.stringify(name)),
  );
  for (const text of delivery.texts) {
    if (![...names].some((name) => text.includes(name))) continue;
    const event: JournalEvent = JSON.parse(text);
    for (const conversion of conversionsBy(campaigns, (name) => memory.history.named(name), event)) {
      const fact: JournalEvent = {
        name: SHOWN_FACTS.conversion,
        type: "fact",
        time: event.name === SHOWN_FACTS.impression ? delivery.now : event.time,
        receivedAt: delivery.now,
        messageId: `${conversion.impression}:conversion`,
        source: OWN_SOURCE,
        channel: event.channel,
        party: "first",
        origin: event.origin,
        properties: conversion,
      };
      memory.deliver({ ...delivery, texts: [JSON.stringify(fact)], mostAMinute: Infinity });
    }
  }
  return outcome;
}

/** How fast a call's events are taken, and leave. */
export function paceOf({
  adopting,
  mostAMinute = MOST_EVENTS_A_MINUTE,
  isDestinationWaiting = false,
}: Pick<IngestEnvelope, "adopting" | "mostAMinute" | "isDestinationWaiting">): Pick<
  Delivery,
  "mostAMinute" | "isDestinationWaiting"
> {
  return { mostAMinute: adopting === true ? Infinity : mostAMinute, isDestinationWaiting };
}

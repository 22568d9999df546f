import { rateInterval } from "../../core/decide/thompson.ts";
import { OWN_SOURCE, SHOWN_FACTS } from "../../core/model/campaign.ts";
import type { LogEvent } from "../../core/model/event.ts";
import { outcomesObjectKey, type PublishedOutcomes } from "../../durable-objects/ruleset/learnt.ts";
import { reaching } from "../wire/unavailable.ts";
import { coldDatabases } from "./cold-databases.ts";

/** Facts that are counted by what was shown. */
const COUNTED: ReadonlySet<string> = new Set([SHOWN_FACTS.impression, SHOWN_FACTS.conversion]);

export function isOutcome({ type, name }: Pick<LogEvent, "type" | "name">): boolean {
  return type === "fact" && COUNTED.has(name);
}

/** The name under which an event is counted by the hour: of what was shown also its campaign, arm and creative. The same whoever brings it, so it can be taken back. */
export function countedName({ type, name, properties }: Pick<LogEvent, "type" | "name" | "properties">): string {
  if (!isOutcome({ type, name })) return name;
  const said = ["campaign", "arm", "creative"].map((key) => (typeof properties[key] === "string" ? properties[key] : ""));
  return `${name} ${said.join("/")}`;
}

/** How often a creative was shown to those treated, and how often its campaign's goal was reached after it. */
export interface CreativeOutcome {
  readonly campaign: string;
  readonly creative: string;
  readonly shown: number;
  readonly converted: number;
  readonly rate: number;
  /** Where the true rate lies with 95 %. */
  readonly low: number;
  readonly high: number;
}

/** Over all time and all cold databases. @param campaign where only one is asked for */
export async function outcomesOf(env: Env, workspace: string, campaign = ""): Promise<readonly CreativeOutcome[]> {
  const counts = new Map<string, { shown: number; converted: number }>();
  for (const DB of coldDatabases(env)) {
    for (const name of COUNTED) {
      const from = `${name} ${campaign === "" ? "" : `${campaign}/`}`;
      const { results } = await reaching("D1", () =>
        DB.prepare(
          "SELECT name, sum(events) AS count FROM event_hour WHERE workspace = ?1 AND source = ?2 AND name >= ?3 AND name < ?4 GROUP BY name",
        )
          .bind(workspace, OWN_SOURCE, from, `${from}\u007f`)
          .all<{ name: string; count: number }>(),
      );
      for (const row of results) {
        const [key = "", arm, creative] = row.name.slice(name.length + 1).split("/");
        if (arm !== "treated") continue;
        const held = counts.get(`${key}/${creative}`) ?? { shown: 0, converted: 0 };
        held[name === SHOWN_FACTS.impression ? "shown" : "converted"] += row.count;
        counts.set(`${key}/${creative}`, held);
      }
    }
  }
  return [...counts].map(([key, { shown, converted }]) => {
    const [of = "", creative = ""] = key.split("/");
    const rate = shown === 0 ? 0 : Math.min(1, converted / shown);
    return { campaign: of, creative, shown, converted, rate, ...rateInterval({ shown, converted }) };
  });
}

/** Tells the isolates what campaigns that learn go by. */
export async function publishOutcomes(env: Env, workspace: string): Promise<void> {
  const campaigns: Record<string, Record<string, readonly [number, number]>> = {};
  for (const { campaign, creative, shown, converted } of await outcomesOf(env, workspace)) {
    campaigns[campaign] ??= {};
    campaigns[campaign][creative] = [shown, converted];
  }
  const published: PublishedOutcomes = { v: 1, campaigns };
  await reaching("R2", () => env.PUBLISHED.put(outcomesObjectKey(workspace), JSON.stringify(published)));
}

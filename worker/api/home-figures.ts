import { z } from "@hono/zod-openapi";
import { ok } from "../../core/model/result.ts";
import { runningAt } from "../../core/decide/schedule.ts";
import { rulesetOf } from "../../durable-objects/ruleset/load.ts";
import { countRejected } from "../../durable-objects/quarantine/stub.ts";
import { database } from "../cold/database.ts";
import { flushCounts } from "../cold/counters.ts";
import { countDeadLetters } from "../cold/dead-letters.ts";
import { homeCounts, volumeOf, type Counted } from "../cold/home.ts";
import { lastHours, sizesOfAll } from "../cold/sizes.ts";
import { HOUR_MS } from "../cold/hours.ts";
import { reaching } from "../wire/unavailable.ts";
import { workspaceOf } from "./person.ts";
import { route, type Route } from "./route.ts";
import { iso, Time } from "./shapes.ts";

const Span = z
  .strictObject({
    events: z.int().openapi({ description: "Accepted, once each." }),
    rejected: z.int(),
    decisions: z.int(),
    waitP50: z.number().nullable().openapi({ description: "ms that half of the decisions waited at most for objects." }),
    waitP95: z.number().nullable(),
    newPeople: z.int(),
  })
  .openapi("HomeSpan");

const Home = z
  .strictObject({
    today: Span,
    weekAgo: Span.openapi({ description: "The same hours of the same day a week ago." }),
    people: z.int(),
    activeToday: z.int(),
    moving: z
      .array(z.strictObject({ key: z.string(), now: z.int(), change: z.int(), series: z.array(z.int()) }))
      .openapi({ description: "Audiences whose size changed most in 24 hours." }),
    campaigns: z.strictObject({ live: z.int(), published: z.int() }),
    quarantine: z.int(),
    deadLetters: z.int(),
  })
  .openapi("Home");

const MOST_MOVING = 5;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;

export const homeRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/home",
    scopes: ["kpis:read"],
    tag: "Operations",
    summary: "See the day so far against a week ago",
    description:
      "Events and decisions are operational counts, some ten seconds behind; people and sizes are those of the cold index.",
    reply: Home,
    async handle(call) {
      const { env, now } = call;
      const workspace = await workspaceOf(call);
      const { id, timeZone, ruleset, retentionMs } = workspace;
      // What this isolate has counted: of the others each writes its own.
      await flushCounts(env.DB, now);
      const [counts, sizes, loaded, quarantine, dead] = await Promise.all([
        homeCounts(env, id, timeZone, now),
        sizesOfAll(env, id, { from: lastHours(DAY_HOURS, now).from, stepMs: HOUR_MS, steps: DAY_HOURS }),
        reaching("R2", () => rulesetOf(env.PUBLISHED, id, ruleset, retentionMs)),
        reaching("the quarantine", () => countRejected(env, workspace, {})),
        countDeadLetters(database(env.DB), id),
      ]);
      const campaigns = loaded?.book.campaigns ?? [];
      const moving = [...sizes]
        .map(([key, { now: size, entered, exited, series }]) => ({
          key,
          now: size,
          change: entered - exited,
          series: [...series],
        }))
        .filter(({ change }) => change !== 0)
        .toSorted((one, other) => Math.abs(other.change) - Math.abs(one.change) || (one.key < other.key ? -1 : 1))
        .slice(0, MOST_MOVING);
      return ok({
        body: {
          today: spanOf(counts.today),
          weekAgo: spanOf(counts.weekAgo),
          people: counts.people,
          activeToday: counts.activeToday,
          moving,
          campaigns: {
            live: campaigns.filter(({ schedule }) => runningAt(schedule, now).isOn).length,
            published: campaigns.length,
          },
          quarantine,
          deadLetters: dead.waiting,
        },
      });
    },
  }),
  route({
    method: "get",
    path: "/api/volume",
    scopes: ["kpis:read"],
    tag: "Operations",
    summary: "See how many events each source sent, by the hour",
    description: "Of a week until now. An operational count, some ten seconds behind.",
    reply: z
      .strictObject({ hours: z.array(Time), sources: z.array(z.strictObject({ source: z.string(), events: z.array(z.int()) })) })
      .openapi("Volume"),
    async handle({ env, principal, now }) {
      const span = lastHours(WEEK_HOURS, now);
      const bySource = await volumeOf(env, principal.workspace, span);
      const hours = Array.from({ length: WEEK_HOURS }, (_, place) => span.from + place * HOUR_MS);
      const sources = [...bySource].map(([source, counts]) => ({ source, events: hours.map((hour) => counts.get(hour) ?? 0) }));
      return ok({ body: { hours: hours.map(iso), sources } });
    },
  }),
];

function spanOf(counted: Counted): z.input<typeof Span> {
  return { ...counted };
}

import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { audienceStore } from "../cold/audiences.ts";
import { database } from "../cold/database.ts";
import { HOUR_MS, hourOf } from "../cold/hours.ts";
import { listPublished } from "../cold/ruleset-versions.ts";
import { lastHours, seriesOf, sizesOf } from "../cold/sizes.ts";
import { liveVersion } from "../ruleset/versions.ts";
import { route, type Route } from "./route.ts";
import { iso, KeyParams, Time } from "./shapes.ts";

/** What a series holds where the call does not say. */
const USUAL_HOURS = 7 * 24;
const MOST_HOURS = 92 * 24;

/** Publishes told of at most: a chart has no room for more. */
const MOST_PUBLISHES = 200;

const Instant = z.iso
  .datetime({ offset: true })
  .optional()
  .openapi({ description: "Of the week until now where not given.", example: "2026-03-01T00:00:00Z" });

const AudienceSize = z
  .strictObject({
    now: z.int().openapi({ description: "People in the audience, as far as their profiles have announced it: seconds behind." }),
    series: z.array(
      z.strictObject({
        time: Time.openapi({ description: "Begin of the hour." }),
        size: z.int().openapi({ description: "At the hour's end." }),
        entered: z.int(),
        exited: z.int(),
        publish: z
          .strictObject({ entered: z.int(), exited: z.int() })
          .openapi({ description: "By a publish, apart from what people and time did." }),
      }),
    ),
    publishes: z.array(z.strictObject({ time: Time, version: z.int(), note: z.string() })).openapi({
      description: `All in the span, whether they moved this audience or not (of each hour \`publish\` says so), the latest ${MOST_PUBLISHES}, oldest first.`,
    }),
  })
  .openapi("AudienceSize");

export const sizeRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/audiences/{key}/size",
    scopes: ["kpis:read", "rules:write"],
    tag: "Audiences",
    summary: "Get the size of an audience, how it came to it by the hour, and when rulesets were published",
    params: KeyParams,
    query: z.strictObject({ from: Instant, to: Instant }),
    reply: AudienceSize,
    reasons: ["not_found"],
    async handle({ env, principal: { workspace }, params: { key }, query, now }) {
      const usual = lastHours(USUAL_HOURS, now);
      const to = query.to === undefined ? usual.to : Date.parse(query.to);
      const from = hourOf(query.from === undefined ? Math.min(usual.from, to - USUAL_HOURS * HOUR_MS) : Date.parse(query.from));
      if (from > to || to - from > MOST_HOURS * HOUR_MS) {
        const message = "The end comes before the beginning, or more than 92 days after it.";
        return fail({ reason: "bad_request", faults: [{ parameter: "to", code: "bad_range", message }] });
      }
      const sizes = await sizesOf(env, workspace, key, from, to);
      const isDraft = sizes === undefined && (await audienceStore(database(env.DB), workspace).find(key)) !== undefined;
      if (sizes === undefined && !isDraft) return fail({ reason: "not_found" });
      const series = (sizes?.series ?? seriesOf(0, [], from, to)).map(
        ({ hour, size, entered, exited, publishEntered, publishExited }) => {
          return { time: iso(hour), size, entered, exited, publish: { entered: publishEntered, exited: publishExited } };
        },
      );
      const live = await liveVersion(env, workspace);
      const within = { limit: MOST_PUBLISHES, within: [from, to] } as const;
      const publishes = (await listPublished(database(env.DB), workspace, live, within)).toReversed();
      return ok({
        body: {
          now: sizes?.now ?? 0,
          series,
          publishes: publishes.map(({ version, note, createdAt }) => ({ time: iso(createdAt), version, note })),
        },
      });
    },
  }),
];

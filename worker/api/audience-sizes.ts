import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { audienceUsers } from "../cold/audience-users.ts";
import { HOUR_MS } from "../cold/hours.ts";
import { lastHours, sizesOfAll } from "../cold/sizes.ts";
import { contentOf, documentsOf, nameOf } from "../ruleset/content.ts";
import { changeOf } from "../ruleset/diff.ts";
import { contentOfVersion } from "../ruleset/versions.ts";
import { route, type Route } from "./route.ts";
import { draftsOf } from "./ruleset-diff.ts";
import { iso, Time } from "./shapes.ts";

const USUAL_HOURS = 7 * 24;
const MOST_HOURS = 92 * 24;

/** What `change` of a publish is in the state of the draft. */
const STATES = { added: "draft", changed: "changed", removed: "removed" } as const;

const AudienceLine = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    state: z.enum(["live", "draft", "changed", "removed"]).nullable().openapi({
      description:
        "What is live against the draft: the same, not live yet, another, deleted. Null where what the live version was made of was not kept.",
    }),
    usedBy: z
      .array(z.strictObject({ kind: z.enum(["audience", "campaign"]), key: z.string() }))
      .openapi({ description: "Drafts that name it." }),
    now: z.int(),
    series: z.array(z.int()).openapi({ description: "Size at the end of each step; the last step is under way." }),
    change: z.int().openapi({ description: "Of the size over the span: `entered` less `exited`." }),
    entered: z.int().openapi({ description: "By a publish too." }),
    exited: z.int(),
  })
  .openapi("AudienceLine");

const AudienceSizes = z
  .strictObject({
    from: Time,
    to: Time,
    stepHours: z.int().openapi({ description: "1 up to two days, 6 up to two weeks, 24 beyond." }),
    audiences: z.array(AudienceLine),
  })
  .openapi("AudienceSizes");

export const audienceSizesRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/audience-sizes",
    scopes: ["kpis:read", "rules:write"],
    tag: "Audiences",
    summary: "Get the size, the state and the users of every audience",
    description: "All in one reply, by key: drafts, and what is live until the next publish.",
    query: z.strictObject({
      hours: z.coerce
        .number()
        .int()
        .min(1)
        .max(MOST_HOURS)
        .default(USUAL_HOURS)
        .openapi({ type: "integer", minimum: 1, maximum: MOST_HOURS, default: USUAL_HOURS }),
    }),
    reply: AudienceSizes,
    async handle({ env, principal: { workspace }, query: { hours }, now }) {
      const stepHours = hours <= 48 ? 1 : hours <= 14 * 24 ? 6 : 24;
      const steps = Math.ceil(hours / stepHours);
      const { from, to } = lastHours(steps * stepHours, now);
      const [sizes, users, drafts, live] = await Promise.all([
        sizesOfAll(env, workspace, { from, stepMs: stepHours * HOUR_MS, steps }),
        audienceUsers(env.DB, workspace),
        draftsOf(env, workspace),
        contentOfVersion(env, workspace, undefined),
      ]);
      if (!live.ok && live.error === "not_found") return fail({ reason: "not_found" });
      const before = live.ok ? documentsOf(live.value.content, "audience") : undefined;
      const after = documentsOf(contentOf(drafts), "audience");
      const usersOf = Map.groupBy(users, ({ named }) => named);
      const keys = [...new Set([...after.keys(), ...(before?.keys() ?? [])])].toSorted();
      const audiences = keys.map((key) => {
        const change = before && changeOf("audience", key, before.get(key), after.get(key));
        const size = sizes.get(key) ?? { now: 0, series: Array.from({ length: steps }, () => 0), entered: 0, exited: 0 };
        return {
          key,
          name: nameOf(key, after.get(key) ?? before?.get(key)),
          state: before === undefined ? null : change === undefined ? ("live" as const) : STATES[change.change],
          usedBy: usersOf.get(key)?.map(({ kind, key: user }) => ({ kind, key: user })) ?? [],
          ...size,
          series: [...size.series],
          change: size.entered - size.exited,
        };
      });
      return ok({ body: { from: iso(from), to: iso(to), stepHours, audiences } });
    },
  }),
];

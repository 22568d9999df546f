import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { findWorkspace } from "../auth/cache.ts";
import { database } from "../cold/database.ts";
import { tryEffect } from "../cold/panel.ts";
import { readDrafts, type Drafts } from "../cold/ruleset-versions.ts";
import { compose } from "../ruleset/compose.ts";
import { contentOf, DOCUMENT_KINDS, nameOf, settingsThatDiffer } from "../ruleset/content.ts";
import { changesBetween, sentencesOfChange } from "../ruleset/diff.ts";
import { affectedAudiences, ReadContent } from "../ruleset/effect.ts";
import { contentOfVersion } from "../ruleset/versions.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { route, type Refusal, type Route } from "./route.ts";
import { Key, orNull, Sentences, Warning } from "./shapes.ts";

const READERS = ["rules:publish", "rules:write", "kpis:read"] as const;

/** Changes shown at most; all are counted. */
const MOST_CHANGES = 500;

const version = (description: string) =>
  z.coerce.number().int().min(0).optional().openapi({ type: "integer", minimum: 0, description, example: 12 });

const Document = z.record(z.string(), z.unknown()).openapi({ description: "What a PUT of it takes." });

export const DraftFault = Warning.extend({ audience: z.string().optional(), campaign: z.string().optional() });

const RulesetChange = z
  .strictObject({
    kind: z.enum(DOCUMENT_KINDS),
    key: z.string(),
    name: z.string(),
    change: z.enum(["added", "changed", "removed"]),
    before: Document.optional(),
    after: Document.optional(),
    fields: z.array(z.string()).openapi({ description: "Names of those that differ.", example: ["rule"] }),
    sentences: z
      .strictObject({ before: orNull(Sentences), after: orNull(Sentences) })
      .optional()
      .openapi({ description: "Of what has a rule." }),
  })
  .openapi("RulesetChange");

const RulesetDiff = z
  .strictObject({
    from: z.int().openapi({ description: "Version; 0 before the first." }),
    to: z.int().nullable().openapi({ description: "Version; null for the drafts." }),
    total: z.strictObject({ added: z.int(), changed: z.int(), removed: z.int() }),
    changes: z
      .array(RulesetChange)
      .openapi({ description: `The first ${MOST_CHANGES}: audiences, placements, campaigns, each by key.` }),
    settings: z.array(z.string()).openapi({
      description: "Settings of the workspace that rules would be read with and that differ.",
      example: ["timeZone"],
    }),
    publish: z
      .strictObject({ possible: z.boolean(), faults: z.array(DraftFault), warnings: z.array(DraftFault) })
      .nullable()
      .openapi({ description: "What a publish would meet now; null where no drafts are asked about." }),
  })
  .openapi("RulesetDiff");

/** Audiences whose effect is tried at once. */
const MOST_TRIED = 50;

const SeenSize = z
  .strictObject({
    seen: z.int().openapi({ description: "In the sample." }),
    estimate: z.int(),
    low: z.int(),
    high: z.int(),
    exact: z.boolean(),
  })
  .openapi("SeenSize", { description: "People, with a 95 % interval; exact where the sample is everybody." });

const RulesetEffect = z
  .strictObject({
    from: z.int().openapi({ description: "The live version; 0 before the first." }),
    affected: z.int().openapi({ description: "Audiences of which other people may be members." }),
    people: z.int().openapi({ description: "In the sample." }),
    audiences: z.array(
      z.strictObject({
        key: z.string(),
        name: z.string(),
        change: z.enum(["added", "changed", "removed"]),
        because: z
          .enum(["rule", "named", "settings"])
          .openapi({ description: "Its own rule, that of an audience it names, or what all rules are read with." }),
        before: orNull(SeenSize).openapi({ description: "Null of what is added." }),
        after: orNull(SeenSize).openapi({ description: "Null of what is removed." }),
        entered: orNull(SeenSize),
        exited: orNull(SeenSize),
      }),
    ),
    ms: z.number(),
  })
  .openapi("RulesetEffect");

export const rulesetDiffRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/ruleset/diff",
    scopes: READERS,
    tag: "Ruleset",
    summary: "See what a publish would change",
    description:
      "Between the live version and the drafts, or any two versions, with what would stand in the way. Changes nothing.",
    query: z.strictObject({
      from: version("The live version where not given; 0 is the nothing before the first."),
      to: version("The drafts where not given."),
    }),
    reply: RulesetDiff,
    reasons: ["not_found"],
    async handle({ env, principal: { workspace }, query, now }) {
      const from = await contentOfVersion(env, workspace, query.from);
      if (!from.ok) return fail(refusalOf(from.error));
      const drafts = query.to === undefined ? await draftsOf(env, workspace) : undefined;
      const to =
        drafts === undefined
          ? await contentOfVersion(env, workspace, query.to)
          : ok({ version: null, content: contentOf(drafts) });
      if (!to.ok) return fail(refusalOf(to.error));
      const [before, after] = [from.value.content, to.value.content];
      const changes = changesBetween(before, after);
      const count = (kind: string): number => changes.filter(({ change }) => change === kind).length;
      return ok({
        body: {
          from: from.value.version,
          to: to.value.version,
          total: { added: count("added"), changed: count("changed"), removed: count("removed") },
          changes: changes.slice(0, MOST_CHANGES).map((change) => {
            const sentences = sentencesOfChange(change, before, after);
            return {
              ...change,
              fields: [...change.fields],
              name: nameOf(change.key, change.after ?? change.before),
              ...(sentences && { sentences }),
            };
          }),
          settings: from.value.version === 0 ? [] : [...settingsThatDiffer(before, after)],
          publish: drafts === undefined ? null : dryRun(drafts, now),
        },
      });
    },
  }),
  route({
    method: "post",
    path: "/api/ruleset/effect",
    scopes: READERS,
    tag: "Ruleset",
    summary: "See whom a publish would bring in and let go",
    description: `From a sample of people (of few people all), for the first ${MOST_TRIED} affected audiences, those whose own rule differs first, or for those named. Publishes nothing; refused where a publish would be.`,
    body: z
      .strictObject({ audiences: z.array(Key).min(1).max(MOST_TRIED).optional() })
      .openapi("EffectBody", { example: { audiences: ["cart-abandoners"] } }),
    reply: RulesetEffect,
    reasons: ["not_found", "invalid_rule", "invalid_ruleset"],
    async handle({ env, ctx, principal, body, now }) {
      const workspace = await findWorkspace(env, ctx, principal.workspace);
      if (workspace === undefined) throw new Unavailable("R2 does not know the workspace of a live key");
      const began = Date.now();
      const [live, drafts] = await Promise.all([contentOfVersion(env, workspace.id, undefined), draftsOf(env, workspace.id)]);
      if (!live.ok) return fail(refusalOf(live.error));
      const composed = compose({ ...drafts, version: 0 }, now);
      if (!composed.ok) return composed;
      const [from, to] = [new ReadContent(live.value.content), new ReadContent(contentOf(drafts))];
      const affected = affectedAudiences(from, to);
      const { audiences: asked } = body;
      const tried = affected.filter(({ key }) => asked?.includes(key) ?? true).slice(0, MOST_TRIED);
      const keys = tried.map(({ key }) => key);
      const [before, after] = [from.artifactOf(workspace.id, keys), to.artifactOf(workspace.id, keys)];
      const { people, audiences } = await tryEffect(env, workspace, { before, after, audiences: keys });
      return ok({
        body: {
          from: live.value.version,
          affected: affected.length,
          people,
          audiences: tried.map((audience, place) => {
            const { change } = audience;
            const effect = audiences[place];
            const was = change === "added" ? undefined : effect;
            const is = change === "removed" ? undefined : effect;
            return {
              ...audience,
              before: was?.before ?? null,
              after: is?.after ?? null,
              entered: is?.entered ?? null,
              exited: was?.exited ?? null,
            };
          }),
          ms: Date.now() - began,
        },
      });
    },
  }),
];

/** @throws Unavailable where D1 is behind the bucket, as during a restore */
export async function draftsOf(env: Env, workspace: string): Promise<Drafts> {
  const drafts = await readDrafts(database(env.DB), workspace);
  if (drafts === undefined) throw new Unavailable("D1 does not know the workspace of a live key");
  return drafts;
}

export function refusalOf(error: "not_found" | "not_kept"): Refusal {
  if (error === "not_found") return { reason: "not_found" };
  const detail = "What this version was made of was not kept: it is from before that was done.";
  return { reason: "not_found", detail };
}

/** The checks of a publish, and nothing of what it does. */
function dryRun(drafts: Drafts, now: number) {
  const composed = compose({ ...drafts, version: 0 }, now);
  return composed.ok
    ? { possible: true, faults: [], warnings: [...composed.value.warnings] }
    : { possible: false, faults: [...composed.error.faults], warnings: [] };
}

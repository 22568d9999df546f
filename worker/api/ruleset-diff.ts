import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { database } from "../cold/database.ts";
import { readDrafts, type Drafts } from "../cold/ruleset-versions.ts";
import { compose } from "../ruleset/compose.ts";
import { contentOf, DOCUMENT_KINDS, fieldsThatDiffer, type ContentSettings } from "../ruleset/content.ts";
import { changesBetween, sentencesOfChange } from "../ruleset/diff.ts";
import { contentOfVersion } from "../ruleset/versions.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { route, type Refusal, type Route } from "./route.ts";
import { Sentences, Warning } from "./shapes.ts";

/** Changes shown at most; all are counted. */
const MOST_CHANGES = 500;

const version = (description: string) =>
  z.coerce.number().int().min(1).optional().openapi({ type: "integer", minimum: 1, description, example: 12 });

const Document = z.record(z.string(), z.unknown()).openapi({ description: "What a PUT of it takes." });

export const DraftFault = Warning.extend({ audience: z.string().optional(), campaign: z.string().optional() });

const RulesetDiff = z
  .strictObject({
    from: z.int().openapi({ description: "Version; 0 before the first." }),
    to: z.int().nullable().openapi({ description: "Version; null for the drafts." }),
    total: z.strictObject({ added: z.int(), changed: z.int(), removed: z.int() }),
    changes: z
      .array(
        z.strictObject({
          kind: z.enum(DOCUMENT_KINDS),
          key: z.string(),
          name: z.string(),
          change: z.enum(["added", "changed", "removed"]),
          before: Document.optional(),
          after: Document.optional(),
          fields: z.array(z.string()).openapi({ description: "Names of those that differ.", example: ["rule"] }),
          sentences: z
            .strictObject({ before: Sentences.nullable(), after: Sentences.nullable() })
            .optional()
            .openapi({ description: "Of what has a rule." }),
        }),
      )
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

export const rulesetDiffRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/ruleset/diff",
    scopes: ["rules:publish", "rules:write", "kpis:read"],
    tag: "Ruleset",
    summary: "See what a publish would change",
    description:
      "Between the live version and the drafts, or any two versions, with what would stand in the way. Changes nothing.",
    query: z.strictObject({
      from: version("The live version where not given."),
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
            const name = (change.after ?? change.before)?.["name"];
            return {
              ...change,
              fields: [...change.fields],
              name: typeof name === "string" ? name : change.key,
              ...(sentences && { sentences }),
            };
          }),
          settings: [...settingsThatDiffer(before.settings, after.settings)],
          publish: drafts === undefined ? null : tried(drafts, now),
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

export function settingsThatDiffer(before: ContentSettings, after: ContentSettings): readonly string[] {
  const json = ({ timeZone, retentionDays, goldenRecord, globalHoldout }: ContentSettings) => ({
    timeZone,
    retentionDays,
    goldenRecord: goldenRecord === null ? null : { ...goldenRecord },
    globalHoldout,
  });
  return fieldsThatDiffer(json(before), json(after));
}

/** The checks of a publish, and nothing of what it does. */
function tried(drafts: Drafts, now: number) {
  const composed = compose({ ...drafts, version: 0 }, now);
  return composed.ok
    ? { possible: true, faults: [], warnings: [...composed.value.warnings] }
    : { possible: false, faults: [...composed.error.faults], warnings: [] };
}

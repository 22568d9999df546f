import { z } from "@hono/zod-openapi";
import { ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";
import { fail, ok } from "../../core/model/result.ts";
import { describeRule } from "../../core/rules/describe.ts";
import { FRENCH } from "../../core/rules/french.ts";
import { parseRule, type RuleSettings } from "../../core/rules/parse.ts";
import { database } from "../cold/database.ts";
import { DAY_MS } from "../cold/records.ts";
import { listVersions, readDrafts, type Reserved } from "../cold/ruleset-versions.ts";
import { readWorkspaceRecord } from "../cold/workspace-record.ts";
import { changesBetween, type Change } from "../ruleset/changes.ts";
import { compose, type DraftFault } from "../ruleset/compose.ts";
import { readWritten, writtenIn, type Written } from "../ruleset/written.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { Next, PageByNumber, cutPage } from "./paging.ts";
import { route, type Route } from "./route.ts";
import { iso, KeyParams, Time, Warning } from "./shapes.ts";

const Sentences = z.strictObject({ en: z.string(), fr: z.string() }).nullable();

const Thing = z.record(z.string(), z.unknown()).nullable();

const ChangeShape = z
  .strictObject({
    kind: z.enum(["audience", "placement", "campaign"]),
    key: z.string(),
    name: z.string(),
    change: z.enum(["added", "changed", "removed"]),
    fields: z.array(z.string()).openapi({ description: "What differs in it." }),
    before: Thing,
    after: Thing,
    sentences: z.strictObject({ before: Sentences, after: Sentences }).openapi({ description: "Of its rule, where it has one." }),
  })
  .openapi("RulesetChange");

const Faulty = Warning.extend({ audience: z.string().optional(), campaign: z.string().optional() });

const Version = z.coerce.number().int().min(0).max(1e9).optional().openapi({ type: "integer", minimum: 0 });

const HistoryEntry = z
  .strictObject({
    version: z.int(),
    note: z.string(),
    createdAt: Time,
    createdBy: z.string(),
    live: z.boolean(),
    change: z.enum(["added", "changed", "removed"]),
    fields: z.array(z.string()),
    audience: Thing.openapi({ description: "As it was published; null where it was taken away." }),
    sentences: Sentences,
  })
  .openapi("AudienceHistoryEntry");

const READERS = ["rules:publish", "rules:write", "kpis:read"] as const;

export const rulesetChangeRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/ruleset/diff",
    scopes: READERS,
    tag: "Ruleset",
    summary: "See what a publish would change",
    description:
      "From the live version to the drafts, or between two versions; with the faults for which a publish of the drafts would be refused. `not_found` for a version that is not there, or from before what was written was kept.",
    query: z.strictObject({ from: Version, to: Version }),
    reply: z
      .strictObject({
        from: z.int(),
        to: z.int().nullable().openapi({ description: "Null for the drafts." }),
        changes: z.array(ChangeShape),
        faults: z.array(Faulty),
        warnings: z.array(Faulty),
      })
      .openapi("RulesetDiff"),
    reasons: ["not_found"],
    async handle(call) {
      const { env, principal, query, now } = call;
      const { workspace } = principal;
      const [drafts, record] = await Promise.all([
        readDrafts(database(env.DB), workspace),
        readWorkspaceRecord(env.PUBLISHED, workspace),
      ]);
      if (drafts === undefined) throw new Unavailable("D1 does not know the workspace of a live key");
      const from = query.from ?? record?.ruleset ?? 0;
      const [before, after] = await Promise.all([
        readWritten(env.PUBLISHED, workspace, from),
        query.to === undefined ? writtenIn(drafts) : readWritten(env.PUBLISHED, workspace, query.to),
      ]);
      if (before === undefined || after === undefined) return fail({ reason: "not_found" });
      const composed = query.to === undefined ? compose({ ...drafts, version: 0 }, now) : undefined;
      const settings = settingsOf(drafts);
      return ok({
        body: {
          from,
          to: query.to ?? null,
          changes: changesBetween(before, after).map((change) => shown(change, settings)),
          faults: composed?.ok === false ? [...composed.error.faults].map(faulty) : [],
          warnings: composed?.ok === true ? composed.value.warnings.map(faulty) : [],
        },
      });
    },
  }),
  route({
    method: "get",
    path: "/api/audiences/{key}/history",
    scopes: READERS,
    tag: "Audiences",
    summary: "See how an audience came to be what it is",
    description: "Of the versions on a page of them, newest first, those in which it changed.",
    params: KeyParams,
    query: PageByNumber,
    reply: z.strictObject({ history: z.array(HistoryEntry), next: Next }),
    async handle(call) {
      const { env, principal, params, query } = call;
      const { workspace } = principal;
      const db = database(env.DB);
      const limit = Math.min(query.limit, MOST_VERSIONS);
      const [drafts, record, rows] = await Promise.all([
        readDrafts(db, workspace),
        readWorkspaceRecord(env.PUBLISHED, workspace),
        listVersions(db, workspace, { limit: limit + 1, before: query.cursor }),
      ]);
      if (drafts === undefined) throw new Unavailable("D1 does not know the workspace of a live key");
      const { page, next } = cutPage(rows, limit, (row) => row.version);
      const live = record?.ruleset ?? 0;
      const published = rows.filter((row) => row.state === "published" || row.version === live);
      const written = await Promise.all(published.map((row) => readWritten(env.PUBLISHED, workspace, row.version)));
      const history = published.flatMap((row, place) => {
        if (!page.includes(row)) return [];
        // The first version comes after nothing.
        const older = place + 1 < published.length ? written[place + 1] : next === null ? NOTHING : undefined;
        const is = written[place];
        const change = is && older && changeOf(params.key, older, is);
        if (change === undefined) return [];
        const { version, note, createdAt, createdBy } = row;
        const { after, sentences, change: how, fields } = shown(change, settingsOf(drafts));
        const at = { version, note, createdAt: iso(createdAt), createdBy, live: version === live };
        return [{ ...at, change: how, fields, audience: after, sentences: sentences.after }];
      });
      return ok({ body: { history, next } });
    },
  }),
];

/** Each is an object of R2 to be read. */
const MOST_VERSIONS = 50;
const NOTHING: Written = { audiences: [], placements: [], campaigns: [] };

function changeOf(key: string, before: Written, after: Written): Change | undefined {
  const only = ({ audiences }: Written): Written => ({ ...NOTHING, audiences: audiences.filter((one) => one.key === key) });
  return changesBetween(only(before), only(after))[0];
}

function settingsOf({ workspace }: Omit<Reserved, "version">): RuleSettings {
  return { zone: workspace.timeZone, retentionMs: workspace.retentionDays * DAY_MS };
}

function shown({ before, after, ...change }: Change, settings: RuleSettings): z.input<typeof ChangeShape> {
  const named = (after ?? before)?.["name"];
  return {
    ...change,
    fields: [...change.fields],
    name: typeof named === "string" ? named : change.key,
    before: before && { ...before },
    after: after && { ...after },
    sentences: { before: sentencesOf(before, settings), after: sentencesOf(after, settings) },
  };
}

function sentencesOf(thing: JsonObject | null, settings: RuleSettings): z.input<typeof Sentences> {
  const json: Json | undefined = thing === null ? undefined : ownProperty(thing, "rule");
  const rule = json === undefined ? undefined : parseRule(json, settings);
  return rule?.ok === true ? { en: describeRule(rule.value), fr: describeRule(rule.value, FRENCH) } : null;
}

function faulty({ audience, campaign, pointer, code, message }: DraftFault): z.input<typeof Faulty> {
  return {
    pointer: pointer ?? "",
    code,
    message,
    ...(audience === undefined ? {} : { audience }),
    ...(campaign === undefined ? {} : { campaign }),
  };
}

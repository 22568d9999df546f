import { z } from "@hono/zod-openapi";
import { COMPUTED } from "../../core/model/event.ts";
import { parseDuration } from "../../core/model/duration.ts";
import { identifierType } from "../../core/model/identifier-settings.ts";
import { isTimeZone } from "../../core/model/instant.ts";
import { rankOf } from "../../core/model/rank.ts";
import { fail, ok } from "../../core/model/result.ts";
import { MOST_IDENTIFIERS } from "../../core/profile/head.ts";
import { parsePath, pathText } from "../../core/rules/path.ts";
import { GOLDEN_POLICIES, type GoldenRecord } from "../../core/rules/golden-policy.ts";
import type { RuleSettings } from "../../core/rules/parse.ts";
import { rememberWorkspace } from "../auth/cache.ts";
import { database, newEtag, type Database } from "../cold/database.ts";
import { conditionsHold } from "../cold/documents.ts";
import { publishWorkspace } from "../cold/published.ts";
import { DAY_MS } from "../cold/records.ts";
import type { WorkspaceRow } from "../cold/schema.ts";
import { findWorkspaceRow, replaceWorkspaceRow } from "../cold/workspace-rows.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Name, Time } from "./shapes.ts";

const Jurisdiction = z.string().min(1).max(20).nullable();

/** Traits that a golden record names at most: their policies go into every artifact. */
const MOST_TRAITS = 200;
const LONGEST_TRAIT = 200;

const Policy = z.enum(GOLDEN_POLICIES);

const GoldenRecordBody = z
  .strictObject({
    default: Policy.default("recent").openapi({ description: "Of every trait that is not named." }),
    traits: z
      .record(z.string(), Policy)
      .default({})
      .superRefine((traits, context) => {
        const names = Object.keys(traits);
        if (names.length > MOST_TRAITS) {
          const message = `Name ${MOST_TRAITS} traits at most; \`default\` holds for all others.`;
          context.addIssue({ code: "custom", message, params: { code: "too_many_traits" } });
          return;
        }
        for (const name of names) {
          if (topLevelKey(name) !== undefined) continue;
          const message =
            "Name a whole trait that an identify sets: not one inside another, none that we compute. A dot of its own name is written `\\.`.";
          context.addIssue({ code: "custom", path: [name], message, params: { code: "bad_trait" } });
        }
      }),
  })
  .openapi("GoldenRecord", {
    description:
      "Which value of a trait wins where sources disagree. `recent`: the latest, and null clears the trait. Under the others null withdraws only what its own source set before: `priority`: that of the source with the highest `priority`; `longest`: the longest text, array or object; `frequent`: the one set most often, the last 20 settings of each source counting. The later where several are left. Audiences, decisions and profiles show a change from the next publish on, as they do one of a source's priority.",
    example: { default: "recent", traits: { email: "priority", name: "longest", city: "frequent" } },
  });

/** The key that a policy is for, written as a path of one step. */
function topLevelKey(name: string): string | undefined {
  const [key, ...inside] = (name.length <= LONGEST_TRAIT && parsePath(name)) || [];
  return inside.length > 0 || key === COMPUTED ? undefined : key;
}

const LONGEST_KIND = 100;
const MOST_KINDS = 50;
/** As many as a profile lists. */
const MOST_OF_A_KIND = MOST_IDENTIFIERS;

const IdentifierPriority = z
  .array(z.string().min(1).max(LONGEST_KIND))
  .max(MOST_KINDS)
  .superRefine((kinds, context) => {
    const ranks = kinds.map((kind) => rankOf({ type: identifierType(kind) }));
    for (const [place, rank] of ranks.entries()) {
      if (rank <= Math.min(...ranks.slice(0, place), 3)) continue;
      const message = "Name the user's id first, then what is one person's, then what is a device's.";
      context.addIssue({ code: "custom", path: [place], message, params: { code: "bad_order" } });
    }
  })
  .openapi({
    description:
      "Kinds of identifiers, the strongest first: which of those that one call bears gives way where two cannot be one person's, and to which of two people a weaker one belongs. By their names in events: `userId`, `email`, `phone`, `anonymousId`, and the `type` of an external id. A kind that is not named comes after those of its firmness that are.",
    example: ["userId", "email", "loyalty", "phone", "anonymousId"],
  });

const IdentifierLimitsBody = z
  .record(
    z.string().min(1).max(LONGEST_KIND),
    z.union([
      z.int().min(1).max(MOST_OF_A_KIND),
      z.strictObject({
        most: z.int().min(1).max(MOST_OF_A_KIND),
        within: z
          .string()
          .max(20)
          .refine((text) => parseDuration(text).ok, { error: "Give a duration, like 7d.", params: { code: "bad_duration" } }),
      }),
    ]),
  )
  .superRefine((limits, context) => {
    const kinds = Object.keys(limits);
    if (kinds.length > MOST_KINDS) {
      const message = `Name ${MOST_KINDS} kinds at most.`;
      context.addIssue({ code: "custom", message, params: { code: "too_many_kinds" } });
    }
    for (const kind of kinds) {
      if (rankOf({ type: identifierType(kind) }) < 3 || limits[kind] === 1) continue;
      const message = "A person has one user id; where two are one, a server says so by an `alias`.";
      context.addIssue({ code: "custom", path: [kind], message, params: { code: "one_user" } });
    }
  })
  .openapi("IdentifierLimits", {
    description:
      "How many identifiers of a kind one person may have: a number for ever, or `most` that were used `within` so long. One that would be too many is not linked, which the quarantine reports as `identifier_limit`; its event is kept. Without a word here: one `userId`; ten of what is one person's; of each kind of device twenty within `7d`.",
    example: { email: 5, anonymousId: { most: 20, within: "7d" } },
  });

const WorkspaceBody = z
  .strictObject({
    name: Name.optional(),
    timeZone: z
      .string()
      .max(64)
      .refine(isTimeZone, { error: "Give the IANA name of a time zone, like Europe/Paris.", params: { code: "bad_time_zone" } })
      .openapi({ example: "Europe/Paris" }),
    retentionDays: z.int().min(1).max(36_525).openapi({ example: 400 }),
    jurisdiction: Jurisdiction.optional().openapi({
      description: "Fixed when the workspace is made; may be repeated, not changed.",
    }),
    smallCount: z.int().min(0).max(10_000).default(50).openapi({ description: "Figures about fewer people are not shown." }),
    identifierPriority: IdentifierPriority.optional(),
    identifierLimits: IdentifierLimitsBody.optional(),
    gvlId: z.int().min(1).nullable().optional().openapi({ description: "Our vendor number in the IAB's global vendor list." }),
    goldenRecord: GoldenRecordBody.optional(),
    globalHoldout: z.number().min(0).lt(1).optional().openapi({
      description:
        "Share of all people who are shown no campaign at all, so that the effect of all of them together can be told. From the next publish on.",
      example: 0.05,
    }),
  })
  .openapi("WorkspaceBody");

const Workspace = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    timeZone: z.string(),
    retentionDays: z.int(),
    jurisdiction: Jurisdiction,
    smallCount: z.int(),
    identifierPriority: z.array(z.string()),
    identifierLimits: z.record(z.string(), z.union([z.int(), z.strictObject({ most: z.int(), within: z.string() })])),
    gvlId: z.int().nullable(),
    goldenRecord: z.strictObject({ default: Policy, traits: z.record(z.string(), Policy) }),
    globalHoldout: z.number(),
    createdAt: Time,
    updatedAt: Time,
  })
  .openapi("Workspace");

const TAG = "Workspace";

export const workspaceRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/workspace",
    scopes: ["admin", "rules:write", "rules:publish", "kpis:read"],
    tag: TAG,
    summary: "Get the workspace of the key",
    reply: Workspace,
    async handle({ env, principal }) {
      return ok(answer(await rowOf(database(env.DB), principal.workspace)));
    },
  }),
  route({
    method: "put",
    path: "/api/workspace",
    scopes: ["admin"],
    tag: TAG,
    summary: "Change the workspace",
    description:
      "Acts at once. Rules keep the time zone, the retention and the golden record they were published with until the next publish.",
    body: WorkspaceBody,
    reply: Workspace,
    reasons: ["fixed", "precondition_failed"],
    async handle(call) {
      const { env, principal, body, conditions, now } = call;
      const db = database(env.DB);
      for (let tries = 0; tries < 10; tries++) {
        const before = await rowOf(db, principal.workspace);
        if (!conditionsHold(conditions, { key: before.id, etag: before.etag })) return fail({ reason: "precondition_failed" });
        if (body.jurisdiction !== undefined && body.jurisdiction !== before.jurisdiction) {
          return fail({
            reason: "fixed",
            faults: [{ pointer: "/jurisdiction", code: "fixed", message: "Where the data lives cannot change." }],
          });
        }
        const row: WorkspaceRow = {
          ...before,
          name: body.name ?? before.name,
          timeZone: body.timeZone,
          retentionDays: body.retentionDays,
          smallCount: body.smallCount,
          identifierPriority: body.identifierPriority ?? before.identifierPriority,
          identifierLimits: body.identifierLimits ?? before.identifierLimits,
          gvlId: body.gvlId ?? null,
          goldenRecord: body.goldenRecord === undefined ? before.goldenRecord : keyed(body.goldenRecord),
          globalHoldout: body.globalHoldout ?? before.globalHoldout,
          etag: newEtag(),
          updatedAt: now,
        };
        if (!(await replaceWorkspaceRow(db, row, before.etag, auditEntry(call, "workspace.put", `workspace:${row.id}`))))
          continue;
        const record = await publishWorkspace(env, row.id);
        if (record !== undefined) rememberWorkspace(record);
        return ok(answer(row));
      }
      throw new Unavailable("D1: too many writers of one workspace");
    },
  }),
];

/** By the keys of traits, as they are kept. */
function keyed({ default: usual, traits }: GoldenRecord): GoldenRecord {
  const byKey = Object.entries(traits).map(([name, policy]) => [topLevelKey(name) ?? name, policy] as const);
  return { default: usual, traits: Object.fromEntries(byKey) };
}

/** By paths, as they are written. */
function written({ default: usual, traits }: GoldenRecord): GoldenRecord {
  return { default: usual, traits: Object.fromEntries(Object.entries(traits).map(([key, policy]) => [pathText([key]), policy])) };
}

/** What rules of a workspace are read with. */
export async function ruleSettingsOf(db: Database, workspace: string): Promise<RuleSettings> {
  const row = await rowOf(db, workspace);
  return { zone: row.timeZone, retentionMs: row.retentionDays * DAY_MS };
}

async function rowOf(db: Database, id: string): Promise<WorkspaceRow> {
  const row = await findWorkspaceRow(db, id);
  // Its keys came from there, so a workspace without its row is a database behind its bucket (a restore under way).
  if (row === undefined) throw new Unavailable("D1 does not know the workspace of a live key");
  return row;
}

function answer(row: WorkspaceRow) {
  const { etag, createdAt, updatedAt, identifierPriority, identifierLimits, goldenRecord, ...shown } = row;
  const body = {
    ...shown,
    identifierPriority: [...identifierPriority],
    identifierLimits: { ...identifierLimits },
    goldenRecord: written(goldenRecord ?? { default: "recent", traits: {} }),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  };
  return { body, headers: { etag: `"${etag}"` } };
}

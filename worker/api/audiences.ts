import { createHash } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { parseRule } from "../../core/rules/parse.ts";
import { audienceUsers } from "../cold/audience-users.ts";
import { audienceStore, listAudiences, takenCodes } from "../cold/audiences.ts";
import { database, newEtag } from "../cold/database.ts";
import { putDocument, removeDocument } from "../cold/documents.ts";
import type { AudienceRow } from "../cold/schema.ts";
import { cutPage, Next, PageByKey } from "./paging.ts";
import { auditEntry, route, type Refusal, type Route } from "./route.ts";
import { iso, Key, KeyParams, Name, RuleJson, Time } from "./shapes.ts";
import { ruleSettingsOf } from "./workspace.ts";

/** GAM takes values of 40 characters; half of that leaves room for many in one request. */
const LONGEST_CODE = 20;

const settings = {
  visibility: z
    .enum(["public", "server"])
    .openapi({ description: "`public`: pages and write keys may see it too. By default `server`." }),
  purpose: z
    .enum(["ads", "content", "measurement"])
    .openapi({ description: "The purpose it needs consent for. By default `ads`." }),
};

const taxonomy = z.array(z.strictObject({ segtax: z.int().min(1), id: z.string().min(1).max(100) }));

const AudienceBody = z
  .strictObject({
    name: Name,
    description: z.string().max(2_000).default(""),
    rule: RuleJson,
    code: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,20}$/)
      .optional()
      .openapi({ description: "Short name for ad servers, unique; made from the key where not given.", example: "ca" }),
    visibility: settings.visibility.default("server"),
    purpose: settings.purpose.default("ads"),
    taxonomy: taxonomy
      .max(50)
      .default([])
      .openapi({ description: "Places in a taxonomy of the IAB: 4 is Audience Taxonomy 1.1." }),
    tags: z.array(z.string().min(1).max(50)).max(50).default([]),
  })
  .openapi("AudienceBody");

const Audience = z
  .strictObject({
    key: Key,
    name: z.string(),
    description: z.string(),
    rule: RuleJson,
    code: z.string(),
    visibility: settings.visibility,
    purpose: settings.purpose,
    taxonomy,
    tags: z.array(z.string()),
    createdAt: Time,
    updatedAt: Time,
  })
  .openapi("Audience");

const TAG = "Audiences";

export const audienceRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/audiences",
    scopes: ["rules:write", "rules:publish", "kpis:read"],
    tag: TAG,
    summary: "List audiences",
    description: "The drafts; what is live was published as a ruleset.",
    query: PageByKey,
    reply: z.strictObject({ audiences: z.array(Audience), next: Next }),
    async handle({ env, principal, query }) {
      const rows = await listAudiences(database(env.DB), principal.workspace, { limit: query.limit + 1, after: query.cursor });
      const { page, next } = cutPage(rows, query.limit, (row) => row.key);
      return ok({ body: { audiences: page.map(view), next } });
    },
  }),
  route({
    method: "get",
    path: "/api/audiences/{key}",
    scopes: ["rules:write", "rules:publish", "kpis:read"],
    tag: TAG,
    summary: "Get an audience",
    params: KeyParams,
    reply: Audience,
    reasons: ["not_found"],
    async handle({ env, principal, params }) {
      const row = await audienceStore(database(env.DB), principal.workspace).find(params.key);
      return row === undefined ? fail({ reason: "not_found" }) : ok(answer(row));
    },
  }),
  route({
    method: "put",
    path: "/api/audiences/{key}",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Create or replace an audience",
    description:
      "A draft until the next publish. The rule must be exactly in the rule language; pointers of its faults begin at the rule. `If-Match` with the ETag, where given, must hold.",
    params: KeyParams,
    body: AudienceBody,
    reply: Audience,
    reasons: ["invalid_rule", "code_taken", "precondition_failed"],
    async handle(call) {
      const { env, principal, params, body, now } = call;
      const { workspace } = principal;
      const db = database(env.DB);
      const rule = parseRule(body.rule, await ruleSettingsOf(db, workspace));
      if (!rule.ok) return fail({ reason: "invalid_rule", faults: rule.error });
      const put = await putDocument(
        audienceStore(db, workspace),
        params.key,
        call.conditions,
        auditEntry(call, "audience.put", `audience:${params.key}`),
        async (before): Promise<Result<AudienceRow, Refusal>> => {
          const wanted = body.code ?? before?.code;
          const codes = wanted === undefined ? derivedCodes(params.key) : [wanted];
          const taken = await takenCodes(db, workspace, params.key, codes);
          const code = codes.find((candidate) => !taken.has(candidate));
          if (code === undefined) return fail(CODE_TAKEN);
          const made = { ...body, rule: JSON.stringify(body.rule), code };
          if (before !== undefined && isSame(before, made)) return ok(before);
          const times = { createdAt: before?.createdAt ?? now, updatedAt: now };
          return ok({ workspace, key: params.key, ...made, etag: newEtag(), ...times });
        },
      );
      if (put.ok) return ok(answer(put.value.row));
      return fail(put.error === "precondition_failed" ? { reason: put.error } : put.error);
    },
  }),
  route({
    method: "delete",
    path: "/api/audiences/{key}",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Delete an audience",
    description: "The draft; it is live until the next publish. One that other audiences or campaigns name cannot be deleted.",
    params: KeyParams,
    reasons: ["not_found", "in_use", "precondition_failed"],
    async handle(call) {
      // Who comes to name it meanwhile is told at the next publish that it is not there.
      const users = await audienceUsers(call.env.DB, call.principal.workspace, call.params.key);
      const faults = users.map(({ kind, key }) =>
        inUse(kind === "audience" ? `The audience “${key}” names it.` : `The campaign “${key}” is for it, or leaves it out.`),
      );
      if (faults.length > 0) return fail({ reason: "in_use", faults });
      const removed = await removeDocument(
        audienceStore(database(call.env.DB), call.principal.workspace),
        call.params.key,
        call.conditions,
        auditEntry(call, "audience.delete", `audience:${call.params.key}`),
        () => Promise.resolve(),
      );
      return removed.ok ? ok({ body: undefined }) : fail({ reason: removed.error });
    },
  }),
];

function inUse(message: string) {
  return { pointer: "", code: "in_use", message };
}

const CODE_TAKEN: Refusal = {
  reason: "code_taken",
  faults: [{ pointer: "/code", code: "code_taken", message: "Another audience has this code: give one of its own." }],
};

/** The key where it is short enough and free, else its head with a hash of the whole: the same for the same key at every try. */
function derivedCodes(key: string): readonly string[] {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 6);
  const hashed = `${key.slice(0, LONGEST_CODE - 1 - hash.length)}-${hash}`;
  return key.length <= LONGEST_CODE ? [key, hashed] : [hashed];
}

function answer(row: AudienceRow) {
  return { body: view(row), headers: { etag: `"${row.etag}"` } };
}

function view(row: AudienceRow): z.input<typeof Audience> {
  const { key, name, description, code, visibility, purpose } = row;
  return {
    key,
    name,
    description,
    rule: JSON.parse(row.rule),
    code,
    visibility,
    purpose,
    taxonomy: [...row.taxonomy],
    tags: [...row.tags],
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

type Settings = Omit<AudienceRow, "workspace" | "key" | "etag" | "createdAt" | "updatedAt">;

function isSame(row: AudienceRow, made: Settings): boolean {
  const texts = ({ name, description, rule, code, visibility, purpose, taxonomy: taxa, tags }: Settings): string =>
    JSON.stringify([name, description, rule, code, visibility, purpose, taxa, tags]);
  return texts(row) === texts(made);
}

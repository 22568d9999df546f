import { z } from "@hono/zod-openapi";
import { parseListType } from "../../core/identity/list-lines.ts";
import { parseDuration } from "../../core/model/duration.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { checkRule } from "../../core/rules/parse.ts";
import type { FilterView } from "../../durable-objects/list/calls.ts";
import { partnerKey } from "../../durable-objects/list/names.ts";
import { listCall, listStub } from "../../durable-objects/list/stub.ts";
import { database, newEtag, type Database } from "../cold/database.ts";
import { putDocument, removeDocument } from "../cold/documents.ts";
import { draftsOnList, listLists, listStore } from "../cold/lists.ts";
import type { ListRow } from "../cold/schema.ts";
import { reaching } from "../wire/unavailable.ts";
import { homeOf, Upload, uploadView } from "./list-shapes.ts";
import { cutPage, Next, PageByKey } from "./paging.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Key, KeyParams, Name, Time } from "./shapes.ts";
import { ruleSettingsOf } from "./workspace.ts";

const purpose = z
  .enum(["suppression", "customers", "partner"])
  .openapi({ description: "What it is for, for people to read: whom to leave out, whom we know, whom a partner knows." });

const identifier = z.string().openapi({
  description:
    "What a line of an upload holds where nothing else is said: `email`, `emailSha256`, `userId`, `anonymousId`, `phone` or `ext:TYPE`.",
  example: "email",
});

const expires = z
  .string()
  .nullable()
  .openapi({ description: "How long an entry holds from the upload that last bore it, as `90d`; null for ever." });

const ListBody = z
  .strictObject({
    name: Name,
    description: z.string().max(2_000).default(""),
    identifier: identifier.default("email").refine((type) => parseListType(type) !== undefined, {
      error: "This is no type of identifier.",
      params: { code: "unknown_value" },
    }),
    expires: expires.default(null).refine((text) => text === null || parseDuration(text).ok, {
      error: "Write a duration as 90d, 12h or 30m.",
      params: { code: "bad_duration" },
    }),
    purpose: purpose.default("customers"),
  })
  .openapi("ListBody");

const settings = {
  key: Key,
  name: z.string(),
  description: z.string(),
  identifier,
  expires,
  purpose,
  createdAt: Time,
  updatedAt: Time,
};

const List = z.strictObject(settings).openapi("List");

const Filter = z.strictObject({
  version: z.int(),
  members: z.int().openapi({ description: "Entries it was made of." }),
  bytes: z.int(),
  falsePositives: z.strictObject({
    nominal: z.number().openapi({ example: 0.001 }),
    measured: z.number().openapi({ description: "Share of strangers that it took for members." }),
    probes: z.int().openapi({ description: "How many strangers it was tried with." }),
  }),
  key: z.string().openapi({ description: "With it a partner makes the tags that the filter holds, base64url." }),
});

const ListDetail = z
  .strictObject({
    ...settings,
    members: z.int().openapi({ description: "Identifiers on it, as of the last upload that is through." }),
    filter: Filter.nullable(),
    uploads: z.array(Upload).openapi({ description: "The latest first, with deletions and what expired." }),
  })
  .openapi("ListDetail");

const TAG = "Lists";
const READERS = ["rules:write", "rules:publish", "kpis:read"] as const;

export const listRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/lists",
    scopes: READERS,
    tag: TAG,
    summary: "List the lists",
    query: PageByKey,
    reply: z.strictObject({ lists: z.array(List), next: Next }),
    async handle({ env, principal, query }) {
      const rows = await listLists(database(env.DB), principal.workspace, { limit: query.limit + 1, after: query.cursor });
      const { page, next } = cutPage(rows, query.limit, (row) => row.key);
      return ok({ body: { lists: page.map(view), next } });
    },
  }),
  route({
    method: "get",
    path: "/api/lists/{key}",
    scopes: READERS,
    tag: TAG,
    summary: "Get a list, with its filter and its uploads",
    params: KeyParams,
    reply: ListDetail,
    reasons: ["not_found"],
    async handle({ env, ctx, principal, params }) {
      const row = await listStore(database(env.DB), principal.workspace).find(params.key);
      if (row === undefined) return fail({ reason: "not_found" });
      const home = await homeOf(env, ctx, principal.workspace);
      const state = await reaching("the list", () => listStub(env, home, row.key).state(listCall(home, row.key)));
      const key = partnerKey(env.NAME_KEY, home.id, row.key).toString("base64url");
      const filter = state.filter === null ? null : { ...filterView(state.filter), key };
      const uploads = state.jobs.map(uploadView);
      return ok({
        body: { ...view(row), members: state.filter?.members ?? 0, filter, uploads },
        headers: { etag: `"${row.etag}"` },
      });
    },
  }),
  route({
    method: "put",
    path: "/api/lists/{key}",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Create or replace a list",
    description: "Acts at once; who is on it stays. `If-Match` with the ETag, where given, must hold.",
    params: KeyParams,
    body: ListBody,
    reply: List,
    reasons: ["bad_list_type", "precondition_failed"],
    async handle(call) {
      const { env, principal, params, body, now } = call;
      const { workspace } = principal;
      const type = parseListType(body.identifier);
      if (type === undefined) return fail({ reason: "bad_list_type" });
      const put = await putDocument(
        listStore(database(env.DB), workspace),
        params.key,
        call.conditions,
        auditEntry(call, "list.put", `list:${params.key}`),
        (before): Promise<Result<ListRow, never>> => {
          const wanted = { ...body, identifier: type };
          if (before !== undefined && isSame(before, wanted)) return Promise.resolve(ok(before));
          const times = { createdAt: before?.createdAt ?? now, updatedAt: now };
          return Promise.resolve(ok({ workspace, key: params.key, ...wanted, etag: newEtag(), ...times }));
        },
      );
      if (!put.ok) return fail({ reason: put.error });
      return ok({ body: view(put.value.row), headers: { etag: `"${put.value.row.etag}"` } });
    },
  }),
  route({
    method: "delete",
    path: "/api/lists/{key}",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Delete a list",
    description: "Everybody goes off it. One that audiences name cannot be deleted.",
    params: KeyParams,
    reasons: ["not_found", "in_use", "precondition_failed"],
    async handle(call) {
      const { env, ctx, principal, params } = call;
      const db = database(env.DB);
      const users = await usersOf(db, principal.workspace, params.key);
      if (users.length > 0) return fail({ reason: "in_use", faults: users.map(inUse) });
      const home = await homeOf(env, ctx, principal.workspace);
      const removed = await removeDocument(
        listStore(db, principal.workspace),
        params.key,
        call.conditions,
        auditEntry(call, "list.delete", `list:${params.key}`),
        () => reaching("the list", () => listStub(env, home, params.key).clear(listCall(home, params.key))),
      );
      return removed.ok ? ok({ body: undefined }) : fail({ reason: removed.error });
    },
  }),
];

/** Keys of the drafts that name a list. */
async function usersOf(db: Database, workspace: string, key: string): Promise<readonly string[]> {
  const drafts = await draftsOnList(db, workspace, key);
  const ofWorkspace = await ruleSettingsOf(db, workspace);
  return drafts
    .filter(({ rule }) => {
      const checked = checkRule(JSON.parse(rule), ofWorkspace);
      return !checked.ok || checked.value.lists.some((list) => list.key === key);
    })
    .map((draft) => draft.key);
}

function inUse(user: string) {
  return { pointer: "", code: "in_use", message: `The audience “${user}” names it.` };
}

function filterView({ version, members, bytes, nominalRate, probes, positives }: FilterView) {
  return { version, members, bytes, falsePositives: { nominal: nominalRate, measured: positives / probes, probes } };
}

function view({
  key,
  name,
  description,
  identifier: type,
  expires: span,
  purpose: use,
  createdAt,
  updatedAt,
}: ListRow): z.input<typeof List> {
  return {
    key,
    name,
    description,
    identifier: type,
    expires: span,
    purpose: use,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  };
}

type Settings = Omit<ListRow, "workspace" | "key" | "etag" | "createdAt" | "updatedAt">;

function isSame(row: ListRow, wanted: Settings): boolean {
  const text = ({ name, description, identifier: type, expires: span, purpose: use }: Settings): string =>
    JSON.stringify([name, description, type, span, use]);
  return text(row) === text(wanted);
}

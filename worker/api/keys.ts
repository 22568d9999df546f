import { randomBytes } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { rememberKey } from "../auth/cache.ts";
import { database } from "../cold/database.ts";
import { publishSecretKey, withdrawKey } from "../cold/published.ts";
import { hashKey, SCOPES } from "../cold/records.ts";
import type { SecretKeyRow } from "../cold/schema.ts";
import { findSecretKey, insertSecretKey, listSecretKeys, markRevoked } from "../cold/secret-keys.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { cutPage, Next, PageByKey } from "./paging.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Name, Time } from "./shapes.ts";

const Scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);

const shown = { id: z.string(), name: z.string(), scopes: Scopes, createdAt: Time, revokedAt: Time.nullable() };

const SecretKey = z.strictObject(shown).openapi("SecretKey");

const NewSecretKey = z
  .strictObject({ ...shown, secret: z.string().openapi({ description: "Shown this once: only its hash is kept." }) })
  .openapi("NewSecretKey");

const TAG = "Keys";

export const keyRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/keys",
    scopes: ["admin"],
    tag: TAG,
    summary: "List secret keys",
    query: PageByKey,
    reply: z.strictObject({ keys: z.array(SecretKey), next: Next }),
    async handle({ env, principal, query }) {
      const rows = await listSecretKeys(database(env.DB), principal.workspace, { limit: query.limit + 1, after: query.cursor });
      const { page, next } = cutPage(rows, query.limit, (row) => row.id);
      return ok({ body: { keys: page.map(view), next } });
    },
  }),
  route({
    method: "post",
    path: "/api/keys",
    scopes: ["admin"],
    tag: TAG,
    summary: "Create a secret key",
    description: "It may have the scopes of the key that creates it, or fewer.",
    body: z.strictObject({ name: Name, scopes: Scopes }).openapi("SecretKeyBody"),
    reply: NewSecretKey,
    async handle(call) {
      const { env, principal, body, now } = call;
      const { workspace } = principal;
      if (!body.scopes.every((scope) => principal.scopes.includes(scope))) {
        return fail({ reason: "forbidden_scope", detail: "A key can only create keys that may do no more than itself." });
      }
      const secret = `sk_${randomBytes(32).toString("base64url")}`;
      const id = randomBytes(9).toString("base64url");
      const scopes = SCOPES.filter((scope) => body.scopes.includes(scope));
      const row: SecretKeyRow = {
        workspace,
        id,
        name: body.name,
        hash: hashKey(secret),
        scopes,
        createdAt: now,
        revokedAt: null,
      };
      const inserted = await insertSecretKey(database(env.DB), row, auditEntry(call, "key.create", `key:${id}`));
      if (!inserted) throw new Unavailable("D1 has a key of this id already");
      const record = await publishSecretKey(env, workspace, id);
      if (record !== undefined) rememberKey(row.hash, record);
      return ok({ body: { ...view(row), secret } });
    },
  }),
  route({
    method: "delete",
    path: "/api/keys/{id}",
    scopes: ["admin"],
    tag: TAG,
    summary: "Revoke a secret key",
    description:
      "Refused at once here, by other isolates within 60 s. A key cannot revoke itself, so that the last one is not lost by a slip.",
    params: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
    reasons: ["not_found", "own_key"],
    async handle(call) {
      const { env, principal, params } = call;
      const db = database(env.DB);
      const row = await findSecretKey(db, principal.workspace, params.id);
      if (row === undefined) return fail({ reason: "not_found" });
      if (`key:${row.id}` === principal.actor) return fail({ reason: "own_key" });
      // Also for one that is marked already: whoever revoked it may have been cut off. Before the mark, so that a crash
      // leaves no marked key at work; after it, for a publish of the key that was under way and had seen no mark.
      await withdrawKey(env, row.hash);
      await markRevoked(db, principal.workspace, row.id, auditEntry(call, "key.revoke", `key:${row.id}`));
      await withdrawKey(env, row.hash);
      rememberKey(row.hash, undefined);
      return ok({ body: undefined });
    },
  }),
];

function view({ id, name, scopes, createdAt, revokedAt }: SecretKeyRow): z.input<typeof SecretKey> {
  return { id, name, scopes: [...scopes], createdAt: iso(createdAt), revokedAt: revokedAt === null ? null : iso(revokedAt) };
}

import { randomBytes } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { rememberWorkspace } from "../auth/cache.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import type { PublicKey, UserTokenKey } from "../cold/records.ts";
import {
  addUserTokenKey,
  listUserTokenKeys,
  MOST_USER_TOKEN_KEYS,
  removeUserTokenKey,
  userTokenSecret,
} from "../cold/user-token-keys.ts";
import { cutPage, Next, PageByKey } from "./paging.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Name, Time } from "./shapes.ts";

const Coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const point = { kty: z.literal("EC"), crv: z.literal("P-256"), x: Coordinate, y: Coordinate };

const Kid = z.string().openapi({ description: "Goes into the header of each token." });

const shown = {
  kid: Kid,
  name: z.string(),
  algorithm: z.enum(["HS256", "ES256"]),
  publicKey: z.strictObject(point).nullable(),
  createdAt: Time,
};

const UserTokenKeyShape = z.strictObject(shown).openapi("UserTokenKey");

const NewUserTokenKey = z
  .strictObject({
    ...shown,
    secret: z.string().optional().openapi({ description: "Of an HS256 key. Shown this once: it is kept nowhere." }),
  })
  .openapi("NewUserTokenKey");

const UserTokenKeyBody = z
  .strictObject({
    name: Name,
    algorithm: z.enum(["HS256", "ES256"]),
    publicKey: z
      .looseObject(point)
      .refine((jwk) => !Object.hasOwn(jwk, "d"), {
        path: ["d"],
        error: "Keep the private part of the key to yourself, and take another one: this one has been sent.",
        params: { code: "private_key" },
      })
      .optional()
      .openapi({ description: "Of an ES256 key: a JWK of P-256. Members beyond those of the public key are passed over." }),
  })
  .refine(({ algorithm, publicKey }) => (algorithm === "ES256") === (publicKey !== undefined), {
    path: ["publicKey"],
    error: "An ES256 key has a public key, an HS256 key has none.",
    params: { code: "bad_value" },
  })
  .openapi("UserTokenKeyBody");

const TAG = "User tokens";

export const userTokenKeyRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/user-token-keys",
    scopes: ["admin"],
    tag: TAG,
    summary: "List the keys of user tokens",
    query: PageByKey,
    reply: z.strictObject({ keys: z.array(UserTokenKeyShape), next: Next }),
    async handle({ env, principal, query }) {
      const keys = await listUserTokenKeys(env.PUBLISHED, principal.workspace);
      const { cursor } = query;
      const rest = keys
        .filter(({ kid }) => cursor === undefined || kid > cursor)
        .toSorted((one, other) => (one.kid < other.kid ? -1 : 1));
      const { page, next } = cutPage(rest.slice(0, query.limit + 1), query.limit, ({ kid }) => kid);
      return ok({ body: { keys: page.map(view), next } });
    },
  }),
  route({
    method: "post",
    path: "/api/user-token-keys",
    scopes: ["admin"],
    tag: TAG,
    summary: "Create a key of user tokens",
    description: `Tokens under it are taken at once here, by other isolates within 60 s. ${MOST_USER_TOKEN_KEYS} may hold at once.`,
    body: UserTokenKeyBody,
    reply: NewUserTokenKey,
    reasons: ["too_many_keys"],
    async handle(call) {
      const { env, principal, body, now } = call;
      const { workspace } = principal;
      const { name, publicKey: sent } = body;
      const kid = randomBytes(9).toString("base64url");
      const words = { kid, name, createdAt: now };
      let key: UserTokenKey = { ...words, algorithm: "HS256" };
      if (sent !== undefined) {
        const publicKey: PublicKey = { kty: sent.kty, crv: sent.crv, x: sent.x, y: sent.y };
        if (!(await isOnCurve(publicKey))) return fail({ reason: "bad_request", faults: [NO_KEY] });
        key = { ...words, algorithm: "ES256", publicKey };
      }
      // First: what cannot be noted does not happen.
      await addAudit(database(env.DB), auditEntry(call, "user-token-key.create", `user-token-key:${kid}`));
      const added = await addUserTokenKey(env.PUBLISHED, workspace, key);
      if (!added.ok) return fail({ reason: added.error });
      rememberWorkspace(added.value);
      const secret = key.algorithm === "HS256" ? { secret: userTokenSecret(env.NAME_KEY, workspace, kid) } : {};
      return ok({ body: { ...view(key), ...secret } });
    },
  }),
  route({
    method: "delete",
    path: "/api/user-token-keys/{kid}",
    scopes: ["admin"],
    tag: TAG,
    summary: "Revoke a key of user tokens",
    description: "Tokens under it, those in use as well, are as none at once here, in other isolates within 60 s.",
    params: z.strictObject({ kid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
    reasons: ["not_found"],
    async handle(call) {
      const { env, principal, params } = call;
      const keys = await listUserTokenKeys(env.PUBLISHED, principal.workspace);
      if (!keys.some(({ kid }) => kid === params.kid)) return fail({ reason: "not_found" });
      await addAudit(database(env.DB), auditEntry(call, "user-token-key.revoke", `user-token-key:${params.kid}`));
      rememberWorkspace(await removeUserTokenKey(env.PUBLISHED, principal.workspace, params.kid));
      return ok({ body: undefined });
    },
  }),
];

const NO_KEY = { pointer: "/publicKey", code: "bad_value", message: "This is no point of P-256." };

async function isOnCurve(key: PublicKey): Promise<boolean> {
  try {
    await crypto.subtle.importKey("jwk", key, { name: "ECDSA", namedCurve: key.crv }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

function view(key: UserTokenKey): z.input<typeof UserTokenKeyShape> {
  const { kid, name, algorithm, createdAt } = key;
  const publicKey = key.algorithm === "ES256" ? key.publicKey : null;
  return { kid, name, algorithm, publicKey, createdAt: iso(createdAt) };
}

import { z } from "@hono/zod-openapi";
import { jsonIdentifier } from "../../core/identity/list-lines.ts";
import { fail, ok } from "../../core/model/result.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { filterObjectKey, listCall, listStub } from "../../durable-objects/list/stub.ts";
import { database } from "../cold/database.ts";
import { overlapOf } from "../cold/list-overlap.ts";
import { listLists, listStore } from "../cold/lists.ts";
import type { ListRow } from "../cold/schema.ts";
import { reaching } from "../wire/unavailable.ts";
import { homeOf } from "./list-shapes.ts";
import { route, type Context, type Route } from "./route.ts";
import { Key, KeyParams } from "./shapes.ts";

const TAG = "Lists";
/** Identifiers of one question. */
const MOST_ASKED = 1_000;
/** Lists that an overlap is told with. */
const MOST_LISTS = 200;

const People = z.int().nullable().openapi({ description: "Null where they are fewer than the workspace shows." });

export const listMatchRoutes: readonly Route[] = [
  route({
    method: "post",
    path: "/api/lists/{key}/match",
    scopes: ["profiles:read"],
    tag: TAG,
    summary: "Which of these identifiers are on the list",
    description: "Exact at this moment, also while an upload is taken in. Answers in the order of the question.",
    params: KeyParams,
    body: z
      .strictObject({
        identifiers: z
          .array(z.union([z.string().max(1_000), z.record(z.string(), z.unknown())]))
          .max(MOST_ASKED)
          .openapi({
            example: ["ann@shop.example", { userId: "u1" }],
            description: "Of the list's own type, or an `identity` as decisions take it.",
          }),
      })
      .openapi("ListQuestion"),
    reply: z
      .strictObject({
        matches: z.array(z.boolean().nullable()).openapi({ description: "Null for what is no identifier." }),
        matched: z.int(),
      })
      .openapi("ListAnswer"),
    reasons: ["not_found"],
    async handle({ env, ctx, principal, params, body, now }) {
      const list = await listOf({ env, principal }, params.key);
      if (list === undefined) return fail({ reason: "not_found" });
      const home = await homeOf(env, ctx, principal.workspace);
      const named = body.identifiers.map((one) => {
        const identifier = jsonIdentifier(list.identifier, JSON.stringify(one));
        return identifier.ok ? profileName(env.NAME_KEY, home.id, identifier.value) : null;
      });
      const asked = named.filter((name) => name !== null);
      const standings = await reaching("the list", () => listStub(env, home, list.key).standing(listCall(home, list.key), asked));
      const on = new Set(
        asked.filter((_, place) => {
          const standing = standings[place];
          return standing !== null && standing !== undefined && standing.gone === null && now < (standing.until ?? Infinity);
        }),
      );
      const matches = named.map((name) => (name === null ? null : on.has(name)));
      return ok({ body: { matches, matched: matches.filter((is) => is === true).length } });
    },
  }),
  route({
    method: "get",
    path: "/api/lists/{key}/overlap",
    scopes: ["kpis:read"],
    tag: TAG,
    summary: "How many people on the list are known, and where else they are",
    description: "Exact over what has reached the index. Audiences are counted up to 20,000 known people.",
    params: KeyParams,
    reply: z
      .strictObject({
        members: z.int(),
        known: People,
        lists: z.array(z.strictObject({ list: Key, people: People })),
        audiences: z.array(z.strictObject({ audience: z.string(), people: People })).nullable(),
      })
      .openapi("ListOverlap"),
    reasons: ["not_found"],
    async handle({ env, ctx, principal, params }) {
      const list = await listOf({ env, principal }, params.key);
      if (list === undefined) return fail({ reason: "not_found" });
      const home = await homeOf(env, ctx, principal.workspace);
      const rows = await listLists(database(env.DB), home.id, { limit: MOST_LISTS });
      const others = rows.map(({ key }) => key).filter((key) => key !== list.key);
      const { known, lists, audiences } = await overlapOf(env, home.id, list.key, others);
      const state = await reaching("the list", () => listStub(env, home, list.key).state(listCall(home, list.key)));
      const shown = (people: number): number | null => (people > 0 && people < home.smallCount ? null : people);
      return ok({
        body: {
          members: state.filter?.members ?? 0,
          known: shown(known),
          lists: others.map((key) => ({ list: key, people: shown(lists.get(key) ?? 0) })),
          audiences:
            audiences === undefined
              ? null
              : [...audiences.keys()].toSorted().map((audience) => ({ audience, people: shown(audiences.get(audience) ?? 0) })),
        },
      });
    },
  }),
  route({
    method: "get",
    path: "/api/lists/{key}/filter",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "The list as a Bloom filter, for a partner",
    description:
      "A line of JSON and the bits. With the `key` that the list shows a partner tries its own identifiers; without it the filter says nothing.",
    params: KeyParams,
    bytes: "application/octet-stream",
    reasons: ["not_found"],
    async handle({ env, ctx, principal, params }) {
      const list = await listOf({ env, principal }, params.key);
      if (list === undefined) return fail({ reason: "not_found" });
      const home = await homeOf(env, ctx, principal.workspace);
      const { filter } = await reaching("the list", () => listStub(env, home, list.key).state(listCall(home, list.key)));
      if (filter === null) return fail({ reason: "not_found" });
      const key = filterObjectKey({ workspace: home.id, list: list.key }, filter.version, "tags");
      const object = await reaching("R2", () => env.PUBLISHED.get(key));
      if (object === null) return fail({ reason: "not_found" });
      return ok({ body: undefined, stream: object.body, headers: { etag: `"${filter.version}"` } });
    },
  }),
];

function listOf({ env, principal }: Pick<Context, "env" | "principal">, key: string): Promise<ListRow | undefined> {
  return listStore(database(env.DB), principal.workspace).find(key);
}

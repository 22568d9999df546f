import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { forgetAll } from "../../worker/auth/cache.ts";
import { database } from "../../worker/cold/database.ts";
import { applyMigrations } from "../../worker/cold/migrate.ts";
import { originObjectKey, SCOPES } from "../../worker/cold/records.ts";
import { sourceStore } from "../../worker/cold/sources.ts";
import { MIGRATIONS } from "../../worker/cold/test-workspaces.ts";
import { tlIdCookie } from "../../worker/collect/tl-id.ts";
import { DATA_ROUTES, type DataRoute } from "../../worker/data-plane.ts";
import { fresh } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, putKey, type DecideBody, type TestWorkspace } from "./workspace.ts";

/**
 * Every route of the data plane, as its own table lists them, with two workspaces: nothing opens without its key, and a
 * key of one workspace reaches nothing of the other.
 */
let mine: TestWorkspace;
let theirs: TestWorkspace;
const MARK = "belongs-to-the-others";
const USER = "the-same-user";

/** A source that an import names: the one thing here that D1 knows. */
async function addSource(workspace: string): Promise<void> {
  await applyMigrations(env.DB, MIGRATIONS);
  const entry = { workspace, at: 0, actor: "test", action: "source.put", target: "source:store" };
  const settings = {
    name: "Store",
    kind: "server",
    channel: "store",
    party: "first",
    identify: "open",
    consent: "assumed",
  } as const;
  const row = { workspace, key: "store", ...settings, origins: [], priority: 1, writeKey: fresh("wk"), etag: "1" };
  await sourceStore(database(env.DB), workspace).insert({ ...row, createdAt: 0, updatedAt: 0 }, entry);
}

beforeAll(async () => {
  mine = await makeWorkspace();
  await addSource(mine.id);
  theirs = await makeWorkspace({ [MARK]: { event: MARK } });
  await collect(theirs.writeKeys.store, "track", { userId: USER, event: MARK });
  await collect(theirs.writeKeys.store, "identify", { userId: USER, traits: { mark: MARK } });
});

function bodyOf(path: string): unknown {
  const event = { userId: USER, messageId: fresh("m"), event: "mine" };
  const asked = { identity: { userId: USER }, include: ["audiences", "traits"] };
  switch (path) {
    case "/v1/decide":
      return asked;
    case "/v1/decide/batch":
      return {
        requests: [
          asked,
          { ...asked, identity: { profileId: profileName(env.NAME_KEY, theirs.id, { type: "userId", value: USER }) } },
        ],
      };
    case "/v1/batch":
    case "/v1/b":
    case "/v1/beacon":
      return { batch: [{ ...event, type: "track" }] };
    case "/v1/consent":
      return { identity: { userId: USER }, consent: { purposes: { storage: false } } };
    case "/v1/import":
      return event;
    case "/openrtb2/enrich":
      return { id: "1", imp: [], user: { eids: [{ source: "tideline", uids: [{ id: USER }] }] } };
    case "/adcp/identity":
      return {
        type: "identity_match_request",
        request_id: "1",
        seller_agent_url: "https://seller.example/",
        identities: [{ user_token: USER, uid_type: "publisher_first_party" }],
      };
    case "/ofrep/v1/evaluate/flags":
    case "/ofrep/v1/evaluate/flags/:flag":
      return { context: { targetingKey: USER } };
    default:
      if (/^\/(?:v1|api\/s)\/[a-z]+$/.test(path)) return event;
      throw new Error(`say what ${path} is called with`);
  }
}

/** What a page says where both kinds of key open a path: it can name nobody. */
function publicBodyOf(path: string): unknown {
  if (path.startsWith("/ofrep/")) return { context: { targetingKey: USER } };
  return path === "/v1/decide" ? { placements: [] } : bodyOf(path);
}

/** Calls a route, by its method; a path that names a key names this one. */
async function callRoute(
  { method, path }: DataRoute,
  headers: Readonly<Record<string, string>>,
  { query = "", key = "" } = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const asks: Readonly<Record<string, string>> = {
    "/v1/import": "source=store&type=track&format=ndjson",
    "/v1/optable-compatible": `t=shop&o=web&id=c:${USER}`,
  };
  const asked = asks[path];
  const said = asked === undefined ? query : `${query === "" ? "?" : `${query}&`}${asked}`;
  const url = `http://tideline.test${path.replace(":key", key)}${said}`;
  const isPublic = headers["x-write-key"] !== undefined;
  const body = method === "GET" ? {} : { body: JSON.stringify(isPublic ? publicBodyOf(path) : bodyOf(path)) };
  const response = await exports.default.fetch(new Request(url, { method, headers, ...body }));
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** What a route answers that is called as here: of a flag that is not there, that. */
function statusOf({ path }: DataRoute): number {
  if (path === "/v1/import") return 202;
  return path.endsWith("/:flag") || path.endsWith("/:placement") ? 404 : 200;
}

/** A path that two kinds of key open is two of them. */
const OPENED: readonly DataRoute[] = DATA_ROUTES.flatMap((route): DataRoute[] => {
  const { method, path } = route;
  const publicly = route.key === "secret" && route.body === undefined ? route.publicly : undefined;
  return publicly === undefined ? [route] : [route, { method, path, key: "write", handle: publicly }];
});
const isOpenedByBoth = ({ path }: DataRoute): boolean => OPENED.filter((route) => route.path === path).length > 1;

const keyOf = (route: DataRoute, workspace: TestWorkspace): Record<string, string> =>
  route.key === "write" ? { "x-write-key": workspace.writeKeys.store } : { authorization: `Bearer ${workspace.secret}` };

const named = OPENED.map((route) => ({ name: `${route.method} ${route.path}, ${route.key} key`, route }));

describe.each(named)("$name", ({ route }) => {
  it.each([
    ["without a key", (): Record<string, string> => ({})],
    ["with an unknown secret key", (): Record<string, string> => ({ authorization: "Bearer sk_nobody" })],
    ["with an unknown write key", (): Record<string, string> => ({ "x-write-key": "wk_nobody" })],
    [
      "with a key of the other kind",
      (): Record<string, string> => keyOf({ ...route, key: route.key === "write" ? "secret" : "write" } as DataRoute, theirs),
    ],
    ["with a secret key as a write key", (): Record<string, string> => ({ "x-write-key": theirs.secret })],
    ["with a write key as a secret key", (): Record<string, string> => ({ authorization: `Bearer ${theirs.writeKeys.store}` })],
    ["with a secret key in the URL", (): Record<string, string> => ({ "x-test-query": `?writeKey=${theirs.secret}` })],
  ])("is closed %s", async (_, credentials) => {
    const { "x-test-query": query = "", ...headers } = credentials();
    // There the other kind's key opens the path, to less.
    if (isOpenedByBoth(route) && _ === "with a key of the other kind") return;
    const key = headers["x-write-key"] ?? "wk_nobody";
    const answer = await callRoute(route, headers, { query, key });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([401, "unauthorized"]);
    expect(answer.text).not.toContain(theirs.secret);
  });

  it("tells and changes nothing of the other workspace", async () => {
    const answer = await callRoute(route, keyOf(route, mine), { key: mine.writeKeys.store });
    expect(answer.status).toBe(statusOf(route));
    expect(answer.text).not.toContain(MARK);
    const other = await decideOver(theirs.secret, { identity: { userId: USER }, include: ["audiences", "traits"] });
    expect(other.body).toMatchObject({ known: true, audiences: [MARK], traits: { mark: MARK } });
  });
});

/** Kind of the key's source, the page's origin, whether it is let in. */
const ORIGINS = [
  ["web", undefined, true],
  ["web", "http://localhost:5173", true],
  ["web", "https://evil.example", false],
  ["web", "null", false],
  ["app", undefined, true],
  ["app", "https://evil.example", false],
  ["store", undefined, true],
  ["store", "http://localhost:5173", false],
] as const;

describe.each(named.filter(({ route }) => route.key === "write"))("$name", ({ route }) => {
  it.each(ORIGINS)("under the key of a source of kind %s in a page of %s: %s", async (kind, origin, isLetIn) => {
    const key = mine.writeKeys[kind];
    const headers = { "x-write-key": key, ...(origin === undefined ? {} : { origin }) };
    const answer = await callRoute(route, headers, { key });
    expect(answer.status).toBe(isLetIn ? statusOf(route) : 403);
    if (!isLetIn) expect(JSON.parse(answer.text).code).toBe("origin_not_allowed");
    // A page reads a reply only where its source lists it: never one that names itself.
    expect(answer.headers.get("access-control-allow-origin")).toBe(isLetIn && origin !== undefined ? origin : null);
  });
});

describe.each(named.filter(({ route }) => route.key === "write"))("$name", ({ route }) => {
  it("tells a browser nothing of its person but what is public", async () => {
    const key = theirs.writeKeys.web;
    const person = profileName(env.NAME_KEY, theirs.id, { type: "userId", value: USER });
    const cookie = tlIdCookie(env, theirs.id, Date.now(), { profileId: person, kind: "person" }, undefined) ?? "";
    const headers = { "x-write-key": key, cookie: cookie.split(";", 1)[0] ?? "" };
    const answer = await callRoute(route, headers, { key });
    expect(answer.status).toBe(statusOf(route));
    for (const secret of [MARK, person, "known", "profileId", "traits", "validUntil"]) expect(answer.text).not.toContain(secret);
    expect(answer.headers.get("server-timing")).toBeNull();
  });
});

describe.each(DATA_ROUTES.flatMap((route) => (route.key === "secret" ? [{ path: route.path, scope: route.scope, route }] : [])))(
  "$path",
  ({ scope, route }) => {
    it(`is closed to a key that has every scope but ${scope}`, async () => {
      const key = `sk_${fresh("s")}`;
      await putKey(key, { v: 1, workspace: mine.id, type: "secret", id: "k", scopes: SCOPES.filter((other) => other !== scope) });
      const answer = await callRoute(route, { authorization: `Bearer ${key}` });
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, "forbidden_scope"]);
    });
  },
);

describe("the data plane", () => {
  afterEach(() => vi.restoreAllMocks());

  it("gives one workspace's person under the other's profile id as nobody", async () => {
    const profileId = profileName(env.NAME_KEY, theirs.id, { type: "userId", value: USER });
    const { body } = await decideOver(mine.secret, { identity: { profileId }, include: ["audiences", "traits"] });
    expect(body).toMatchObject({ known: false, audiences: [] } satisfies Partial<DecideBody>);
    expect(body).not.toHaveProperty("traits");
  });

  it("answers a preflight of an origin that some source allows, and no other", async () => {
    const preflight = (origin: string): Promise<Response> =>
      exports.default.fetch(
        new Request("http://tideline.test/v1/track", {
          method: "OPTIONS",
          headers: { origin, "access-control-request-method": "POST" },
        }),
      );
    await env.PUBLISHED.put(originObjectKey("http://localhost:*"), "true");
    const known = await preflight("http://localhost:5173");
    expect(known.headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
    expect(known.headers.get("access-control-allow-headers")).toContain("authorization");
    const unknown = await preflight("https://evil.example");
    expect(unknown.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("says 503 with Retry-After when the published records cannot be reached, never 401 or 200", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    forgetAll();
    vi.spyOn(env.PUBLISHED, "get").mockRejectedValue(new Error(`R2 is down and quotes ${mine.secret}`));
    for (const route of DATA_ROUTES) {
      const answer = await callRoute(route, keyOf(route, mine), { key: mine.writeKeys.store });
      expect([answer.status, JSON.parse(answer.text).code, answer.headers.get("retry-after")]).toEqual([503, "unavailable", "1"]);
    }
    expect(JSON.stringify(printed.mock.calls)).not.toContain(mine.secret);
  });
});

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { keepRejected } from "../../durable-objects/quarantine/stub.ts";
import { importStub } from "../../durable-objects/import/stub.ts";
import { noteImport, sourceOfImport } from "../cold/imports.ts";
import { SCOPES } from "../cold/records.ts";
import { settleList } from "../../test/runtime/lists.ts";
import { testKey, testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { createApi } from "./app.ts";
import { ROUTES } from "./routes.ts";
import { call, testPerson, type Reply } from "./test-api.ts";

/**
 * Two workspaces over every route of the router: what belongs to one is not there for the other, and nothing is there
 * for a key that is none, is public, or lacks the scope.
 */
let mine: TestWorkspace;
let theirs: TestWorkspace;
/** Stands in everything that is theirs: wherever a reply to me holds it, I see what I must not. */
const MARK = "belongs-to-the-others";
let theirKeyId: string;
let theirUploadId: string;
let theirKid: string;

const rule = { event: MARK, count: { gte: 1 } };

beforeAll(async () => {
  mine = await testWorkspace();
  theirs = await testWorkspace({ name: MARK });
  const key = theirs.secret;
  const made = [
    await call("PUT", `/api/sources/${MARK}`, {
      key,
      body: { name: MARK, kind: "browser", origins: [`https://${MARK}.example`] },
    }),
    await call("PUT", `/api/audiences/${MARK}`, { key, body: { name: MARK, rule, code: "theirs" } }),
    await call("POST", "/api/ruleset/publish", { key, body: { note: MARK } }),
    await call("POST", "/api/keys", { key, body: { name: MARK, scopes: ["decide"] } }),
    await call("PUT", `/api/lists/${MARK}`, { key, body: { name: MARK, description: MARK, identifier: "userId" } }),
    await call("POST", `/api/lists/${MARK}/members`, { key, raw: "u1" }),
    await call("PUT", "/api/plan", { key, body: { events: { [MARK]: {} } } }),
    await call("PUT", "/api/workspace", {
      key,
      body: { timeZone: "Europe/Paris", retentionDays: 400, goldenRecord: { traits: { [MARK]: "longest" } } },
    }),
    await call("POST", "/api/user-token-keys", { key, body: { name: MARK, algorithm: "HS256" } }),
    await call("PUT", `/api/placements/${MARK}`, { key, body: { name: MARK } }),
    await call("PUT", `/api/team/${MARK}`, { key, body: { name: MARK, email: "them@example.com", role: "admin" } }),
    await call("PUT", `/api/campaigns/${MARK}`, {
      key,
      body: { name: MARK, placement: MARK, creatives: [{ key: MARK, content: MARK }] },
    }),
  ];
  expect(made.map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200, 202, 200, 200, 200, 200, 200, 200]);
  theirKeyId = made[3]?.json.id;
  await theirImport();
  theirUploadId = made[5]?.json.uploadId;
  theirKid = made[8]?.json.kid;
  await settleList(theirs, MARK);
  await testPerson(theirs.id, "u1", [[MARK, { what: MARK }]]);
  const rejected = { source: "web", messageId: "m1", code: "wrong_type", at: 1_000, payload: JSON.stringify({ event: MARK }) };
  await keepRejected(env, { id: theirs.id, jurisdiction: null }, [rejected]);
  const dead = {
    id: "theirs",
    workspace: theirs.id,
    at: 1_000,
    reason: "unknown_version",
    body: JSON.stringify({ v: 9, what: MARK }),
  };
  await env.DB.prepare("INSERT INTO dead_letter (id, workspace, at, reason, body) VALUES (?, ?, ?, ?, ?)")
    .bind(...Object.values(dead))
    .run();
  const hour = "INSERT INTO audience_hour VALUES (?, ?, 0, 7, 0, 0, 0)";
  await env.DB.prepare(hour).bind(theirs.id, MARK).run();
  const person = profileName(env.NAME_KEY, theirs.id, { type: "userId", value: "u1" });
  await call("POST", `/api/profiles/${person}/household`, { key: theirs.secret, body: { householdId: MARK } });
  await vi.waitFor(async () => {
    expect((await call("GET", `/api/households/${theirHousehold()}`, { key: theirs.secret })).status).toBe(200);
  });
  await env.DB.prepare("INSERT INTO catalogue_event VALUES (?1, ?2, ?2, 0, 0)").bind(theirs.id, MARK).run();
  await env.DB.prepare("INSERT INTO catalogue_property VALUES (?1, ?2, ?2, 'text', 0, 0, '')").bind(theirs.id, MARK).run();
});

/** Where their person lives. */
function theirHousehold(): ProfileId {
  return profileName(env.NAME_KEY, theirs.id, { type: "household", value: MARK });
}

/** An import of theirs, its name the mark. */
async function theirImport(): Promise<void> {
  const source = await sourceOfImport(env.DB, theirs.id, MARK);
  if (source === undefined) throw new Error("their source is there");
  const settings = { type: "track", event: null, dryRun: false, layout: { format: "ndjson" } } as const;
  await noteImport(env.DB, { workspace: theirs.id, id: MARK, createdAt: 1_000 }, "all");
  const job = { importId: MARK, workspace: theirs.id, jurisdiction: null, settings, source, createdAt: 1_000 };
  await importStub(env, { id: theirs.id, jurisdiction: null }, MARK).begin(job);
}

/** The call of a route that reaches what is theirs, as far as a path or a body can name it. */
function request(method: string, path: string): { readonly path: string; readonly body?: unknown } {
  const filled = path
    .replace("/api/keys/{id}", `/api/keys/${theirKeyId}`)
    .replace("/api/imports/{id}", `/api/imports/${MARK}`)
    .replace("/api/team/{id}", `/api/team/${MARK}`)
    .replace("/api/households/{id}", `/api/households/${theirHousehold()}`)
    .replace("{key}", MARK)
    .replace("{event}", MARK)
    .replace("{upload}", theirUploadId)
    .replace("{kid}", theirKid)
    .replace("{id}", profileName(env.NAME_KEY, theirs.id, { type: "userId", value: "u1" }));
  const query = path.endsWith("/explain")
    ? `?audience=${MARK}`
    : method === "post" && path === "/api/imports"
      ? `?source=${MARK}`
      : path === "/api/live"
        ? "?seconds=0"
        : "";
  return { path: filled + query, ...(method === "get" || method === "delete" ? {} : { body: bodyOf(path) }) };
}

function bodyOf(path: string): unknown {
  switch (path) {
    case "/api/workspace":
      return { timeZone: "Europe/Paris", retentionDays: 400 };
    case "/api/sources/{key}":
      return { name: "Mine", kind: "browser" };
    case "/api/lists/{key}":
      return { name: "Mine" };
    case "/api/lists/{key}/match":
      return { identifiers: ["u1"] };
    case "/api/lists/{key}/members":
    case "/api/imports":
      return "u1";
    case "/api/team/{id}":
      return { name: "Mine", email: "me@example.com", role: "viewer" };
    case "/api/team/{id}/link":
      return {};
    case "/api/profiles/{id}/split":
    case "/api/profiles/{id}/link":
      return { identifier: { type: "userId", hash: "A".repeat(43) } };
    case "/api/profiles/{id}/household":
      return { householdId: "h1" };
    case "/api/plan":
      return { events: { Mine: {} } };
    case "/api/plan/check":
      return { events: [{ type: "track", event: "Mine" }] };
    case "/api/placements/{key}":
      return { name: "Mine" };
    case "/api/campaigns/{key}":
      return { name: "Mine", placement: "mine", creatives: [{ key: "a", content: {} }] };
    case "/api/audiences/{key}":
      return { name: "Mine", rule: { everyone: true } };
    case "/api/keys":
      return { name: "Mine", scopes: ["decide"] };
    case "/api/user-token-keys":
      return { name: "Mine", algorithm: "HS256" };
    case "/api/rules/preview":
    case "/api/rules/validate":
      return { rule: { everyone: true } };
    case "/api/ruleset/publish":
    case "/api/ruleset/effect":
      return {};
    case "/api/quarantine/replay":
    case "/api/dead-letters/replay":
    case "/api/restore":
      return {};
    case "/api/ruleset/rollback":
      return { version: 1 };
    case "/api/profiles/lookup":
      return { userId: "u1" };
    default:
      throw new Error(`say what ${path} is called with`);
  }
}

/** All but those of a session, which a key has none of (session.test.ts). */
const routes = ROUTES.filter((route) => route.path !== "/api/session").map((route) => ({
  name: `${route.method.toUpperCase()} ${route.path}`,
  route,
}));

function expectProblem(reply: Reply, status: number, code: string): void {
  expect([reply.status, reply.json?.code]).toEqual([status, code]);
  expect(reply.headers.get("content-type")).toBe("application/problem+json");
}

describe.each(routes)("$name", ({ route }) => {
  it.each([
    ["without a key", () => ({})],
    ["with an unknown key", () => ({ key: "sk_nobody" })],
    ["with a write key", () => ({ key: theirs.writeKey })],
    ["with a write key as a user", () => ({ headers: { authorization: `Basic ${btoa(`${theirs.writeKey}:`)}` } })],
    ["with a secret key in the URL", () => ({ headers: {}, query: `apiKey=${theirs.secret}` })],
    ["with a secret key as a user", () => ({ headers: { authorization: `Basic ${btoa(`${theirs.secret}:`)}` } })],
  ])("is closed %s", async (_, credentials) => {
    const { path, body } = request(route.method, route.path);
    const { query, ...options } = { query: "", ...credentials() };
    const reply = await call(route.method, query === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`, {
      ...options,
      body,
    });
    expectProblem(reply, 401, "unauthorized");
    expect(reply.text).not.toContain(theirs.id);
  });

  it("is closed to a key that has every scope but its own", async () => {
    const others = SCOPES.filter((scope) => !route.scopes.includes(scope));
    const { path, body } = request(route.method, route.path);
    expectProblem(await call(route.method, path, { key: await testKey(theirs.id, others), body }), 403, "forbidden_scope");
  });

  it.each(["admin", "rules:write", "rules:publish", "profiles:read", "kpis:read"] as const)(
    "opens to %s only where it says so",
    async (scope) => {
      const { path, body } = request("get", route.path);
      const reply = await call(route.method, path, {
        key: await testKey(mine.id, [scope]),
        body: body ?? (route.body === undefined ? undefined : "no body of any route"),
      });
      expect(reply.status === 403).toBe(!route.scopes.includes(scope));
    },
  );

  it("shows and changes nothing of the other workspace", async () => {
    const { path, body } = request(route.method, route.path);
    const seen = await call("GET", `/api/audit?limit=200`, { key: theirs.secret });
    const reply = await call(route.method, path, { key: mine.secret, body });
    // A source of theirs is none of mine.
    expect(path.startsWith("/api/imports?") ? [400] : [200, 204, 404]).toContain(reply.status);
    if (
      (path.includes(MARK) && !path.startsWith("/api/imports?")) ||
      path.includes(theirKeyId) ||
      path.includes(theirKid) ||
      /\/api\/(?:profiles|households)\//.test(path)
    ) {
      expect(route.method === "put" ? 200 : 404).toBe(reply.status);
    }
    // A path that I name myself may come back to me; nothing else of theirs may.
    expect(
      reply.text.replaceAll(`"key":"${MARK}"`, "").replaceAll(`"id":"${MARK}"`, "").replaceAll(`:${MARK}"`, ""),
    ).not.toContain(MARK);
    for (const secret of [theirs.id, theirs.secret, theirs.writeKey]) expect(reply.text).not.toContain(secret);
    const after = await call("GET", `/api/audit?limit=200`, { key: theirs.secret });
    expect(after.text).toBe(seen.text);
  });
});

describe("what is theirs", () => {
  it("is there for them: so nothing above was refused for want of being there", async () => {
    const key = theirs.secret;
    for (const { route } of routes.filter(({ route: { method } }) => method === "get")) {
      expect([
        route.path,
        (await call("GET", request("get", route.path).path.replace("/api/keys/{id}", ""), { key })).status,
      ]).toEqual([route.path, 200]);
    }
    expect((await call("POST", "/api/profiles/lookup", { key, body: { userId: "u1" } })).status).toBe(200);
    expect((await call("GET", "/api/quarantine", { key })).text).toContain(MARK);
    expect((await call("GET", "/api/imports", { key })).json.imports).toMatchObject([{ importId: MARK }]);
    expect((await call("GET", "/api/dead-letters", { key })).text).toContain(MARK);
    expect((await call("GET", `/api/audiences/${MARK}/size`, { key })).json.now).toBe(7);
    expect((await call("GET", `/api/catalogue/${MARK}`, { key })).json.properties).toMatchObject([{ path: MARK }]);
  });

  it("is as it was after all that", async () => {
    const key = theirs.secret;
    expect((await call("GET", "/api/workspace", { key })).json).toMatchObject({ id: theirs.id, name: MARK });
    expect((await call("GET", `/api/sources/${MARK}`, { key })).json).toMatchObject({ name: MARK });
    expect((await call("GET", `/api/audiences/${MARK}`, { key })).json).toMatchObject({ name: MARK, rule, code: "theirs" });
    expect((await call("GET", `/api/placements/${MARK}`, { key })).json).toMatchObject({ name: MARK });
    expect((await call("GET", `/api/campaigns/${MARK}`, { key })).json).toMatchObject({ name: MARK, placement: MARK });
    expect((await call("GET", "/api/ruleset/versions", { key })).json.versions).toMatchObject([
      { version: 1, live: true, note: MARK },
    ]);
    expect((await call("GET", "/api/user-token-keys", { key })).json.keys).toMatchObject([{ kid: theirKid, name: MARK }]);
    expect((await call("GET", "/api/plan", { key })).json).toMatchObject({ version: 1, events: { [MARK]: {} } });
    const keys = (await call("GET", "/api/keys?limit=100", { key })).json.keys;
    expect(keys).toContainEqual(expect.objectContaining({ id: theirKeyId, revokedAt: null }));
  });
});

describe("the app", () => {
  it("does not start with a route that declares no scope", () => {
    const [first, ...rest] = ROUTES;
    expect(() => createApi([{ ...first!, scopes: [] }, ...rest])).toThrow("declares no scope");
  });

  it.each([
    ["beside the routes", "get", "/api/planted"],
    ["for a method more", "post", "/api/sources/:key"],
    ["outside /api", "get", "/planted"],
  ] as const)("does not start with a handler planted %s", (_, method, path) => {
    expect(() => createApi(ROUTES, (app) => void app.on(method, path, (c) => c.text("open")))).toThrow("declares no scope");
  });

  it("asks for a key even of a handler that is planted later", async () => {
    const api = createApi(ROUTES);
    api.get("/api/planted", (c) => c.text("open"));
    expectProblem(await call("GET", "/api/planted", { api }), 401, "unauthorized");
  });

  it("is open where it describes itself, and nowhere else", async () => {
    const open = createApi(ROUTES)
      .routes.filter(({ path }) => path !== "/*")
      .map(({ path }) => path)
      .filter((path) => !ROUTES.some((route) => route.path.replaceAll(/\{(\w+)\}/g, ":$1") === path));
    expect(open).toEqual(["/api/openapi.json", "/api/reference"]);
    for (const path of open) expect((await call("GET", path)).status).toBe(200);
  });
});

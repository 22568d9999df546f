import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call, type Reply } from "./test-api.ts";

let shop: TestWorkspace;
const OWN = { "sec-fetch-site": "same-origin" };

beforeAll(async () => {
  shop = await testWorkspace();
  await put("boss", "admin");
});

async function put(id: string, role: string, key = shop.secret): Promise<Reply> {
  return call("PUT", `/api/team/${id}`, { key, body: { name: `The ${id}`, email: `${id}@example.com`, role } });
}

async function linkOf(id: string): Promise<string> {
  const made = await call("POST", `/api/team/${id}/link`, { key: shop.secret });
  expect(made.status).toBe(200);
  return made.json.link;
}

function cookieOf(reply: Reply): string {
  return reply.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

/** The cookie of somebody who has signed in. */
async function signedIn(id: string): Promise<string> {
  return cookieOf(await call("POST", "/api/session", { body: { link: await linkOf(id) } }));
}

const as = (cookie: string, method: string, path: string, body?: unknown, more: Record<string, string> = OWN): Promise<Reply> =>
  call(method, path, { headers: { cookie, ...more }, ...(body === undefined ? {} : { body }) });

describe("a session", () => {
  it("begins with a link, says who it is, and ends", async () => {
    const reply = await call("POST", "/api/session", { body: { link: await linkOf("boss") } });
    expect(reply.headers.get("set-cookie")).toMatch(
      /^tl_session=[\w.-]+; Max-Age=43200; Path=\/api; HttpOnly; SameSite=Strict; Secure$/,
    );
    const seen = await as(cookieOf(reply), "GET", "/api/session");
    expect(seen.json).toMatchObject({
      member: { id: "boss", name: "The boss", role: "admin", language: "en" },
      workspace: { id: shop.id, timeZone: expect.any(String) },
      demo: false,
    });
    expect(seen.json.scopes).toContain("admin");
    const left = await as(cookieOf(reply), "DELETE", "/api/session");
    expect([left.status, left.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("tl_session=; Max-Age=0")]);
  });

  it("is begun once by a link: of many who use it at once, one", async () => {
    const link = await linkOf("boss");
    const replies = await Promise.all(Array.from({ length: 8 }, () => call("POST", "/api/session", { body: { link } })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(7);
  });

  it("is begun by no link that is too old, or none", async () => {
    const link = await linkOf("boss");
    const later = Date.now() + 15 * 60_000 + 1;
    vi.setSystemTime(later);
    try {
      expect((await call("POST", "/api/session", { body: { link } })).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
    expect((await call("POST", "/api/session", { body: { link: "nothing" } })).status).toBe(401);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM sign_in_link WHERE hash = ?").bind(link).first("n")).toBe(0);
  });

  it("is nobody's when its cookie was touched, is too old, or is another token of ours", async () => {
    const cookie = await signedIn("boss");
    const touched = `${cookie.slice(0, -2)}${cookie.endsWith("AA") ? "BB" : "AA"}`;
    expect((await as(touched, "GET", "/api/session")).status).toBe(401);
    vi.setSystemTime(Date.now() + 12 * 3_600_000 + 1_000);
    try {
      expect((await as(cookie, "GET", "/api/session")).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
    expect((await as("tl_session=a.b.c", "GET", "/api/session")).status).toBe(401);
    expect((await call("GET", "/api/session", { key: shop.secret })).status).toBe(401);
  });

  it("changes nothing for a page of another site", async () => {
    const cookie = await signedIn("boss");
    const body = { name: "Fans", rule: { everyone: true } };
    for (const from of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
      { origin: "null" },
      {},
    ]) {
      const reply = await as(cookie, "PUT", "/api/audiences/fans", body, from);
      expect([reply.status, reply.json.code]).toEqual([403, "foreign_page"]);
    }
    expect((await as(cookie, "PUT", "/api/audiences/fans", body, { origin: "https://tideline.example" })).status).toBe(200);
    expect((await as(cookie, "PUT", "/api/audiences/fans", body)).status).toBe(200);
  });

  it("has the role of now, in the audit log the name of its member, and its own language", async () => {
    await put("eve", "editor");
    const cookie = await signedIn("eve");
    expect((await as(cookie, "PUT", "/api/audiences/hers", { name: "Hers", rule: { everyone: true } })).status).toBe(200);
    const { entries } = (await call("GET", "/api/audit", { key: shop.secret })).json;
    expect(entries[0]).toMatchObject({ actor: "user:eve", action: "audience.put", target: "audience:hers" });
    expect((await as(cookie, "PUT", "/api/session", { language: "fr" })).json.member.language).toBe("fr");
    for (const closed of ["/api/team", "/api/keys", "/api/audit"]) expect((await as(cookie, "GET", closed)).status).toBe(403);
    await put("eve", "viewer");
    expect((await as(cookie, "PUT", "/api/audiences/hers", { name: "Hers", rule: { everyone: true } })).status).toBe(403);
    for (const open of [
      "audiences",
      "campaigns",
      "placements",
      "lists",
      "sources",
      "plan",
      "catalogue",
      "workspace",
      "ruleset/versions",
    ])
      expect([open, (await as(cookie, "GET", `/api/${open}`)).status]).toEqual([open, 200]);
    for (const closed of ["/api/quarantine", "/api/profiles/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
      expect((await as(cookie, "GET", closed)).status).toBe(403);
  });

  it("is over when its member goes", async () => {
    await put("gone", "editor");
    const cookie = await signedIn("gone");
    const link = await linkOf("gone");
    expect((await call("DELETE", "/api/team/gone", { key: shop.secret })).status).toBe(204);
    expect((await as(cookie, "GET", "/api/audiences")).status).toBe(401);
    expect((await call("POST", "/api/session", { body: { link } })).status).toBe(401);
  });

  it("opens no other workspace", async () => {
    const other = await testWorkspace();
    await call("PUT", "/api/team/boss", { key: other.secret, body: { name: "Other", email: "o@example.com", role: "admin" } });
    await call("PUT", "/api/audiences/theirs", { key: other.secret, body: { name: "Theirs", rule: { everyone: true } } });
    const cookie = await signedIn("boss");
    expect((await as(cookie, "GET", "/api/audiences/theirs")).status).toBe(404);
    expect((await as(cookie, "GET", "/api/team")).text).not.toContain("Other");
  });
});

describe("a team", () => {
  it("keeps one admin, also when two leave at once", async () => {
    const other = await testWorkspace();
    await put("a", "admin", other.secret);
    const refused = [await call("DELETE", "/api/team/a", { key: other.secret }), await put("a", "viewer", other.secret)];
    expect(refused.map(({ status, json }) => [status, json.code])).toEqual([
      [422, "last_admin"],
      [422, "last_admin"],
    ]);
    await put("b", "admin", other.secret);
    const both = await Promise.all(["a", "b"].map((id) => call("DELETE", `/api/team/${id}`, { key: other.secret })));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 422]);
    expect((await call("GET", "/api/team", { key: other.secret })).json.members).toHaveLength(1);
  });
});

import { createHash } from "node:crypto";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(new Request(`http://tideline.test${path}`, init));

/** Path and integrity of the pinned tag, as the home page shows them. */
async function shown(): Promise<{ readonly path: string; readonly integrity: string }> {
  const html = await (await get("/")).text();
  const [, path = "", integrity = ""] = /tideline\.test(\/tag\/\w+\.js)&quot; integrity=&quot;(sha384-[\w+/=]+)/.exec(html) ?? [];
  return { path, integrity };
}

describe("the tag", () => {
  it("is served to any page, for a short while, and again only when it has changed", async () => {
    const response = await get("/tag.js?v=1");
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "cache-control": "public, max-age=300",
    });
    expect(await response.text()).toContain("sendBeacon");
    const etag = response.headers.get("etag") ?? "";
    const again = await get("/tag.js", { headers: { "if-none-match": `W/${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  it("can be pinned by the hash and the integrity that the home page shows", async () => {
    const { path, integrity } = await shown();
    const response = await get(path);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const script = await response.text();
    expect(`sha384-${createHash("sha384").update(script).digest("base64")}`).toBe(integrity);
    expect(script).toBe(await (await get("/tag.js")).text());
  });

  it("names what it loads for placements by its hash and integrity, and that stays with it", async () => {
    const script = await (await get("/tag.js")).text();
    const [, integrity] = /(sha256-[\w+/=]+)/.exec(script) ?? [];
    const response = await get(/\/tag\/[0-9a-f]{16}\.js/.exec(script)?.[0] ?? "");
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect(
      `sha256-${createHash("sha256")
        .update(await response.text())
        .digest("base64")}`,
    ).toBe(integrity);
  });

  it("of an earlier version stays where a page has pinned it", async () => {
    const { path } = await shown();
    await get(path);
    await expect.poll(async () => (await env.PUBLISHED.head(path.slice(1)))?.size).toBeGreaterThan(0);
    const loaded = /tag\/[0-9a-f]{16}\.js/.exec(await (await get(path)).text())?.[0] ?? "";
    await expect.poll(async () => (await env.PUBLISHED.head(loaded))?.size).toBeGreaterThan(0);
    await env.PUBLISHED.put("tag/00000000000000aa.js", "earlier()");
    const response = await get("/tag/00000000000000aa.js");
    expect([response.status, await response.text()]).toEqual([200, "earlier()"]);
    expect(response.headers.get("cache-control")).toContain("immutable");
  });

  it.each(["/tag/", "/tag/00000000000000bb.js", "/tag/../keys/a.js", "/tag/tag.js", "/tag.jsx"])("is not at %s", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it("takes no POST", async () => {
    expect((await get("/tag.js", { method: "POST", body: "{}" })).status).toBe(405);
  });
});

describe("the demo shop", () => {
  it.each(["/demo", "/demo/", "/demo/assets/shop.js"])(
    "is not at %s without the demo, though its files were there",
    async (path) => {
      await env.PUBLISHED.put("demo/index.html", "shop");
      await env.PUBLISHED.put("demo/assets/shop.js", "shop");
      expect((await get(path)).status).toBe(404);
    },
  );
});

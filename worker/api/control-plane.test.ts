import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { VERSION } from "../wire/version.ts";
import { controlPlane } from "./control-plane.ts";
import { markup, page } from "./page.ts";
import { ROUTES } from "./routes.ts";

const get = (path: string, method = "GET") =>
  controlPlane(new Request(`https://tideline.example${path}`, { method }), env, createExecutionContext());

/** What a browser would load or run, were the policy not there: a page of ours has none of it. */
const LOADS = /<(script|img|link|iframe|form|object|embed)\b|\son\w+=|url\(|@import|javascript:/i;

describe("/healthz", () => {
  it("says that it serves, and which version", async () => {
    const response = await get("/healthz");
    expect([response.status, await response.json()]).toEqual([200, { ok: true, version: VERSION }]);
  });

  it("is only read", async () => {
    expect((await get("/healthz", "HEAD")).status).toBe(200);
    const response = await get("/healthz", "POST");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});

describe.each(["/", "/api/reference"])("the page at %s", (path) => {
  it("loads nothing and runs nothing", async () => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await response.text()).not.toMatch(LOADS);
  });

  it("allows exactly the style it bears", async () => {
    const response = await get(path);
    const styles = [...(await response.text()).matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1] ?? "");
    expect(styles).toHaveLength(1);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(styles[0]));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    expect(response.headers.get("content-security-policy")).toContain(`style-src 'sha256-${hash}'`);
  });

  it("says its language and fits a phone, by day and by night", async () => {
    const text = await (await get(path)).text();
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('content="width=device-width, initial-scale=1"');
    expect(text).toContain("prefers-color-scheme:dark");
  });
});

describe("the home page", () => {
  it("says what runs and leads to the reference", async () => {
    const text = await (await get("/")).text();
    expect(text).toContain(VERSION);
    expect(text).toContain('href="/api/reference"');
  });
});

describe("the reference", () => {
  it("shows every route with its summary and every link in it leads somewhere", async () => {
    const text = await (await get("/api/reference")).text();
    for (const route of ROUTES) {
      expect(text).toContain(
        `<span class="method">${route.method}</span> ${route.path}</code> ${route.summary.replaceAll("'", "&#39;")}`,
      );
    }
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
    expect(text).not.toMatch(/undefined|\[object/);
  });
});

describe("markup", () => {
  it("takes what is put into it as text", async () => {
    const evil = `"><script>alert('x')</script>&`;
    const text = await page(evil, markup`<p title="${evil}">${evil}${[markup`<b>${evil}</b>`]}</p>`).text();
    expect(text).not.toContain("<script");
    expect(text).toContain("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;");
  });
});

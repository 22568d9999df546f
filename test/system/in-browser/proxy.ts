import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "../browser.ts";
import { at, browser, originPort, PROXIED } from "./world.ts";

/** Tideline in front of a real site: what visitors are shown is in the first HTML, and whatever fails the page's own content stands. */

const PAGE = `<!doctype html><html><head><title>Shop</title></head><body>
<main data-tl-placement="proxy-hero"><p>Our own welcome</p></main>
<aside data-tl-placement="proxy-json">Our own aside</aside>
<esi:include src="/v1/fragment/proxy-hero"></esi:include>
<footer>the end</footer></body></html>`;
const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 31) % 256));
const HUGE = 30_000_000;
const headers = { authorization: "Bearer sk_demo" };

const GUIDE = readFileSync(resolve(import.meta.dirname, "../../../docs/guides/page.md"), "utf8");

/** The one block of a language in the guide that holds these words. */
function block(language: string, words: string): string {
  const found = [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].flatMap(([, text = ""]) =>
    text.includes(words) ? [text] : [],
  );
  expect(found).toHaveLength(1);
  return found[0] ?? "";
}

describeInBrowser("a site behind Tideline", () => {
  let server: Server;
  let cookie = "";
  let release = (): void => undefined;
  const asked: IncomingMessage["headers"][] = [];

  function answer(call: IncomingMessage, response: ServerResponse): void {
    asked.push(call.headers);
    const html = { "content-type": "text/html; charset=utf-8" };
    const { pathname } = new URL(call.url ?? "/", "http://site");
    switch (pathname) {
      case "/":
        response.writeHead(200, {
          ...html,
          etag: '"1"',
          "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT",
          "cache-control": "public, max-age=600",
          "set-cookie": ["a=1", "b=2"],
        });
        return void response.end(PAGE);
      case "/guide":
        response.writeHead(200, html);
        return void response.end(block("html", "data-tl-placement"));
      case "/strict":
        response.writeHead(200, { ...html, "content-security-policy": "default-src 'none'; img-src 'self'" });
        return void response.end(PAGE);
      case "/zipped":
        response.writeHead(200, { ...html, "content-encoding": "gzip" });
        return void response.end(gzipSync(PAGE));
      case "/self-closed":
        response.writeHead(200, html);
        return void response.end(
          `<!doctype html><body><esi:include src="/v1/fragment/proxy-hero"/><p id="rest">the rest</p></body>`,
        );
      case "/slow":
        response.writeHead(200, html);
        response.write(`<!doctype html><body><p id="first">first</p>`);
        release = () => void response.end(PAGE);
        return;
      case "/huge":
        response.writeHead(200, html);
        response.write("<!doctype html><body>");
        for (let sent = 0; sent < HUGE; sent += 100_000) response.write(`<p>${"x".repeat(99_993)}</p>`);
        return void response.end('<i data-tl-placement="proxy-hero">own</i></body>');
      case "/data.bin":
        response.writeHead(200, {
          "content-type": "application/octet-stream",
          etag: '"2"',
          "cache-control": "public, max-age=60",
          "content-length": BYTES.length,
        });
        return void response.end(BYTES);
      case "/moved":
        response.writeHead(302, { location: "/elsewhere" });
        return void response.end();
      case "/echo":
        response.writeHead(200, { "content-type": "text/plain" });
        call.pipe(response);
        return;
      case "/broken":
        response.writeHead(500, html);
        return void response.end(PAGE);
      default:
        call.socket.destroy();
    }
  }

  async function put(path: string, body: object): Promise<void> {
    const response = await fetch(`${at.url}/api/${path}`, { method: "PUT", headers, body: JSON.stringify(body) });
    expect([path, response.status]).toEqual([path, 200]);
  }

  /** As a browser asks, without one: by the site's name, which only a browser finds. */
  function ask(
    path: string,
    more: { method?: string; body?: string; headers?: Record<string, string> } = {},
    who = cookie,
  ): Promise<Response> {
    const said = { accept: "text/html", ...(who === "" ? {} : { cookie: who }), ...more.headers, host: `${PROXIED}:${at.port}` };
    return new Promise((done, failed) => {
      const sent = request(
        { host: "127.0.0.1", port: at.port, path, method: more.method ?? "GET", headers: said },
        (answered) => {
          const named = new Headers();
          for (let place = 0; place < answered.rawHeaders.length; place += 2)
            named.append(answered.rawHeaders[place] ?? "", answered.rawHeaders[place + 1] ?? "");
          const body = answered.headers["content-encoding"] === "gzip" ? answered.pipe(createGunzip()) : answered;
          done(
            new Response(Readable.toWeb(body) as unknown as ReadableStream, {
              status: answered.statusCode ?? 0,
              headers: named,
            }),
          );
        },
      );
      sent.once("error", failed).end(more.body);
    });
  }

  beforeAll(async () => {
    server = createServer(answer);
    await new Promise<void>((done) => server.listen(originPort, "127.0.0.1", done));
    await put("audiences/proxy-fans", { name: "Fans", rule: { event: "Proxy Visited" } });
    await put("placements/proxy-hero", { name: "Hero", default: null });
    await put("placements/front-hero", { name: "The guide's", default: { html: "<h2>Usual</h2>" } });
    await put("placements/proxy-json", { name: "Aside", default: null });
    const hero = [{ key: "a", html: "<h1>Welcome back</h1>" }];
    await put("campaigns/proxy-hero", { name: "Hero", placement: "proxy-hero", audience: "proxy-fans", creatives: hero });
    await put("campaigns/proxy-json", {
      name: "Aside",
      placement: "proxy-json",
      creatives: [{ key: "a", content: "<script>alert(1)</script>" }],
    });
    const published = await fetch(`${at.url}/api/ruleset/publish`, {
      method: "POST",
      headers,
      body: JSON.stringify({ note: "Proxy" }),
    });
    expect(published.status).toBe(200);
    const seen = {
      method: "POST",
      headers: { "x-write-key": "wk_demo_web" },
      body: JSON.stringify({ anonymousId: crypto.randomUUID(), event: "Proxy Visited" }),
    };
    const tracked = await fetch(`${at.url}/v1/track`, seen);
    cookie = `tl_id=${/tl_id=([^;]+)/.exec(tracked.headers.get("set-cookie") ?? "")?.[1] ?? ""}`;
  });
  afterAll(() => void server?.close());

  it("shows what was decided in the first HTML, without any script, and counts it when it is seen", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const [name = "", value = ""] = cookie.split("=");
    await context.addCookies([{ name, value, domain: PROXIED, path: "/" }]);
    const page = await context.newPage();
    const seen = page.waitForResponse((response) => response.url().includes("/v1/pixel.gif?t="));
    await page.goto(`http://${PROXIED}:${at.port}/`);
    expect(await page.textContent("main h1")).toBe("Welcome back");
    expect(await page.locator("main p").count()).toBe(0);
    expect(await page.textContent("aside")).toBe("Our own aside");
    expect(await page.textContent("footer")).toBe("the end");
    expect((await seen).status()).toBe(200);
    await context.close();
  });

  it("may be kept by nobody, and is asked of the origin whole, without our cookies", async () => {
    asked.length = 0;
    const response = await ask("/", { headers: { "if-none-match": '"1"', range: "bytes=0-9", cookie: `x=1; ${cookie}; y=2` } });
    expect([response.status, response.headers.get("cache-control"), response.headers.get("etag")]).toEqual([
      200,
      "private, no-store",
      null,
    ]);
    expect(response.headers.get("last-modified")).toBeNull();
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect([asked[0]?.cookie, asked[0]?.["if-none-match"], asked[0]?.range]).toEqual(["x=1; y=2", undefined, undefined]);
    expect(await response.text()).toContain("<h1>Welcome back</h1>");
  });

  it("is the site's own for who is in no audience, says no, or is nobody", async () => {
    const stranger = await (await ask("/", {}, "")).text();
    const refusing = await (await ask("/", { headers: { "sec-gpc": "1" } })).text();
    const junk = await (await ask("/", { headers: { cookie: `${cookie}; euconsent-v2=junk` } })).text();
    for (const page of [stranger, refusing, junk]) {
      expect(page).toContain("Our own welcome");
      expect(page).not.toContain("Welcome back");
    }
  });

  it("never makes HTML of what is none", async () => {
    expect(await (await ask("/")).text()).not.toContain("alert(1)");
  });

  it.each(["/strict", "/zipped"])("is filled with its headers as they are: %s", async (path) => {
    const response = await ask(path);
    expect(await response.text()).toContain('<main data-tl-filled="proxy-hero"><h1>Welcome back</h1>');
    if (path === "/strict") expect(response.headers.get("content-security-policy")).toBe("default-src 'none'; img-src 'self'");
  });

  it("keeps its rest where an include is never closed", async () => {
    const text = await (await ask("/self-closed")).text();
    expect(text).toContain("<h1>Welcome back</h1>");
    expect(text).toContain('<p id="rest">the rest</p>');
  });

  it("begins before the origin has ended", async () => {
    const response = await ask("/slow");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("first")) text += (await reader?.read())?.value ?? "";
    expect(text).not.toContain("Welcome back");
    release();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) text += part.value;
    expect(text).toContain("Welcome back");
  });

  it("streams what is larger than is ever held", async () => {
    const text = await (await ask("/huge")).text();
    expect(text.length).toBeGreaterThan(HUGE);
    expect(text).toContain("Welcome back");
  });

  it("is passed on as it is where it is no page", async () => {
    const response = await ask("/data.bin", { headers: { accept: "*/*" } });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(createHash("sha256").update(BYTES).digest("hex"));
    expect([response.headers.get("etag"), response.headers.get("cache-control")]).toEqual(['"2"', "public, max-age=60"]);
    const moved = await ask("/moved");
    expect([moved.status, moved.headers.get("location")]).toEqual([302, "/elsewhere"]);
    expect(await (await ask("/echo", { method: "POST", body: "what was sent" })).text()).toBe("what was sent");
  });

  it("says that it cannot be reached, and passes on what is wrong with it", async () => {
    expect((await ask("/gone")).status).toBe(502);
    const broken = await ask("/broken");
    expect([broken.status, (await broken.text()).includes("the end")]).toEqual([500, true]);
  });

  it("is set up, and asked, as the guide prints it", async () => {
    const [, proxies = ""] = /^PROXIES = '(.*)'$/m.exec(block("toml", "PROXIES")) ?? [];
    expect(JSON.parse(proxies)).toEqual({ "shop.example": { origin: "https://origin.shop.example", writeKey: "wk_demo_web" } });
    expect(await (await ask("/guide")).text()).toContain(
      '<main data-tl-filled="front-hero"><h2>Usual</h2></main>\n<h2>Usual</h2><esi:include',
    );
    const [, path = ""] = /^GET (\/v1\/fragment\S+)$/m.exec(GUIDE) ?? [];
    expect(await (await fetch(`${at.url}${path}`)).text()).toBe("<h2>Usual</h2>");
  });

  it("is given its fragments by themselves", async () => {
    const own = await fetch(`${at.url}/v1/fragment/proxy-hero?writeKey=wk_demo_web`, { headers: { cookie } });
    expect(own.headers.get("cache-control")).toBe("private, no-store");
    expect(await own.text()).toMatch(
      /^<h1>Welcome back<\/h1><img src="\/v1\/pixel\.gif\?t=[\w-]+" alt="" width="1" height="1" loading="lazy">$/,
    );
    const other = await fetch(`${at.url}/v1/fragment/proxy-hero?writeKey=wk_demo_web`);
    expect([other.status, await other.text()]).toEqual([200, ""]);
    expect((await fetch(`${at.url}/v1/fragment/not-there?writeKey=wk_demo_web`)).status).toBe(404);
    expect(await (await fetch(`${at.url}/v1/fragment/proxy-json?writeKey=wk_demo_web`)).text()).toBe("");
  });
});

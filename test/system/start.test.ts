import { afterEach, describe, expect, it } from "vitest";
import { isAlive, makeTideline, Tideline, type Settings } from "./tideline.ts";

const running: Tideline[] = [];
async function tideline(env: Settings = {}): Promise<Tideline> {
  const made = await makeTideline(env);
  running.push(made);
  await made.start();
  return made;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.remove()));
});

const track = (at: Tideline, userId: string, key = "wk_demo_store"): Promise<Response> =>
  fetch(`${at.url}/v1/track`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${key}:`)}` },
    body: JSON.stringify({ userId, event: "Order Completed" }),
  });

const decide = async (at: Tideline, userId: string): Promise<{ known: boolean }> => {
  const headers = { authorization: "Bearer sk_demo" };
  const response = await fetch(`${at.url}/v1/decide`, {
    method: "POST",
    headers,
    body: JSON.stringify({ identity: { userId } }),
  });
  return (await response.json()) as { known: boolean };
};

describe("npm start", () => {
  it("serves the demo workspace, stops clean and leaves no process behind", async () => {
    const at = await tideline();
    expect(await (await fetch(`${at.url}/healthz`)).json()).toMatchObject({ ok: true });
    for (const source of ["web", "app", "store", "crm", "email", "partner", "broker"]) {
      expect((await track(at, `u-${source}`, `wk_demo_${source}`)).status).toBe(200);
    }
    expect(await decide(at, "u-store")).toMatchObject({ known: true });
    const { node, workerd } = at.processes();
    expect(workerd.length).toBeGreaterThan(0);
    expect(await at.end("SIGTERM")).toBe(0);
    expect([node, ...workerd].filter(isAlive)).toEqual([]);
  });

  it("keeps what it holds over a clean stop", async () => {
    const at = await tideline();
    await track(at, "ann");
    expect(await at.end("SIGINT")).toBe(0);
    await at.start();
    expect(await decide(at, "ann")).toMatchObject({ known: true });
  });

  it("lives beside another one on other data", async () => {
    const [one, two] = [await tideline(), await tideline()];
    await track(one, "ann");
    expect(await decide(one, "ann")).toMatchObject({ known: true });
    expect(await decide(two, "ann")).toMatchObject({ known: false });
  });

  it("refuses to run twice on the same data", async () => {
    const at = await tideline();
    const { node } = at.processes();
    await expect(new Tideline(at.port, at.data, {}).start()).rejects.toThrow("runs already on this data");
    expect(isAlive(node)).toBe(true);
  });

  it("has no demo and no demo keys when it is told so, and shows a first key once", async () => {
    const at = await tideline({ TIDELINE_DEMO: "0" });
    expect((await track(at, "ann")).status).toBe(401);
    const key = /Secret key of workspace "main", shown this once: (sk_\S+)/.exec(at.printed)?.[1] ?? "";
    expect((await fetch(`${at.url}/api/sources`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    expect((await fetch(`${at.url}/api/sources`, { headers: { authorization: "Bearer sk_demo" } })).status).toBe(401);
    at.printed = "";
    await at.end("SIGTERM");
    await at.start();
    expect(at.printed).not.toContain("sk_");
    expect((await fetch(`${at.url}/api/sources`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  });

  it("answers a demo only by the names of this machine", async () => {
    const at = await tideline();
    const { request } = await import("node:http");
    const status = (host: string): Promise<number | undefined> =>
      new Promise((done, failed) => {
        request({ port: at.port, host: "127.0.0.1", path: "/healthz", headers: { host } }, (response) => {
          response.resume();
          done(response.statusCode);
        })
          .once("error", failed)
          .end();
      });
    expect(await status(`localhost:${at.port}`)).toBe(200);
    expect(await status("evil.example")).toBe(403);
  });

  it("prints nothing of a key or a person while it takes bad and good calls", async () => {
    const at = await tideline();
    const canary = "canary-7f3a@shop.example";
    await track(at, canary);
    await track(at, canary, "wk_canary_key_5512");
    for (const body of ["{", "[]", "[".repeat(10_000), JSON.stringify({ userId: canary, event: 5, properties: canary })]) {
      const headers = { authorization: `Basic ${btoa("wk_demo_store:canary-password")}` };
      await fetch(`${at.url}/v1/track?writeKey=canary-query`, { method: "POST", headers, body });
      await fetch(`${at.url}/v1/decide`, { method: "POST", headers: { authorization: "Bearer sk_canary_secret" }, body });
      await fetch(`${at.url}/api/profiles/lookup`, { method: "POST", headers: { authorization: "Bearer sk_demo" }, body });
    }
    await at.end("SIGTERM");
    // The link is for who started it, on purpose: it works once.
    const told = [`Tideline is ready on ${at.url}\n`, `Dashboard: ${at.url}/dashboard/#link=`];
    expect(told.reduce((rest, text) => rest.replace(text, ""), at.printed)).toMatch(/^[\w-]{32}\n$/);
  });
});

import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { fresh } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, request, type TestWorkspace } from "./workspace.ts";

/** What clients of other makers send, in the shapes and places they do (http.md, "Collect"). */
const RULES = {
  seen: { event: "Seen" },
  viewer: { event: "$page" },
  french: { trait: "country", eq: "FR" },
  shoes: { event: "Seen", where: { property: "category", eq: "shoes" } },
};

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await makeWorkspace(RULES);
});

async function audiencesOf(userId: string): Promise<readonly string[]> {
  return (await decideOver(ws.secret, { identity: { userId } })).body.audiences ?? [];
}

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  exports.default.fetch(new Request(`http://tideline.test${path}`, { headers }));

describe("the browser client of Segment", () => {
  it("asks where to send, and is told here, and that nobody else is to know", async () => {
    const key = ws.writeKeys.web;
    const response = await get(`/v1/projects/${key}/settings`, { origin: "http://localhost:5173" });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
    expect(await response.json()).toMatchObject({
      integrations: { "Segment.io": { apiKey: key, apiHost: "tideline.test/v1", protocol: "http" } },
      metrics: { sampleRate: 0 },
      remotePlugins: [],
    });
  });

  it("sends under short paths", async () => {
    const userId = fresh("u");
    const key = { "x-write-key": ws.writeKeys.store };
    await request("/v1/t", { userId, event: "Seen" }, key);
    await request("/v1/p", { userId }, key);
    await request("/v1/i", { userId, traits: { country: "FR" } }, key);
    await request("/v1/b", { batch: [{ type: "track", userId, event: "Seen", properties: { category: "shoes" } }] }, key);
    expect(await audiencesOf(userId)).toEqual(["french", "seen", "shoes", "viewer"]);
  });

  it("may send what only a text body can carry", async () => {
    const userId = fresh("u");
    const body = JSON.stringify({ userId, event: "Seen", writeKey: ws.writeKeys.store });
    expect((await request("/v1/t", body, { "content-type": "text/plain" })).status).toBe(200);
    expect(await audiencesOf(userId)).toEqual(["seen"]);
  });
});

describe("the clients of RudderStack", () => {
  it("ask for a source that is on, with nowhere else to send to", async () => {
    const basic = { authorization: `Basic ${btoa(`${ws.writeKeys.web}:`)}` };
    const response = await get(`/sourceConfig/?p=web&v=3&writeKey=${ws.writeKeys.web}`, basic);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      source: {
        enabled: true,
        writeKey: ws.writeKeys.web,
        destinations: [],
        config: { statsCollection: { errors: { enabled: false } } },
      },
    });
    expect((await get("/sourceConfig/?writeKey=wk_nobody")).status).toBe(401);
  });

  it("send gzip under any content type", async () => {
    const userId = fresh("u");
    const json = JSON.stringify({ batch: [{ type: "track", userId, event: "Seen" }] });
    const zipped = new Uint8Array(
      await new Response(new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
    );
    const { status } = await collect(ws.writeKeys.store, "batch", zipped, {
      "content-type": "text/plain",
      "content-encoding": "gzip",
    });
    expect(status).toBe(200);
    expect(await audiencesOf(userId)).toEqual(["seen"]);
  });
});

describe("the client of Jitsu", () => {
  it("sends each type under its own path, with more after its key", async () => {
    const userId = fresh("u");
    const key = { "x-write-key": `${ws.writeKeys.store}:ignored` };
    expect((await request("/api/s/track", { type: "track", userId, event: "Seen" }, key)).status).toBe(200);
    expect((await request("/api/s/identify", { type: "identify", userId, traits: { country: "FR" } }, key)).status).toBe(200);
    expect(await audiencesOf(userId)).toEqual(["french", "seen"]);
    expect((await request("/api/s/unheard-of", { userId }, key)).status).toBe(404);
  });
});

describe("a beacon", () => {
  it("bears its key in its body, and one event or many", async () => {
    const userId = fresh("u");
    const writeKey = ws.writeKeys.store;
    expect((await request("/v1/beacon", { writeKey, type: "page", userId })).status).toBe(200);
    expect((await request("/v1/beacon", { writeKey, batch: [{ type: "track", userId, event: "Seen" }] })).status).toBe(200);
    expect(await audiencesOf(userId)).toEqual(["seen", "viewer"]);
  });

  it("of more than a browser would send is refused", async () => {
    const { status, body } = await request("/v1/beacon", { writeKey: ws.writeKeys.store, batch: [], fill: "x".repeat(65_536) });
    expect([status, body["code"]]).toEqual([413, "too_large"]);
  });
});

describe("a pixel", () => {
  const pixel = (query: string, headers: Record<string, string> = {}) =>
    get(`/v1/pixel.gif?writeKey=${ws.writeKeys.store}&${query}`, headers);

  it("is a picture that nothing on the way keeps, once the event is durable", async () => {
    const userId = fresh("u");
    const response = await pixel(`event=Seen&userId=${userId}&messageId=m1&p.category=shoes`);
    expect([response.status, response.headers.get("content-type"), response.headers.get("cache-control")]).toEqual([
      200,
      "image/gif",
      "no-store",
    ]);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(new TextDecoder().decode(bytes.slice(0, 6))).toBe("GIF89a");
    expect(await audiencesOf(userId)).toEqual(["seen", "shoes"]);
  });

  it("without an event is a page view", async () => {
    const userId = fresh("u");
    await pixel(`userId=${userId}`, { referer: "https://shop.example/mail" });
    expect(await audiencesOf(userId)).toEqual(["viewer"]);
  });

  it("counts once however often it is shown with one message id", async () => {
    const userId = fresh("u");
    for (let n = 0; n < 3; n++) await pixel(`event=Seen&userId=${userId}&messageId=once`);
    const { body } = await decideOver(ws.secret, { identity: { userId }, include: ["audiences", "explain"] });
    expect(body.explain?.["seen"]).toMatchObject({ saw: { count: 1 } });
  });

  it("says a no, too", async () => {
    const userId = fresh("u");
    expect((await pixel(`event=Seen&userId=${userId}&gdpr_consent=undecodable`)).status).toBe(200);
    const { body } = await decideOver(ws.secret, { identity: { userId } });
    expect(body.known).toBe(false);
  });
});

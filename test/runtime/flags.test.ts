import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { call } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { streamUri } from "../../worker/flags/stream.ts";
import { fresh } from "./profiles.ts";
import { collect } from "./workspace.ts";

/** Flags by OFREP, beside what its real clients show (test/system/in-browser/flags.ts): what they never send, and what they never see. */

let shop: TestWorkspace;

beforeAll(async () => {
  shop = await testWorkspace({}, { origins: ["https://shop.example"] });
  const { secret: key } = shop;
  const put = async (path: string, body: object): Promise<void> =>
    expect((await call("PUT", `/api/${path}`, { key, body })).status).toBe(200);
  await put("placements/plain", { name: "Plain", default: "usual" });
  await put("placements/capped", { name: "Capped", default: "usual" });
  await put("placements/secret", { name: "Secret", default: "usual" });
  await put("audiences/known", { name: "Known", rule: { event: "Seen", within: "1d" } });
  const creatives = [{ key: "a", content: "shown" }];
  await put("campaigns/capped", { name: "Capped", placement: "capped", cap: [{ limit: 1, per: "1d" }], creatives });
  await put("campaigns/secret", { name: "Secret", placement: "secret", audience: "known", creatives });
  expect((await call("POST", "/api/ruleset/publish", { key })).status).toBe(200);
});
afterEach(() => void vi.useRealTimers());

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- each test says what it expects of it
  readonly body: any;
}

async function ask(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const all = { authorization: `Bearer ${shop.secret}`, ...headers };
  const sent = { method: "POST", headers: all, body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await exports.default.fetch(new Request(`http://tideline.test/ofrep/v1/evaluate/flags${path}`, sent));
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

async function user(): Promise<{ readonly context: { readonly targetingKey: string } }> {
  const targetingKey = fresh("u");
  await collect(shop.writeKey, "track", { userId: targetingKey, event: "Seen" });
  return { context: { targetingKey } };
}

describe("a flag", () => {
  it.each([
    ["/plain", "{", 400, { key: "plain", errorCode: "PARSE_ERROR" }],
    ["", "no json", 400, { errorCode: "PARSE_ERROR" }],
    ["/plain", [], 400, { key: "plain", errorCode: "PARSE_ERROR" }],
    ["/plain", { context: "u1" }, 400, { key: "plain", errorCode: "INVALID_CONTEXT" }],
    ["/plain", { context: { targetingKey: "u1", consent: "no" } }, 400, { key: "plain", errorCode: "INVALID_CONTEXT" }],
    ["/plain", {}, 400, { key: "plain", errorCode: "TARGETING_KEY_MISSING" }],
    ["", { context: { targetingKey: "" } }, 400, { errorCode: "TARGETING_KEY_MISSING" }],
    ["/not%20there", { context: { targetingKey: "u1" } }, 404, { key: "not there", errorCode: "FLAG_NOT_FOUND" }],
  ])("of %s asked with %j is a fault", async (path, body, status, fault) => {
    const reply = await ask(path, body);
    expect([reply.status, reply.body]).toEqual([status, fault]);
  });

  it("is not evaluated without a key", async () => {
    expect((await ask("/plain", {}, { authorization: "Bearer sk_nobody" })).status).toBe(401);
  });

  it("with a cap takes room where it is asked for, and none where all are", async () => {
    const who = await user();
    for (let n = 0; n < 3; n++) {
      const { flags } = (await ask("", who)).body;
      expect(flags.map(({ key, value }: { key: string; value: string }) => [key, value])).toEqual([
        ["capped", "usual"],
        ["plain", "usual"],
        ["secret", "shown"],
      ]);
    }
    expect((await ask("/capped", who)).body).toMatchObject({ value: "shown", variant: "a", reason: "TARGETING_MATCH" });
    expect((await ask("/capped", who)).body).toMatchObject({ value: "usual", reason: "CAPPED" });
  });

  it("has one ETag while it says the same, and another when it does not", async () => {
    const who = await user();
    const first = await ask("", who);
    const etag = first.headers.get("etag") ?? "";
    const again = await ask("", who, { "if-none-match": etag });
    expect([again.status, again.body]).toEqual([304, undefined]);
    const other = await ask("", { context: { targetingKey: fresh("u") } }, { "if-none-match": etag });
    expect(other.status).toBe(200);
    expect(other.headers.get("etag")).not.toBe(etag);
  });

  it("under a write key is of whom the cookie names, whatever the targeting key", async () => {
    const who = await user();
    const headers = { authorization: `Basic ${btoa(`${shop.writeKey}:`)}`, origin: "https://shop.example" };
    const { status, body, headers: said } = await ask("/secret", who, headers);
    expect([status, body.value]).toEqual([200, "usual"]);
    expect(said.get("access-control-allow-origin")).toBe("https://shop.example");
    expect(said.get("access-control-allow-credentials")).toBe("true");
    const refused = await ask("/secret", "{", headers);
    expect([refused.status, refused.body.errorCode]).toEqual([400, "PARSE_ERROR"]);
    expect(refused.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    expect((await ask("/secret", who, { ...headers, origin: "https://evil.example" })).status).toBe(403);
  });
});

describe("the change stream", () => {
  const open = (uri: string, headers: Record<string, string> = {}): Promise<Response> =>
    exports.default.fetch(new Request(`http://tideline.test${uri}`, { headers }));
  const uriFor = (until: number | null, now = Date.now()): string =>
    streamUri(env.NAME_KEY, { workspace: shop.id, ruleset: 1, until, origin: "https://shop.example" }, now);

  it("opens for five minutes, and again for who was there", async () => {
    const old = uriFor(null, Date.now() - 10 * 60_000);
    expect((await open(old)).status).toBe(401);
    const again = await open(old, { "last-event-id": "1" });
    expect([again.status, again.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    await again.body?.cancel();
    expect((await open(uriFor(null).replace(/.$/, "x"))).status).toBe(401);
    expect((await open("/ofrep/v1/stream?t=x.y")).status).toBe(401);
  });

  it("tells when time has changed something, to the page that asked", async () => {
    const response = await open(uriFor(Date.now() + 50));
    expect(response.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("refetchEvaluation")) text += (await reader?.read())?.value ?? "";
    expect(text).toContain('data: {"type":"refetchEvaluation"}\n\n');
    await reader?.cancel();
  });
});

import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import adServer from "../../docs/guides/ad-server.md?raw";
import gam from "../../docs/guides/gam.md?raw";
import { call as api } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { withoutDeadlines } from "./still-clock.ts";
import { collect, request } from "./workspace.ts";

/** Blocks of a language in a guide, in their order. */
function blocks(guide: string, language: string): readonly string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^\`]+)\`\`\``, "g"))].map(([, text = ""]) => text.trimEnd());
}

withoutDeadlines();

let shop: TestWorkspace;
let secret: Readonly<Record<string, string>>;

/** The audience as a guide puts it, published, and somebody who is in it. */
async function prepare(audience: string): Promise<void> {
  shop = await testWorkspace();
  secret = { authorization: `Bearer ${shop.secret}` };
  const put = await api("PUT", "/api/audiences/cart-abandoners", { key: shop.secret, body: JSON.parse(audience) });
  expect([put.status, put.json]).toMatchObject([200, { code: "ca", purpose: "ads" }]);
  expect((await api("POST", "/api/ruleset/publish", { key: shop.secret, body: {} })).status).toBe(200);
  await collect(shop.writeKey, "track", { userId: "guide-ann", event: "Product Added" });
}

describe("the guide to ad servers, as printed:", () => {
  const [audience = "", bidRequest = "", enriched = "", optable = "", match = "", matched = ""] = blocks(adServer, "json");
  beforeAll(() => prepare(audience));

  it("the bid request, and what comes back, to the character", async () => {
    const asked = new Request("http://tideline.test/openrtb2/enrich", { method: "POST", body: bidRequest, headers: secret });
    expect(await (await exports.default.fetch(asked)).text()).toBe(enriched);
  });

  it("the call of Prebid Server, from the endpoint it is configured with", async () => {
    const [, path = ""] = /api-endpoint: https:\/\/data\.shop\.example(\S+)/.exec(adServer) ?? [];
    const url = `http://tideline.test${path}&id=c%3Aguide-ann&gdpr=0&timeout=150ms&osdk=prebid-server`;
    const response = await exports.default.fetch(new Request(url, { headers: secret }));
    expect(await response.json()).toEqual(JSON.parse(optable));
  });

  it("the match of AdCP", async () => {
    const { status, body } = await request("/adcp/identity", JSON.parse(match), secret);
    expect([status, body]).toEqual([200, JSON.parse(matched)]);
  });

  it("the URL of AMP, its variables filled in", async () => {
    const anonymousId = "amp-guide-ann";
    await collect(shop.writeKey, "track", { anonymousId, event: "Product Added" });
    const [, path = ""] = /"https:\/\/data\.shop\.example(\/v1\/targeting[^"]+)"/.exec(adServer) ?? [];
    const filled = path
      .replace("wk_shop", shop.writeKey)
      .replace("CLIENT_ID(tl_a)", anonymousId)
      .replace("CONSENT_METADATA(gdprApplies)", "false")
      .replaceAll(/CONSENT_\w+(?:\(\w+\))?/g, "");
    const response = await exports.default.fetch(new Request(`http://tideline.test${filled}`));
    expect(await response.json()).toEqual({ targeting: { seg: ["ca"] } });
  });
});

describe("the guide to Google Ad Manager, as printed:", () => {
  const [audience = "", keyed = ""] = blocks(gam, "json");
  beforeAll(() => prepare(audience));

  it("the key-value of who is in the audience", async () => {
    const { headers } = await collect(shop.writeKey, "track", { anonymousId: "guide-bob", event: "Product Added" });
    const [cookie = ""] = headers.get("set-cookie")?.split(";") ?? [];
    const url = `http://tideline.test/v1/audiences?writeKey=${shop.writeKey}&format=gam`;
    const response = await exports.default.fetch(new Request(url, { headers: { cookie } }));
    expect(await response.json()).toEqual(JSON.parse(keyed));
  });

  it.each([["a".repeat(21)], ["a b"], [""], ["é"], ["a,b"], ["a=b"]])(
    "a code that GAM or its URLs could not take is refused: %j",
    async (code) => {
      const body = { ...(JSON.parse(audience) as object), code };
      expect((await api("PUT", "/api/audiences/other", { key: shop.secret, body })).status).toBe(400);
    },
  );

  it("every audience has a code that fits, whatever its key", async () => {
    const body = { name: "Long", rule: { everyone: true } };
    const key = `k${"-very-long".repeat(5)}`;
    const { json } = await api("PUT", `/api/audiences/${key}`, { key: shop.secret, body });
    expect(json.code).toMatch(/^[A-Za-z0-9_-]{1,20}$/);
  });
});

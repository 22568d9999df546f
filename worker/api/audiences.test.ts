import { beforeAll, describe, expect, it } from "vitest";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;

beforeAll(async () => {
  shop = await testWorkspace();
});

const RULE = { event: "Order Completed", within: "30d", count: { gte: 2 } };
const VIP = { name: "VIP", rule: RULE };
const put = (key: string, body: unknown, headers: Record<string, string> = {}) =>
  call("PUT", `/api/audiences/${key}`, { key: shop.secret, body, headers });

describe("an audience", () => {
  it("needs a name and a rule; the rest has defaults", async () => {
    const made = await put("vip", VIP);
    expect(made.status).toBe(200);
    expect(made.json).toEqual({
      key: "vip",
      name: "VIP",
      description: "",
      rule: RULE,
      code: "vip",
      visibility: "server",
      purpose: "ads",
      taxonomy: [],
      tags: [],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await call("GET", "/api/audiences/vip", { key: shop.secret })).json).toEqual(made.json);
  });

  it("takes all that it may bear", async () => {
    const whole = {
      ...VIP,
      description: "Those who buy again",
      code: "Vip_2-x",
      visibility: "public",
      purpose: "content",
      taxonomy: [{ segtax: 4, id: "243" }],
      tags: ["loyal"],
    };
    expect((await put("whole", whole)).json).toMatchObject(whole);
  });

  it("keeps its rule as it was written", async () => {
    const rule = { all: [{ trait: "a\\.b", eq: 1.0 }, { not: { event: "x", where: { property: "y", in: ["é", 5, true] } } }] };
    await put("written", { name: "W", rule });
    expect((await call("GET", "/api/audiences/written", { key: shop.secret })).json.rule).toEqual(rule);
  });

  it("is refused with every fault of its rule, by pointers into the rule, and not saved", async () => {
    const reply = await put("bad", { name: "Bad", rule: { any: [{ trait: "x", equals: 1 }, { all: [] }] } });
    expect([reply.status, reply.json.code]).toEqual([422, "invalid_rule"]);
    expect(reply.json.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])).toEqual([
      ["/any/0/equals", "unknown_operator"],
      ["/any/1/all", "empty_group"],
    ]);
    expect((await call("GET", "/api/audiences/bad", { key: shop.secret })).status).toBe(404);
  });

  it("may have a rule as deep as the language allows, and no deeper", async () => {
    const deep = (levels: number): unknown => (levels === 1 ? { trait: "x", between: [1, 2] } : { all: [deep(levels - 1)] });
    expect((await put("deep", { name: "Deep", rule: deep(16) })).status).toBe(200);
    expect((await put("deep", { name: "Deep", rule: deep(17) })).json).toMatchObject({
      status: 422,
      errors: [{ code: "too_deep" }],
    });
    expect((await put("deep", { name: "Deep", rule: deep(1_000) })).json).toMatchObject({ status: 400, code: "too_deep" });
  });

  it.each([
    ["no rule", { name: "X" }, "/rule", "missing"],
    ["an unknown field", { ...VIP, sql: "1" }, "/sql", "unknown_field"],
    ["a code that is too long", { ...VIP, code: "x".repeat(21) }, "/code", "bad_format"],
    ["a code with a comma", { ...VIP, code: "a,b" }, "/code", "bad_format"],
    ["an unknown purpose", { ...VIP, purpose: "fun" }, "/purpose", "unknown_value"],
    [
      "an unknown field in a taxonomy",
      { ...VIP, taxonomy: [{ segtax: 4, id: "1", name: "x" }] },
      "/taxonomy/0/name",
      "unknown_field",
    ],
  ])("with %s is refused with the place", async (_, body, pointer, code) => {
    const reply = await put("never", body);
    expect([reply.status, reply.json.code]).toEqual([400, "bad_request"]);
    expect(reply.json.errors).toContainEqual({ pointer, code, message: expect.any(String) });
  });

  it("holds If-Match, and changes nothing where nothing changed", async () => {
    const made = await put("tagged", VIP);
    const etag = made.headers.get("etag") ?? "";
    expect((await put("tagged", VIP)).headers.get("etag")).toBe(etag);
    expect((await put("tagged", { ...VIP, name: "Two" }, { "if-match": etag })).status).toBe(200);
    expect((await put("tagged", { ...VIP, name: "Three" }, { "if-match": etag })).json).toMatchObject({
      status: 412,
      code: "precondition_failed",
    });
    expect((await call("DELETE", "/api/audiences/tagged", { key: shop.secret, headers: { "if-match": etag } })).status).toBe(412);
    expect((await call("DELETE", "/api/audiences/tagged", { key: shop.secret })).status).toBe(204);
  });
});

describe("the code of an audience", () => {
  it("is its key where that is short, else the head of it with a hash, of 20 characters at most", async () => {
    const long = "people-who-viewed-shoes-three-times";
    const made = await put(long, VIP);
    expect(made.json.code).toMatch(/^people-who-vi-[0-9a-f]{6}$/);
    const twin = await put(`${long}-again`, VIP);
    expect(twin.json.code).not.toBe(made.json.code);
  });

  it("stays when the audience is replaced without one", async () => {
    await put("coded", { ...VIP, code: "c1" });
    expect((await put("coded", { ...VIP, name: "Other" })).json.code).toBe("c1");
  });

  it("is one audience's in its workspace, however many want it at once", async () => {
    const replies = await Promise.all(["w1", "w2", "w3"].map((key) => put(key, { ...VIP, code: "wanted" })));
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.status === 422)).toHaveLength(2);
    expect(replies.find((reply) => reply.status === 422)?.json).toMatchObject({
      code: "code_taken",
      errors: [{ pointer: "/code" }],
    });
    const late = await put("w4", VIP);
    expect((await put("w4", { ...VIP, code: "wanted" })).status).toBe(422);
    expect((await call("GET", "/api/audiences/w4", { key: shop.secret })).json.code).toBe(late.json.code);
  });

  it("made from a key that is another's code is made otherwise", async () => {
    await put("squatter", { ...VIP, code: "squatted" });
    expect((await put("squatted", VIP)).json.code).toMatch(/^squatted-[0-9a-f]{6}$/);
  });

  it("may be the same in another workspace", async () => {
    const other = await testWorkspace();
    await put("shared", { ...VIP, code: "shared" });
    const reply = await call("PUT", "/api/audiences/shared", { key: other.secret, body: { ...VIP, code: "shared" } });
    expect(reply.status).toBe(200);
  });
});

describe("an audience that others name", () => {
  const remove = (key: string) => call("DELETE", `/api/audiences/${key}`, { key: shop.secret });

  it("cannot be deleted, and those that name it are told", async () => {
    await put("base", VIP);
    await put("on-base", { name: "On base", rule: { not: { audience: "base", for: "1d" } } });
    await put("compares-only", { name: "Compares only", rule: { trait: "audience", in: ["base", '"audience":"base"'] } });
    const refused = await remove("base");
    expect([refused.status, refused.json.code]).toEqual([409, "in_use"]);
    expect(refused.json.errors).toEqual([{ pointer: "", code: "in_use", message: "The audience “on-base” names it." }]);
    expect((await remove("on-base")).status).toBe(204);
    expect((await remove("base")).status).toBe(204);
  });

  it("is another workspace's own matter", async () => {
    const other = await testWorkspace();
    await put("ours", VIP);
    await call("PUT", "/api/audiences/theirs", { key: other.secret, body: { name: "T", rule: { audience: "ours" } } });
    expect((await remove("ours")).status).toBe(204);
  });
});

describe("validating a rule", () => {
  it("answers with the sentence it means, in each language too", async () => {
    const reply = await call("POST", "/api/rules/validate", { key: shop.secret, body: { rule: RULE } });
    expect(reply.status).toBe(200);
    const sentence = "People who did “Order Completed” at least 2 times in the last 30 days.";
    const fr = "Personnes qui ont effectué «\u00A0Order Completed\u00A0» au moins 2 fois au cours des 30 derniers jours.";
    expect(reply.json).toEqual({ valid: true, sentence, sentences: { en: sentence, fr }, warnings: [] });
  });

  it("warns of a period that is cut, and of an audience that is not there", async () => {
    await put("loyal", VIP);
    const rule = { all: [{ audience: "loyal" }, { audience: "nobody" }, { event: "x", within: { calendar: "year", last: 9 } }] };
    const reply = await call("POST", "/api/rules/validate", { key: shop.secret, body: { rule } });
    expect(reply.status).toBe(200);
    expect(reply.json.warnings).toEqual([
      { pointer: "/all/2/within", code: "cut_by_retention", message: expect.any(String) },
      { pointer: "/all/1/audience", code: "unknown_audience", message: expect.any(String) },
    ]);
  });

  it.each([
    [{ rule: { trait: "x" } }, 422, "invalid_rule"],
    [{ rule: null }, 422, "invalid_rule"],
    [{ rule: "vip" }, 422, "invalid_rule"],
    [{}, 400, "bad_request"],
    [{ rule: RULE, more: 1 }, 400, "bad_request"],
  ])("refuses %j", async (body, status, code) => {
    const reply = await call("POST", "/api/rules/validate", { key: shop.secret, body });
    expect([reply.status, reply.json.code, reply.json.errors.length]).toEqual([status, code, 1]);
  });
});

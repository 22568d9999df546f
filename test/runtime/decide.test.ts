import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { forgetAll } from "../../worker/auth/cache.ts";
import { workspaceObjectKey, type WorkspaceRecord } from "../../worker/cold/records.ts";
import { DAY_MS, call, fresh, publishRules, stubOf } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, putKey, request, type DecideBody, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
const RULES = {
  buyers: { event: "Order Completed", within: "30d" },
  strangers: { none: [{ event: "*" }] },
  lyon: { trait: "city", eq: "Lyon" },
};
beforeAll(async () => {
  ws = await makeWorkspace(RULES);
});

async function buyer(daysAgo = 1): Promise<{ readonly userId: string; readonly time: number }> {
  const userId = fresh("u");
  const time = Date.now() - daysAgo * DAY_MS;
  await collect(ws.writeKeys.store, "track", { userId, event: "Order Completed", timestamp: new Date(time).toISOString() });
  return { userId, time };
}

async function publishNext(workspace: TestWorkspace, version: number): Promise<void> {
  await publishRules(workspace.id, version, { ...RULES, [`v${version}`]: { event: "Order Completed" } });
  const object = await env.PUBLISHED.get(workspaceObjectKey(workspace.id));
  const record = await object?.json<WorkspaceRecord>();
  if (record === undefined) throw new Error("no workspace");
  await env.PUBLISHED.put(
    workspaceObjectKey(workspace.id),
    JSON.stringify({ ...record, revision: record.revision + 1, ruleset: version }),
  );
}

describe("a decision", () => {
  it("has the shape of the wire", async () => {
    const { userId, time } = await buyer();
    const { status, body, headers } = await decideOver(ws.secret, { identity: { userId } });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(["decisionId", "asOf", "ruleset", "known", "profileId", "audiences", "validUntil"]);
    expect(body).toMatchObject({
      ruleset: 1,
      known: true,
      audiences: ["buyers"],
      validUntil: new Date(time + 30 * DAY_MS).toISOString(),
    });
    expect(body.profileId).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Math.abs(Date.parse(body.asOf) - Date.now())).toBeLessThan(5_000);
    expect(headers.get("server-timing")).toMatch(/^hops;desc="1", wait;dur=\d+$/);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("answers of somebody unknown in the same shape and creates nothing", async () => {
    const userId = fresh("u");
    const { body } = await decideOver(ws.secret, { identity: { userId } });
    expect(body).toMatchObject({ known: false, audiences: ["strangers"], validUntil: null });
    const name = profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId });
    expect(await stubOf(name).resolve(call(ws.id, name))).toBe("");
  });

  it("includes what is asked for and nothing else", async () => {
    const userId = fresh("u");
    await collect(ws.writeKeys.store, "identify", { userId, traits: { city: "Lyon" } });
    const ask = async (include: readonly string[]): Promise<DecideBody> =>
      (await decideOver(ws.secret, { identity: { userId }, include })).body;
    expect(await ask(["audiences"])).not.toHaveProperty("traits");
    expect(await ask(["traits"])).toMatchObject({ traits: { city: "Lyon" } });
    expect(await ask(["traits"])).not.toHaveProperty("audiences");
    expect(await ask(["explain"])).toMatchObject({
      explain: {
        lyon: { kind: "trait", value: true, saw: "Lyon", nextChange: null },
        buyers: { kind: "event", value: false, saw: { count: 0 } },
      },
    });
    expect(await ask([])).not.toHaveProperty("audiences");
  });

  it("explains with the instant at which time alone changes each part", async () => {
    const { userId, time } = await buyer();
    const { body } = await decideOver(ws.secret, { identity: { userId }, include: ["explain"] });
    expect(body).toMatchObject({
      explain: {
        buyers: { value: true, nextChange: new Date(time + 30 * DAY_MS).toISOString() },
        strangers: { kind: "none", value: false, of: [{ kind: "event", value: true }] },
      },
    });
  });

  it("takes every way of naming a person", async () => {
    const { userId } = await buyer();
    const { body } = await decideOver(ws.secret, { identity: { userId } });
    expect((await decideOver(ws.secret, { identity: { profileId: body.profileId } })).body).toMatchObject({
      known: true,
      audiences: ["buyers"],
    });
    const anonymousId = fresh("a");
    await collect(ws.writeKeys.web, "track", { anonymousId, event: "Order Completed" });
    expect((await decideOver(ws.secret, { identity: { anonymousId } })).body).toMatchObject({ known: true });
    for (const identity of [
      { email: "Ann@Shop.example" },
      { emailSha256: "a".repeat(64) },
      { externalId: { type: "crm", id: "7" } },
    ]) {
      expect((await decideOver(ws.secret, { identity })).body).toMatchObject({ known: false });
    }
  });

  it("reads an external id as an event's is read: an e-mail and a phone have a form of their own", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    const [email, phone] = [`${userId}@Shop.Example`, `+336${Math.random().toFixed(8).slice(2)}`];
    await collect(ws.writeKeys.web, "identify", { userId, anonymousId, traits: { email, phone } });
    const { body } = await decideOver(ws.secret, { identity: { userId } });
    for (const externalId of [
      { type: "phone", id: phone },
      { type: "phone", id: phone.replace("+", "00 ") },
      { type: "email", id: email },
      { type: "emailSha256", id: emailSha256(email) },
    ])
      expect((await decideOver(ws.secret, { identity: { externalId } })).body.profileId).toBe(body.profileId);
    for (const externalId of [
      { type: "userId", id: userId },
      { type: "anonymousId", id: anonymousId },
      { type: "phone", id: "0612345678" },
    ])
      expect((await decideOver(ws.secret, { identity: { externalId } })).body.code).toBe("bad_identity");
  });

  it("answers for another instant, past and future", async () => {
    const { userId, time } = await buyer(40);
    const at = async (instant: number): Promise<DecideBody> =>
      (await decideOver(ws.secret, { identity: { userId }, at: new Date(instant).toISOString() })).body;
    expect(await at(time)).toMatchObject({
      audiences: ["buyers"],
      asOf: new Date(time).toISOString(),
      validUntil: new Date(time + 30 * DAY_MS).toISOString(),
    });
    expect(await at(time - 1)).toMatchObject({ audiences: ["strangers"], validUntil: new Date(time).toISOString() });
    expect(await at(time + 30 * DAY_MS)).toMatchObject({ audiences: [] });
    expect(await at(Date.now() + 370 * DAY_MS)).toMatchObject({ audiences: ["strangers"], validUntil: null });
    const early = await decideOver(ws.secret, { identity: { userId }, at: "1999-01-01T00:00:00Z" });
    expect([early.status, early.body.code]).toEqual([422, "at_before_horizon"]);
  });

  it("needs profiles:read to answer for another instant", async () => {
    const key = `sk_${fresh("s")}`;
    await putKey(key, { v: 1, workspace: ws.id, type: "secret", id: "ad-server", scopes: ["decide"] });
    expect((await decideOver(key, { identity: { userId: "u" } })).status).toBe(200);
    const answer = await decideOver(key, { identity: { userId: "u" }, at: new Date().toISOString() });
    expect([answer.status, answer.body.code]).toEqual([403, "forbidden_scope"]);
  });

  it("reads no profile where the request bears an explicit no", async () => {
    const { userId } = await buyer();
    for (const consent of [{ purposes: { profiling: false } }, { tcf: "junk" }, { gpp: "junk" }]) {
      const { body, headers } = await decideOver(ws.secret, { identity: { userId }, consent });
      expect(body).toMatchObject({ known: false, audiences: [], reason: "NO_CONSENT", validUntil: null });
      expect(headers.get("server-timing")).toContain('hops;desc="0"');
    }
  });

  it("sees a publish at the latest when it asks for it", async () => {
    const own = await makeWorkspace(RULES);
    const userId = fresh("u");
    await collect(own.writeKeys.store, "track", { userId, event: "Order Completed" });
    await publishNext(own, 2);
    expect((await decideOver(own.secret, { identity: { userId } })).body).toMatchObject({ ruleset: 1 });
    expect((await decideOver(own.secret, { identity: { userId }, minRuleset: 2 })).body).toMatchObject({
      ruleset: 2,
      audiences: ["buyers", "v2"],
    });
    expect((await decideOver(own.secret, { identity: { userId } })).body).toMatchObject({ ruleset: 2 });
  });

  it("says that a ruleset is not ready when it does not come in time", async () => {
    const answer = await decideOver(ws.secret, { identity: { userId: "u" }, minRuleset: 99, timeoutMs: 60 });
    expect([answer.status, answer.body.code, answer.headers.get("retry-after")]).toEqual([503, "ruleset_not_ready", "1"]);
  });

  it("answers with nothing rather than late", async () => {
    const { userId } = await buyer();
    const stub = stubOf(profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId }));
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    // The object takes no call until it is released.
    const held = runInDurableObject(stub, (_, state) => state.blockConcurrencyWhile(() => released));
    const { status, body } = await decideOver(ws.secret, { identity: { userId }, timeoutMs: 20 });
    release();
    await held;
    expect(status).toBe(200);
    expect(body).toMatchObject({ known: false, audiences: [], reason: "ERROR", validUntil: null });
    expect((await decideOver(ws.secret, { identity: { userId }, timeoutMs: 5_000 })).body).toMatchObject({ known: true });
  });

  it("works from the published artifacts alone on an isolate that has just begun", async () => {
    const { userId } = await buyer();
    forgetAll();
    expect((await decideOver(ws.secret, { identity: { userId } })).body).toMatchObject({ audiences: ["buyers"] });
  });
});

describe("a batch of decisions", () => {
  const batch = (requests: readonly unknown[]) =>
    request<{ responses: readonly (DecideBody & { readonly status?: number })[] }>(
      "/v1/decide/batch",
      { requests },
      { authorization: `Bearer ${ws.secret}` },
    );

  it("answers in order, a failed one as its problem", async () => {
    const { userId } = await buyer();
    const { status, body } = await batch([{ identity: { userId } }, { identity: {} }, { identity: { userId: fresh("u") } }, 7]);
    expect(status).toBe(200);
    expect(body.responses).toMatchObject([
      { known: true },
      { status: 422, code: "bad_identity" },
      { known: false },
      { status: 400, code: "bad_request" },
    ]);
  });

  it("takes a hundred and not one more", async () => {
    const one = { identity: { userId: fresh("u") } };
    expect((await batch(Array.from({ length: 100 }, () => one))).body.responses).toHaveLength(100);
    expect((await batch(Array.from({ length: 101 }, () => one))).status).toBe(400);
    expect((await request("/v1/decide/batch", { requests: {} }, { authorization: `Bearer ${ws.secret}` })).status).toBe(400);
  });
});

describe("bad input to a decision", () => {
  it.each([
    [{}, 422],
    [{ identity: null }, 422],
    [{ identity: { userId: "a", anonymousId: "b" } }, 422],
    [{ identity: { userId: 7 } }, 422],
    [{ identity: { userId: "" } }, 422],
    [{ identity: { email: "no address" } }, 422],
    [{ identity: { emailSha256: "abc" } }, 422],
    [{ identity: { profileId: "../../etc" } }, 422],
    [{ identity: { externalId: "x" } }, 422],
    [{ identity: { phone: "1" } }, 422],
    [{ identity: { userId: "u" }, include: "audiences" }, 400],
    [{ identity: { userId: "u" }, include: ["secrets"] }, 400],
    [{ identity: { userId: "u" }, at: 1_700_000_000_000 }, 400],
    [{ identity: { userId: "u" }, at: "yesterday" }, 400],
    [{ identity: { userId: "u" }, consent: "yes" }, 400],
    [{ identity: { userId: "u" }, consent: { purpose: {} } }, 400],
    [{ identity: { userId: "u" }, minRuleset: "1" }, 400],
    [{ identity: { userId: "u" }, minRuleset: -1 }, 400],
    [{ identity: { userId: "u" }, timeoutMs: 1e9 }, 400],
    [{ identity: { userId: "u" }, placements: "home" }, 400],
    [{ identity: { userId: "u" }, context: [] }, 400],
    [[], 400],
    ["{", 400],
  ])("answers %j with %d", async (body, status) => {
    const answer = await decideOver(ws.secret, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });
});

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Identifier, ProfileId } from "../../core/model/ids.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call, fresh, journalOf, stubOf } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, putKey, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
const signed = fresh("wk_signed");
beforeAll(async () => {
  ws = await makeWorkspace({ buyers: { event: "Order Completed" } });
  const source = { key: "signed", kind: "browser", channel: "web", party: "first", origins: [], consent: "assumed" } as const;
  await putKey(signed, { v: 1, workspace: ws.id, type: "write", source: { ...source, identify: "signed" } });
});

const nameOf = (identifier: Identifier): ProfileId => profileName(env.NAME_KEY, ws.id, identifier);
const leadsTo = (name: ProfileId): Promise<string> => stubOf(name).resolve(call(ws.id, name));

describe("what a browser of a signed source says of its user", () => {
  it("is kept as a claim: it changes nothing of that user's, links nothing, and earns no cookie of theirs", async () => {
    const [victim, anonymousId] = [fresh("u"), fresh("a")];
    const email = `${fresh("v")}@shop.example`;
    await collect(ws.writeKeys.store, "track", { userId: victim, event: "Order Completed", messageId: "m1" });
    const attack = { userId: victim, anonymousId, traits: { email, city: "Lyon" }, messageId: "m2" };
    const { body, headers } = await collect(signed, "identify", attack);
    expect(body).toEqual({ success: true });
    const user = nameOf({ type: "userId", value: victim });
    const browser = nameOf({ type: "anonymousId", value: anonymousId });
    expect(headers.get("set-cookie")).toContain(`tl_id=1.${browser}.a.`);
    expect((await journalOf(ws.id, { type: "userId", hash: user })).map(({ messageId }) => messageId)).toEqual(["m1"]);
    const asked = { identity: { userId: victim }, include: ["traits"] };
    expect((await decideOver(ws.secret, asked)).body).toMatchObject({ known: true, traits: {} });
    expect(await leadsTo(browser)).toBe("=");
    expect((await decideOver(ws.secret, { identity: { email } })).body).toMatchObject({ known: false });
    const [held] = (await journalOf(ws.id, { type: "anonymousId", hash: browser })) as unknown as { claims: Identifier[] }[];
    expect(held?.claims.map(({ type }) => type)).toEqual(["userId", "emailSha256"]);
  });

  it("is nobody's event where the browser says nothing else", async () => {
    const { body } = await collect(signed, "track", { userId: fresh("u"), event: "e" });
    expect(body).toMatchObject({ rejected: 1, errors: [{ code: "missing_identity" }] });
  });

  it("leads on where a server has said whose the browser is", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    await collect(ws.writeKeys.store, "identify", { userId, anonymousId, messageId: "m1" });
    await collect(signed, "track", { anonymousId, event: "e", messageId: "m2" });
    const user = { type: "userId", hash: nameOf({ type: "userId", value: userId }) };
    expect((await journalOf(ws.id, user)).map(({ messageId }) => messageId).toSorted()).toEqual(["m1", "m2"]);
  });
});

it("no address is kept whole in the quarantine, in an event or in its call", async () => {
  const context = { ip: "203.0.113.77" };
  const bad = { type: "purchase", userId: fresh("u"), context };
  await collect(ws.writeKeys.store, "batch", { batch: [bad], context });
  const { items } = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 100 });
  const kept = items.filter(({ code }) => code === "bad_type");
  expect(kept).toHaveLength(1);
  expect(JSON.stringify(items)).not.toContain("203.0.113.77");
  expect(kept[0]?.payload).toContain("203.0.113.0");
});

import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Identifier, ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { tlIdCookie } from "../../worker/collect/tl-id.ts";
import { fresh, journalOf } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await makeWorkspace({ buyers: { event: "Order Completed" } });
});

const nameOf = (identifier: Identifier): ProfileId => profileName(env.NAME_KEY, ws.id, identifier);
const anonymous = (value: string): ProfileId => nameOf({ type: "anonymousId", value });
const user = (value: string): ProfileId => nameOf({ type: "userId", value });

/** A browser that keeps its cookie, as browsers do. */
function browser(writeKey: string = ws.writeKeys.web) {
  let cookie: string | undefined;
  const send = async (path: string, body: object) => {
    const answer = await collect(writeKey, path, body, cookie === undefined ? {} : { cookie: `other=1; ${cookie}` });
    const set = answer.headers.getSetCookie().find((one) => one.startsWith("tl_id=")) ?? null;
    if (set !== null) cookie = set.includes("Max-Age=0") ? undefined : set.split(";")[0];
    return { ...answer, set };
  };
  return { send, holds: () => cookie?.split(".")[1], cookie: () => cookie };
}

const ids = async (hash: ProfileId): Promise<readonly string[]> =>
  (await journalOf(ws.id, { type: "any", hash })).map(({ messageId }) => messageId).toSorted();

describe("the cookie of a browser", () => {
  it("is set by the Worker, signed, for 400 days, out of reach of scripts, and once a day", async () => {
    const { send, holds } = browser();
    const anonymousId = fresh("a");
    const { set } = await send("track", { anonymousId, event: "e" });
    expect(set).toMatch(/^tl_id=1\..+; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(holds()).toBe(anonymous(anonymousId));
    expect((await send("track", { anonymousId, event: "e" })).set).toBeNull();
  });

  it("is who an event belongs to that names nobody", async () => {
    const { send } = browser();
    const anonymousId = fresh("a");
    await send("track", { anonymousId, event: "e", messageId: "m1" });
    await send("track", { event: "Order Completed", messageId: "m2" });
    expect(await ids(anonymous(anonymousId))).toEqual(["m1", "m2"]);
  });

  it("knows a browser again whose storage was emptied, and whoever signs in then has both its pasts", async () => {
    const { send, holds } = browser();
    const [before, after, userId] = [fresh("a"), fresh("a"), fresh("u")];
    await send("track", { anonymousId: before, event: "e", messageId: "m1" });
    await send("track", { anonymousId: after, event: "e", messageId: "m2" });
    const together = await Promise.all([anonymous(before), anonymous(after)].map(ids));
    expect(together.toSorted((one, other) => one.length - other.length)).toEqual([[], ["m1", "m2"]]);
    await send("identify", { anonymousId: after, userId, messageId: "m3" });
    expect(await ids(user(userId))).toEqual(["m1", "m2", "m3"]);
    expect(holds()).toBe(user(userId));
    for (const anonymousId of [before, after]) {
      expect((await decideOver(ws.secret, { identity: { anonymousId } })).body).toMatchObject({ profileId: user(userId) });
    }
  });

  it("follows who signs in, and what the first did stays with the first", async () => {
    const { send, holds } = browser();
    const [anonymousId, ann, bob] = [fresh("a"), fresh("ann"), fresh("bob")];
    await send("track", { anonymousId, event: "e", messageId: "m1" });
    await send("identify", { anonymousId, userId: ann, messageId: "m2" });
    await send("identify", { anonymousId, userId: bob, messageId: "m3" });
    expect(holds()).toBe(user(bob));
    await send("track", { event: "e", messageId: "m4" });
    expect(await ids(user(ann))).toEqual(["m1", "m2"]);
    expect(await ids(user(bob))).toEqual(["m3", "m4"]);
  });

  it("says nothing of who comes after a sign-out that a batch tells of", async () => {
    const { send, holds } = browser();
    const [before, after, ann] = [fresh("a"), fresh("a"), fresh("ann")];
    await send("identify", { anonymousId: before, userId: ann, messageId: "m1" });
    await send("batch", { reset: true, batch: [{ type: "track", anonymousId: after, event: "e", messageId: "m2" }] });
    expect(holds()).toBe(anonymous(after));
    expect(await ids(user(ann))).toEqual(["m1"]);
    expect(await ids(anonymous(after))).toEqual(["m2"]);
  });

  it("never turns a user into somebody else's browser", async () => {
    const { send } = browser();
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    await send("identify", { userId: ann, messageId: "m1" });
    await send("track", { userId: bob, event: "e", messageId: "m2" });
    expect(await ids(user(ann))).toEqual(["m1"]);
    expect(await ids(user(bob))).toEqual(["m2"]);
  });

  it("changes nothing of an event that is sent again with it", async () => {
    const { send } = browser();
    const anonymousId = fresh("a");
    const event = { anonymousId, event: "e", messageId: "m1" };
    await send("track", event);
    await send("identify", { anonymousId, userId: fresh("u") });
    expect((await send("track", event)).body).toEqual({ success: true });
  });

  it.each([
    ["forged", (value: string) => value.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
    ["of another profile", (value: string) => value.replace(/\.[\w-]{43}\./, `.${"x".repeat(43)}.`)],
    ["of another kind", (value: string) => value.replace(/\.[ap]\./, (kind) => (kind === ".a." ? ".p." : ".a."))],
    ["cut short", (value: string) => value.slice(0, -5)],
  ])("is nobody when it is %s", async (_, change) => {
    const { send, cookie } = browser();
    await send("track", { anonymousId: fresh("a"), event: "e" });
    const forged = change(cookie() ?? "");
    const { body } = await collect(ws.writeKeys.web, "track", { event: "e" }, { cookie: forged });
    expect(body).toMatchObject({ rejected: 1, errors: [{ code: "missing_identity" }] });
  });

  it("is nobody in another workspace, and to a server's source", async () => {
    const { send, cookie } = browser();
    await send("track", { anonymousId: fresh("a"), event: "e" });
    const other = await makeWorkspace();
    for (const key of [other.writeKeys.web, ws.writeKeys.store]) {
      const { body, headers } = await collect(key, "track", { event: "e" }, { cookie: cookie() ?? "" });
      expect(body).toMatchObject({ rejected: 1 });
      expect(headers.getSetCookie().filter((one) => one.startsWith("tl_id="))).toEqual([]);
    }
  });

  it("is nobody when it is older than 400 days", async () => {
    const old = tlIdCookie(
      env,
      ws.id,
      Date.now() - 402 * 86_400_000,
      { profileId: anonymous(fresh("a")), kind: "anonymous" },
      undefined,
    );
    const { body } = await collect(ws.writeKeys.web, "track", { event: "e" }, { cookie: old?.split(";")[0] ?? "" });
    expect(body).toMatchObject({ rejected: 1 });
  });

  it("leaves a browser that says no to storage, and is not set in one", async () => {
    const { send, cookie } = browser();
    const anonymousId = fresh("a");
    const no = { context: { consent: { purposes: { storage: false } } } };
    expect((await send("track", { anonymousId, event: "e", ...no })).set).toBeNull();
    await send("track", { anonymousId, event: "e" });
    expect(cookie()).toBeDefined();
    expect((await send("track", { anonymousId, event: "e", ...no })).set).toContain("Max-Age=0");
  });
});

it("what is found out at the edge stands beside an event and makes no repeated delivery another event", async () => {
  const anonymousId = fresh("a");
  const event = {
    anonymousId,
    event: "e",
    messageId: "m1",
    context: { page: { url: "https://shop.example/?utm_medium=email" } },
  };
  const from = (userAgent: string, country: string): Promise<Response> =>
    exports.default.fetch(
      new Request("http://tideline.test/v1/track", {
        method: "POST",
        body: JSON.stringify(event),
        headers: { "x-write-key": ws.writeKeys.web, "user-agent": userAgent },
        cf: { country },
      }),
    );
  await from("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0", "FR");
  expect(await (await from("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", "DE")).json()).toEqual({ success: true });
  const [held] = (await journalOf(ws.id, { type: "any", hash: anonymous(anonymousId) })) as unknown as { edge: object }[];
  expect(held?.edge).toMatchObject({ device: "desktop", country: "FR", traffic: { channel: "email" } });
});

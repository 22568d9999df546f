import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import { call } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import {
  act,
  audiencesOf,
  know,
  makeList,
  nameOf,
  publishOn,
  reachIndex,
  settleList,
  startUpload,
  upload,
  uploadOf,
} from "./lists.ts";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await testWorkspace({}, { kind: "server", channel: "crm" });
  await makeList(workspace, "vip");
  await publishOn(workspace, "vip");
});
afterEach(() => {
  vi.useRealTimers();
});

const on = (userId: string): Promise<readonly string[]> => audiencesOf(workspace, { userId });
const ON = ["on-vip"];
const OFF = ["off-vip"];

async function matches(list: string, ...identifiers: readonly unknown[]): Promise<readonly (boolean | null)[]> {
  const reply = await call("POST", `/api/lists/${list}/match`, { key: workspace.secret, body: { identifiers } });
  expect(reply.status).toBe(200);
  return reply.json.matches;
}

/** What a person's journal says of the list, the latest first. */
async function factsOf(profile: string): Promise<readonly { readonly time: string; readonly on: boolean }[]> {
  const { json } = await call("GET", `/api/profiles/${profile}/events`, { key: workspace.secret });
  const events: readonly { name: string; time: string; properties: { on: boolean } }[] = json.events;
  return events.filter(({ name }) => name === "$list").map(({ time, properties: { on: isOn } }) => ({ time, on: isOn }));
}

describe("a list", () => {
  it("has whom was known before the upload, and whom becomes known after it", async () => {
    await know(workspace, "before");
    await know(workspace, "stranger");
    expect(await upload(workspace, "vip", ["before", "after"])).toMatchObject({ state: "done", rows: 2, rejected: 0, told: 1 });
    await know(workspace, "after");
    expect(await on("before")).toEqual(ON);
    expect(await on("after")).toEqual(ON);
    expect(await on("stranger")).toEqual(OFF);
  });

  it("makes nobody known", async () => {
    await upload(workspace, "vip", ["nobody"]);
    const reply = await call("POST", "/api/profiles/lookup", { key: workspace.secret, body: { userId: "nobody" } });
    expect(reply.status).toBe(404);
    expect(await matches("vip", "nobody", "somebody", "")).toEqual([true, false, null]);
  });

  it("knows a person by e-mail, raw or hashed, whichever side says it how", async () => {
    await makeList(workspace, "mails", { identifier: "email" });
    await publishOn(workspace, "mails");
    const identify = (email: string) => ({ type: "identify", traits: { email } });
    await know(workspace, "ann", identify("Ann@Shop.example"));
    await upload(workspace, "mails", [emailSha256("ann@shop.example").toUpperCase(), "ben@shop.example"]);
    await know(workspace, "ben", identify(" BEN@shop.example "));
    await know(workspace, "eve", identify("eve@shop.example"));
    expect(await on("ann")).toContain("on-mails");
    expect(await on("ben")).toContain("on-mails");
    expect(await on("eve")).toContain("off-mails");
    expect(
      await matches("mails", "ANN@shop.example", { emailSha256: emailSha256("ben@shop.example") }, "eve@shop.example"),
    ).toEqual([true, true, false]);
  });

  it("knows a person by another identifier of theirs that comes late", async () => {
    await upload(workspace, "vip", ["42"], "type=ext:card");
    await know(workspace, "ann");
    expect(await on("ann")).toEqual(OFF);
    await know(workspace, "ann", { context: { externalIds: [{ type: "card", id: "42" }] } });
    expect(await on("ann")).toEqual(ON);
  });

  it("has everybody who bears an identifier, where two do", async () => {
    const card = { context: { externalIds: [{ type: "card", id: "42" }] } };
    await know(workspace, "ann", card);
    await know(workspace, "ben", card);
    await upload(workspace, "vip", ['{"externalId":{"type":"card","id":"42"}}'], "format=ndjson");
    expect([await on("ann"), await on("ben")]).toEqual([ON, ON]);
  });

  it("tells a person once, however often an upload is repeated", async () => {
    const profile = await know(workspace, "ann");
    await upload(workspace, "vip", ["ann", "ann"]);
    expect(await upload(workspace, "vip", ["ann"], "mode=replace")).toMatchObject({ told: 0 });
    expect(await factsOf(profile)).toHaveLength(1);
  });

  it("leaves a person first seen when they came, though it had them before", async () => {
    await upload(workspace, "vip", ["ann"]);
    const profile = await know(workspace, "ann");
    const { json } = await call("GET", `/api/profiles/${profile}/events`, { key: workspace.secret });
    const seen = json.events.find(({ name }: { name: string }) => name === "Seen");
    const person = await call("GET", `/api/profiles/${profile}`, { key: workspace.secret });
    expect(person.json.firstSeen).toBe(seen.time);
    expect(Date.parse((await factsOf(profile))[0]?.time ?? "")).toBeLessThan(Date.parse(seen.time));
  });

  it("says how many of it are known, who is on other lists and in audiences, and hides figures about few", async () => {
    await makeList(workspace, "gold");
    const people = await Promise.all(["ann", "ben", "eve"].map((userId) => know(workspace, userId)));
    await upload(workspace, "vip", ["ann", "ben", "eve", "nobody"]);
    await upload(workspace, "gold", ["ann"]);
    await reachIndex(workspace, people);
    const overlap = async () => (await call("GET", "/api/lists/vip/overlap", { key: workspace.secret })).json;
    expect(await overlap()).toEqual({
      members: 4,
      known: 3,
      lists: [{ list: "gold", people: 1 }],
      audiences: [{ audience: "on-vip", people: 3 }],
    });
    const settings = { timeZone: "Europe/Paris", retentionDays: 400, smallCount: 3 };
    await call("PUT", "/api/workspace", { key: workspace.secret, body: settings });
    expect(await overlap()).toMatchObject({ known: 3, lists: [{ list: "gold", people: null }] });
  });

  it("is appended to", async () => {
    await know(workspace, "ann");
    await know(workspace, "ben");
    await upload(workspace, "vip", ["ann"]);
    await upload(workspace, "vip", ["ben"], "mode=append");
    expect([await on("ann"), await on("ben")]).toEqual([ON, ON]);
  });

  it("is replaced, and takes back whom it lost", async () => {
    await know(workspace, "ann");
    await know(workspace, "ben");
    await upload(workspace, "vip", ["ann", "zoe"]);
    expect(await upload(workspace, "vip", ["ben"], "mode=replace")).toMatchObject({ told: 2 });
    expect([await on("ann"), await on("ben")]).toEqual([OFF, ON]);
    expect(await matches("vip", "ann", "ben", "zoe")).toEqual([false, true, false]);
    await upload(workspace, "vip", ["ann"]);
    expect(await on("ann")).toEqual(ON);
  });

  it("counts lines that are none, names the first, and takes the others", async () => {
    const lines = ["email;city", "ann@shop.example;Lyon", "nobody;Nice", "", "ben@shop.example"];
    expect(await upload(workspace, "vip", lines, "format=csv&type=email&column=email")).toMatchObject({
      rows: 3,
      rejected: 1,
      errors: [{ line: 3, code: "bad_email" }],
    });
    expect(await matches("vip", { email: "ann@shop.example" }, { email: "ben@shop.example" })).toEqual([true, true]);
  });

  it("lets go whom it had for its time, to the instant, and keeps whom a later upload bore anew", async () => {
    await makeList(workspace, "vip", { expires: "1h" });
    const profile = await know(workspace, "ann");
    await know(workspace, "ben");
    const { acceptedAt, expiresAt } = await upload(workspace, "vip", ["ann", "ben"]);
    expect(Date.parse(expiresAt) - Date.parse(acceptedAt)).toBe(3_600_000);
    vi.setSystemTime(Date.parse(acceptedAt) + 1_800_000);
    await upload(workspace, "vip", ["ben"]);
    vi.setSystemTime(Date.parse(expiresAt) - 1);
    await settleList(workspace, "vip");
    expect([await on("ann"), await on("ben")]).toEqual([ON, ON]);
    vi.setSystemTime(Date.parse(expiresAt));
    expect(await matches("vip", "ann", "ben")).toEqual([false, true]);
    vi.setSystemTime(Date.parse(expiresAt) + 90_000);
    await settleList(workspace, "vip");
    expect([await on("ann"), await on("ben")]).toEqual([OFF, ON]);
    expect(await factsOf(profile)).toEqual([
      { time: expiresAt, on: false },
      { time: acceptedAt, on: true },
    ]);
  });

  it("takes in what was accepted before an end, though late, before anybody goes", async () => {
    await makeList(workspace, "vip", { expires: "1h" });
    const profile = await know(workspace, "ann");
    const { acceptedAt } = await upload(workspace, "vip", ["ann"]);
    vi.setSystemTime(Date.parse(acceptedAt) + 3_599_000);
    const second = await startUpload(workspace, "vip", ["ann"]);
    vi.setSystemTime(Date.parse(acceptedAt) + 3_700_000);
    await settleList(workspace, "vip");
    expect(await uploadOf(workspace, "vip", second)).toMatchObject({ state: "done" });
    expect(await on("ann")).toEqual(ON);
    expect(await factsOf(profile)).toHaveLength(1);
  });

  it("is gone when it is deleted, unless an audience names it, and can be made anew", async () => {
    await know(workspace, "ann");
    await upload(workspace, "vip", ["ann"]);
    const refused = await call("DELETE", "/api/lists/vip", { key: workspace.secret });
    expect([refused.status, refused.json.code]).toEqual([409, "in_use"]);
    for (const key of ["on-vip", "off-vip"]) await call("DELETE", `/api/audiences/${key}`, { key: workspace.secret });
    expect((await call("DELETE", "/api/lists/vip", { key: workspace.secret })).status).toBe(204);
    await settleList(workspace, "vip");
    // The drafts are gone, the published rules are not: they see that nobody is on it.
    expect(await on("ann")).toEqual(OFF);
    await makeList(workspace, "vip");
    expect(await matches("vip", "ann")).toEqual([false]);
    await upload(workspace, "vip", ["ann"]);
    expect(await on("ann")).toEqual(ON);
  });

  it("that is not there is warned of by validate", async () => {
    const reply = await call("POST", "/api/rules/validate", {
      key: workspace.secret,
      body: { rule: { all: [{ list: "vip" }, { not: { list: "missing" } }] } },
    });
    expect(reply.json.warnings).toEqual([
      { pointer: "/all/1/not/list", code: "unknown_list", message: "There is no list “missing” yet: nobody is on it." },
    ]);
  });
});

describe("a person of a list", () => {
  it("who is found by a browser's id is told through it once it is somebody's", async () => {
    await act(workspace, { anonymousId: "browser" });
    const browser = nameOf(workspace, { type: "anonymousId", value: "browser" });
    await reachIndex(workspace, [browser]);
    await upload(workspace, "vip", ["browser"], "type=anonymousId");
    expect(await audiencesOf(workspace, { anonymousId: "browser" })).toEqual(ON);
    await know(workspace, "ann", { anonymousId: "browser" });
    expect(await on("ann")).toEqual(ON);
    await upload(workspace, "vip", [], "mode=replace");
    expect(await on("ann")).toEqual(OFF);
  });

  it("whose browser was linked before the index knew it is told all the same", async () => {
    await act(workspace, { anonymousId: "browser" });
    await reachIndex(workspace, [nameOf(workspace, { type: "anonymousId", value: "browser" })]);
    await act(workspace, { userId: "ann", anonymousId: "browser" });
    await upload(workspace, "vip", ["browser"], "type=anonymousId");
    expect(await on("ann")).toEqual(ON);
    await reachIndex(workspace, [nameOf(workspace, { type: "userId", value: "ann" })]);
    await upload(workspace, "vip", ["other"], "mode=replace&type=anonymousId");
    expect(await on("ann")).toEqual(OFF);
  });

  it("who refuses to be known is not told, and is once they come again", async () => {
    await know(workspace, "ann");
    const no = { context: { consent: { purposes: { profiling: false } } } };
    const yes = { context: { consent: { purposes: { profiling: true } } } };
    await refuse("ann", no);
    expect(await upload(workspace, "vip", ["ann"])).toMatchObject({ told: 0 });
    await know(workspace, "ann", yes);
    expect(await on("ann")).toEqual(ON);
  });

  async function refuse(userId: string, said: object): Promise<void> {
    const { collect } = await import("./workspace.ts");
    const { body } = await collect(workspace.writeKey, "track", {
      userId,
      event: "Seen",
      messageId: crypto.randomUUID(),
      ...said,
    });
    expect(body).toMatchObject({ refused: 1 });
  }
});

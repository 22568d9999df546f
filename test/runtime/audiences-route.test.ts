import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { tlIdCookie } from "../../worker/collect/tl-id.ts";
import { fresh, publishRules, stubOf } from "./profiles.ts";
import { collect, makeWorkspace, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  const rules = {
    buyer: { event: "Order Completed" },
    secretly: { event: "Order Completed" },
    quiet: { event: "Order Completed", count: { eq: 0 } },
  };
  ws = await makeWorkspace(rules);
  await publishRules(ws.id, 1, rules, { buyer: "ads" }, ["buyer", "quiet"]);
});

const nameOf = (anonymousId: string): ProfileId => profileName(env.NAME_KEY, ws.id, { type: "anonymousId", value: anonymousId });

async function ask(person: ProfileId | undefined, query = "", headers: Record<string, string> = {}): Promise<Response> {
  const cookie = person && tlIdCookie(env, ws.id, Date.now(), { profileId: person, kind: "anonymous" }, undefined);
  const all = cookie === undefined ? headers : { ...headers, cookie: cookie.split(";", 1)[0] ?? "" };
  return exports.default.fetch(
    new Request(`http://tideline.test/v1/audiences?writeKey=${ws.writeKeys.web}${query}`, { headers: all }),
  );
}

async function buyer(): Promise<ProfileId> {
  const anonymousId = fresh("a");
  await collect(ws.writeKeys.web, "track", { anonymousId, event: "Order Completed" });
  return nameOf(anonymousId);
}

describe("GET /v1/audiences", () => {
  it("tells the public audiences by their codes, in each format", async () => {
    const person = await buyer();
    expect(await (await ask(person)).json()).toEqual({ audiences: ["buyer"] });
    expect(await (await ask(person, "&format=gam")).json()).toEqual({ seg: "buyer" });
    expect(await (await ask(person, "&format=ortb2")).json()).toEqual({
      user: { data: [{ name: "tideline", segment: [{ id: "buyer" }] }] },
    });
    expect((await ask(person, "&format=xml")).status).toBe(400);
  });

  it("answers alike for nobody, for somebody unknown, and for a person who is in none, and makes nobody", async () => {
    const unknown = nameOf(fresh("a"));
    const other = fresh("a");
    await collect(ws.writeKeys.web, "track", { anonymousId: other, event: "Seen" });
    const answers = await Promise.all(
      [undefined, unknown, nameOf(other)].map(async (person) => {
        const response = await ask(person);
        const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== "set-cookie"));
        return [response.status, headers, await response.text()];
      }),
    );
    expect(answers[0]?.[2]).toBe('{"audiences":["quiet"]}');
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(JSON.parse(await stubOf(unknown).outbox({ ...envelope(unknown), from: 0, limitBytes: 1_000 }))).toMatchObject({
      epoch: 0,
    });
  });

  it("goes by what the request says of consent", async () => {
    const person = await buyer();
    expect(await (await ask(person, "&gpc=1")).json()).toEqual({ audiences: [] });
    expect(await (await ask(person, "", { "sec-gpc": "1" })).json()).toEqual({ audiences: [] });
    expect(await (await ask(undefined, "&gdpr_consent=junk")).json()).toEqual({ audiences: [] });
    expect(await (await ask(undefined)).json()).toEqual({ audiences: ["quiet"] });
  });

  it("lets a page of the source's own read it, and no other", async () => {
    const allowed = await ask(undefined, "", { origin: "http://localhost:3000" });
    expect(allowed.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    expect((await ask(undefined, "", { origin: "https://evil.example" })).status).toBe(403);
  });
});

function envelope(name: ProfileId): Omit<Parameters<ReturnType<typeof stubOf>["outbox"]>[0], "from" | "limitBytes"> {
  return { v: 1, workspace: ws.id, jurisdiction: null, name, ruleset: 1, retentionMs: 0 };
}

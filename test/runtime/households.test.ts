import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import { householdStub } from "../../durable-objects/household/stub.ts";
import { call, decide, event, fresh, identifier, ingest, publishRules, type DecideAnswer } from "./profiles.ts";

/** Households over real objects: what members do, together; who joins, leaves, is merged or split; and what members are told. */

const RULES = {
  family: { household: { event: "A", count: { gte: 2 } } },
  calm: { household: { none: [{ event: "A" }] } },
  lately: { household: { event: "A", within: "7d" } },
  buyers: { event: "A" },
} as const;

async function setUp(): Promise<{
  workspace: string;
  person: (name: string) => HashedIdentifier;
  home: (name: string) => ProfileId;
}> {
  const workspace = fresh("hh");
  await publishRules(workspace, 1, RULES);
  return {
    workspace,
    person: (name) => identifier(workspace, "userId", name),
    home: (name) => identifier(workspace, "household", name).hash,
  };
}

function joins(of: HashedIdentifier, household: ProfileId | null, time = Date.now() - 1_000) {
  return event(of, { type: "group", household, properties: { type: "household" }, time });
}

const under = { ruleset: 1 };

async function audiencesOf(workspace: string, of: HashedIdentifier): Promise<readonly string[]> {
  const answer = (await decide(workspace, of, under)) as DecideAnswer;
  return answer.audiences ?? [];
}

async function become(workspace: string, of: HashedIdentifier, audiences: readonly string[]): Promise<void> {
  await vi.waitFor(async () => expect(await audiencesOf(workspace, of)).toEqual(audiences), { timeout: 10_000, interval: 20 });
}

async function standing(
  workspace: string,
  household: ProfileId,
): Promise<{ audiences: string[]; members: string[]; events: number }> {
  const text = await householdStub(env, { jurisdiction: null }, household).standing({
    ...call(workspace, household, 1),
    denied: [],
  });
  return text === "" ? { audiences: [], members: [], events: 0 } : JSON.parse(text.slice(1));
}

it("holds what its members did, and tells each what they are in together", async () => {
  const { workspace, person, home } = await setUp();
  const [ann, bob] = [person("ann"), person("bob")];
  await ingest(workspace, ann, [event(ann, { event: "A" }), joins(ann, home("h"))], under);
  await become(workspace, ann, ["buyers", "lately"]);
  await ingest(workspace, bob, [joins(bob, home("h"))], under);
  await become(workspace, bob, ["lately"]);
  await ingest(workspace, bob, [event(bob, { event: "A" })], under);
  await become(workspace, bob, ["buyers", "family", "lately"]);
  await become(workspace, ann, ["buyers", "family", "lately"]);
  expect(await standing(workspace, home("h"))).toMatchObject({ audiences: ["buyers"], events: 4 });
});

it("lets one's events go with him who leaves", async () => {
  const { workspace, person, home } = await setUp();
  const [ann, bob] = [person("ann"), person("bob")];
  for (const one of [ann, bob]) await ingest(workspace, one, [event(one, { event: "A" }), joins(one, home("h"))], under);
  await become(workspace, ann, ["buyers", "family", "lately"]);
  await ingest(workspace, bob, [joins(bob, null, Date.now())], under);
  await become(workspace, bob, ["buyers"]);
  await become(workspace, ann, ["buyers", "lately"]);
  await ingest(workspace, bob, [joins(bob, home("other"), Date.now())], under);
  await become(workspace, bob, ["buyers", "lately"]);
  expect((await standing(workspace, home("h"))).members).toEqual([ann.hash]);
});

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { shareOf } from "../../core/rules/bucket.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { DAY_MS, fresh } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, type TestWorkspace } from "./workspace.ts";

/** The conditions that ask more than a trait or a count, over the wire: collected, decided, explained. */
const RULES = {
  half: { bucket: { salt: "s", from: 0, to: 0.5 } },
  "other-half": { not: { bucket: { salt: "s", from: 0, to: 0.5 } } },
  abandoned: {
    sequence: [{ event: "Product Viewed" }, { event: "Product Added", within: "1h" }],
    within: "30d",
    without: { event: "Order Completed" },
  },
  buyers: { event: "Order Completed" },
  "abandoned-only": { all: [{ audience: "abandoned" }, { not: { audience: "buyers" } }] },
  "loyal-for-a-week": { audience: "buyers", for: "7d" },
};

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await makeWorkspace(RULES);
});

const daysAgo = (days: number, hours = 0): string => new Date(Date.now() - days * DAY_MS - hours * 3_600_000).toISOString();

async function send(userId: string, events: readonly (readonly [string, string])[]): Promise<void> {
  const batch = events.map(([event, timestamp]) => ({ type: "track", userId, event, timestamp }));
  await collect(ws.writeKeys.store, "batch", { batch });
}

async function audiencesOf(userId: string, more: object = {}): Promise<readonly string[]> {
  const { body } = await decideOver(ws.secret, { identity: { userId }, ...more });
  return body.audiences ?? [];
}

describe("a decision", () => {
  it("splits people the same while they are unknown and once they are known", async () => {
    const halves = new Set<string>();
    for (let n = 0; n < 12; n++) {
      const userId = fresh("u");
      const name = profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId });
      const expected = shareOf("s", name) < 0.5 ? "half" : "other-half";
      expect(await audiencesOf(userId)).toEqual([expected]);
      await send(userId, [["Seen", daysAgo(1)]]);
      expect(await audiencesOf(userId)).toEqual([expected]);
      halves.add(expected);
    }
    expect(halves.size).toBe(2);
  });

  it("knows what followed what, whatever the order in which it came", async () => {
    const userId = fresh("u");
    await send(userId, [["Product Added", daysAgo(3)]]);
    expect(await audiencesOf(userId)).not.toContain("abandoned");
    await send(userId, [["Product Viewed", daysAgo(3, 1)]]);
    expect(await audiencesOf(userId)).toEqual(expect.arrayContaining(["abandoned", "abandoned-only"]));
    await send(userId, [["Order Completed", daysAgo(3, 0.5)]]);
    const audiences = await audiencesOf(userId);
    expect(audiences).toContain("buyers");
    expect(audiences).not.toContain("abandoned");
    expect(audiences).not.toContain("abandoned-only");
  });

  it("knows for how long, and when that will be long enough", async () => {
    const userId = fresh("u");
    const bought = Date.now() - 6 * DAY_MS;
    await send(userId, [["Order Completed", new Date(bought).toISOString()]]);
    const { body } = await decideOver(ws.secret, { identity: { userId }, include: ["audiences", "explain"] });
    expect(body.audiences).not.toContain("loyal-for-a-week");
    expect(body.validUntil).toBe(new Date(bought + 7 * DAY_MS).toISOString());
    expect(body.explain?.["loyal-for-a-week"]).toMatchObject({
      kind: "audience",
      value: false,
      audience: "buyers",
      forMs: 7 * DAY_MS,
      saw: { member: true },
      nextChange: new Date(bought + 7 * DAY_MS).toISOString(),
    });
    const later = new Date(bought + 7 * DAY_MS).toISOString();
    expect(await audiencesOf(userId, { at: later })).toContain("loyal-for-a-week");
  });
});

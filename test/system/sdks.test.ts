import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { jitsuAnalytics } from "@jitsu/js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTideline, type Tideline } from "./tideline.ts";

/** Clients of other makers as they are on npm, unmodified, sending to a running Tideline. Segment's is the one of the replay. */
describe("a client of another maker", () => {
  let at: Tideline;
  beforeAll(async () => {
    at = await makeTideline();
    await at.start();
  });
  afterAll(async () => {
    await at.remove();
  });

  /** Names of the events that a person's journal holds, the newest first. */
  async function eventsOf(userId: string): Promise<readonly string[]> {
    const headers = { authorization: "Bearer sk_demo" };
    const asked = { method: "POST", headers, body: JSON.stringify({ userId }) };
    const found = await fetch(`${at.url}/api/profiles/lookup`, asked);
    const { profileId } = (await found.json()) as { profileId?: string };
    if (profileId === undefined) return [];
    const page = await fetch(`${at.url}/api/profiles/${profileId}/events`, { headers });
    const { events } = (await page.json()) as { events: readonly { name: string }[] };
    return events.map(({ name }) => name);
  }

  it("RudderStack's for Node: track, identify and page, zipped and in a batch", async () => {
    const client = new RudderAnalytics("wk_demo_store", { dataPlaneUrl: at.url, gzip: true, flushAt: 3, logLevel: "error" });
    client.identify({ userId: "rudder-1", traits: { country: "FR" } });
    client.page({ userId: "rudder-1", name: "Home" });
    client.track({ userId: "rudder-1", event: "Order Completed", properties: { revenue: 9.99 } });
    await client.flush();
    await expect.poll(() => eventsOf("rudder-1"), { timeout: 10_000 }).toHaveLength(3);
    expect((await eventsOf("rudder-1")).toSorted()).toEqual(["$identify", "$page", "Order Completed"]);
  });

  it("Jitsu's: track, identify and page, each under its own path", async () => {
    const client = jitsuAnalytics({ host: at.url, writeKey: "wk_demo_store:secret", fetch: globalThis.fetch });
    await client.identify("jitsu-1", { country: "FR" });
    await client.track("Order Completed", { revenue: 9.99 });
    await client.page({ name: "Home" });
    await expect.poll(() => eventsOf("jitsu-1"), { timeout: 10_000 }).toHaveLength(3);
    expect((await eventsOf("jitsu-1")).toSorted()).toEqual(["$identify", "$page", "Order Completed"]);
  });
});

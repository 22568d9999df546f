import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive, makeTideline, type Tideline } from "./tideline.ts";

/**
 * Kill -9 in the middle of ingest: of the runtime, of the starting process, of both. Afterwards every acknowledged event
 * is there, and none twice, although the client sent again whatever was not acknowledged.
 */
const FULL = process.env["TIDELINE_FULL"] === "1";
const ROUNDS = FULL ? 20 : 3;
const PEOPLE = 20;
/** Calls under way at once. */
const SENDERS = 16;

type Victim = "workerd" | "node" | "both";
const VICTIMS: readonly Victim[] = ["workerd", "node", "both"];

let at: Tideline;
beforeAll(async () => {
  at = await makeTideline();
  await at.start();
});
afterAll(async () => {
  await at.remove();
});

interface Sent {
  readonly userId: string;
  readonly messageId: string;
  acknowledged: boolean;
}

/** Sends one event until it is acknowledged or there is nobody to send to. */
async function send(event: Sent): Promise<void> {
  try {
    const response = await fetch(`${at.url}/v1/track`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("wk_demo_store:")}` },
      body: JSON.stringify({ ...event, acknowledged: undefined, event: "Order Completed", timestamp: "2026-11-01T12:00:00Z" }),
    });
    event.acknowledged ||= response.status === 200;
    await response.arrayBuffer();
  } catch {
    // The connection died with the process: nothing was acknowledged.
  }
}

function kill(victim: Victim): void {
  const { node, workerd } = at.processes();
  if (victim !== "node") for (const pid of workerd) process.kill(pid, "SIGKILL");
  if (victim !== "workerd") process.kill(node, "SIGKILL");
}

async function journal(userId: string): Promise<string[]> {
  const headers = { authorization: "Bearer sk_demo" };
  const looked = await fetch(`${at.url}/api/profiles/lookup`, { method: "POST", headers, body: JSON.stringify({ userId }) });
  if (looked.status === 404) return [];
  const { profileId } = (await looked.json()) as { profileId: string };
  const ids: string[] = [];
  let cursor = "";
  do {
    const page = await fetch(`${at.url}/api/profiles/${profileId}/events?limit=100${cursor}`, { headers });
    const { events, next } = (await page.json()) as { events: { messageId: string }[]; next: string | number | null };
    ids.push(...events.map(({ messageId }) => messageId));
    cursor = next === null ? "" : `&cursor=${next}`;
  } while (cursor !== "");
  return ids;
}

describe("kill -9 in the middle of ingest", () => {
  it(`loses no acknowledged event and doubles none, over ${ROUNDS} deaths`, async () => {
    const sent: Sent[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const victim = VICTIMS[round % VICTIMS.length] ?? "both";
      const death = new AbortController();
      const sender = async (who: number): Promise<void> => {
        for (let turn = 0; !death.signal.aborted; turn++) {
          const event = { userId: `u${(who + turn) % PEOPLE}`, messageId: `r${round}-s${who}-t${turn}`, acknowledged: false };
          sent.push(event);
          await send(event);
        }
      };
      const senders = Array.from({ length: SENDERS }, (_, who) => sender(who));
      const before = sent.filter((event) => event.acknowledged).length;
      // Kills in the midst of it, not before it has begun.
      while (sent.filter((event) => event.acknowledged).length < before + 200 + round * 10) await delay(5);
      const { workerd } = at.processes();
      kill(victim);
      await at.ended();
      death.abort();
      await Promise.all(senders);
      expect(victim === "node" ? workerd.some(isAlive) : !workerd.some(isAlive)).toBe(true);
      await at.start();
      expect(workerd.some(isAlive)).toBe(false);
      // A client sends again what it knows nothing of, and some of what it does.
      for (const event of sent) if (!event.acknowledged || sent.indexOf(event) % 7 === 0) await send(event);
    }
    expect(sent.every((event) => event.acknowledged)).toBe(true);
    for (let person = 0; person < PEOPLE; person++) {
      const expected = sent.filter(({ userId }) => userId === `u${person}`).map(({ messageId }) => messageId);
      expect((await journal(`u${person}`)).toSorted()).toEqual(expected.toSorted());
    }
    process.stdout.write(`kill -9: ${ROUNDS} deaths, ${sent.length} events, none lost, none doubled\n`);
  }, 600_000);

  it("keeps what was acknowledged in the last moment before the death, with no retry", async () => {
    const acknowledged: string[] = [];
    const senders = Array.from({ length: SENDERS }, async (_, who) => {
      for (let turn = 0; turn < 200; turn++) {
        const event: Sent = { userId: `last${who}`, messageId: `last-${who}-${turn}`, acknowledged: false };
        await send(event);
        if (!event.acknowledged) return;
        acknowledged.push(`last${who} ${event.messageId}`);
      }
    });
    while (acknowledged.length < 300) await delay(2);
    kill("both");
    await at.ended();
    await Promise.all(senders);
    await at.start();
    const held = await Promise.all(
      Array.from({ length: SENDERS }, async (_, who) => (await journal(`last${who}`)).map((id) => `last${who} ${id}`)),
    );
    const all = held.flat();
    expect(acknowledged.filter((event) => !all.includes(event))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
  });
});

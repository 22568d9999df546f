import { execFileSync } from "node:child_process";
import { rmSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTideline, type Tideline } from "./tideline.ts";

/**
 * The cold path of the real thing: what is collected comes out of queue, archive and index as it went in, though it is
 * killed in between; and what was lost is back after a restore.
 */
const ROOT = resolve(import.meta.dirname, "../..");
const PEOPLE = 12;
/** A seal waits 30 s, a batch 5 s, and what died with the local queue is sent again after a minute. */
const ARRIVES_WITHIN_MS = 150_000;
const headers = { authorization: "Bearer sk_demo" };

let at: Tideline;
beforeAll(async () => {
  at = await makeTideline();
  await at.start();
});
afterAll(async () => {
  await at.remove();
});

interface Health {
  readonly ok: boolean;
  readonly lastDay: Readonly<Record<string, number>>;
}

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${at.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
}

async function buy(person: number, times: number): Promise<void> {
  const batch = Array.from({ length: times }, () => ({
    type: "track",
    userId: `u${person}`,
    messageId: crypto.randomUUID(),
    event: "Order Completed",
  }));
  const response = await fetch(`${at.url}/v1/batch`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("wk_demo_store:")}` },
    body: JSON.stringify({ batch }),
  });
  expect(await response.json()).toEqual({ success: true });
}

async function decide(
  person: number,
): Promise<{ readonly known: boolean; readonly audiences: readonly string[]; readonly profileId?: string }> {
  return api("POST", "/v1/decide", { identity: { userId: `u${person}` } });
}

async function until<T>(look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + ARRIVES_WITHIN_MS; ;) {
    const seen = await look();
    if (isThere(seen) || Date.now() > end) return seen;
    await delay(500);
  }
}

const size = (key: string) => api<{ now: number }>("GET", `/api/audiences/${key}/size`);
const applied = async (): Promise<number> => (await api<Health>("GET", "/api/health/detail")).lastDay["events.applied"] ?? 0;
/** The size that decide gives, asked of everybody. */
const decided = async (key: string): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: PEOPLE }, (_, person) => decide(person)));
  return answers.filter(({ audiences }) => audiences.includes(key)).length;
};

describe("the cold path", () => {
  it("agrees with decide, over a kill -9 in between", async () => {
    await api("PUT", "/api/audiences/buyers", { name: "Buyers", rule: { event: "Order Completed" } });
    await api("PUT", "/api/audiences/fans", { name: "Fans", rule: { event: "Order Completed", count: { gte: 40 } } });
    await api("POST", "/api/ruleset/publish", {});
    let sent = 0;
    for (let person = 0; person < PEOPLE; person++) {
      const times = person % 2 === 0 ? 60 : 3;
      await buy(person, times);
      sent += times;
    }
    const { workerd } = at.processes();
    for (const pid of workerd) process.kill(pid, "SIGKILL");
    await at.ended();
    await at.start();
    expect(await until(applied, (count) => count >= sent)).toBe(sent);
    for (const key of ["buyers", "fans"]) {
      expect([key, (await size(key)).now]).toEqual([key, await decided(key)]);
    }
    expect([await decided("buyers"), await decided("fans")]).toEqual([PEOPLE, PEOPLE / 2]);
  }, 300_000);

  it("tells everybody of a new rule, and the sizes follow", async () => {
    await api("PUT", "/api/audiences/once", { name: "Once", rule: { event: "Order Completed", count: { lte: 10 } } });
    const { version } = await api<{ version: number }>("POST", "/api/ruleset/publish", {});
    const progress = () =>
      api<{ version: number; done: number; total: number; finishedAt: string | null }>("GET", "/api/ruleset/progress");
    expect(await until(progress, ({ finishedAt }) => finishedAt !== null)).toMatchObject({
      version,
      done: PEOPLE,
      total: PEOPLE,
    });
    expect(
      await until(
        () => size("once"),
        ({ now }) => now === PEOPLE / 2,
      ),
    ).toMatchObject({ now: PEOPLE / 2 });
  }, 300_000);

  it("gives back a profile from the archive whose object was lost", async () => {
    const { profileId = "" } = await decide(0);
    const events = () => api<{ events: readonly unknown[] }>("GET", `/api/profiles/${profileId}/events?limit=200`);
    const before = await events();
    await at.end("SIGTERM");
    loseObjects();
    await at.start();
    expect(await decide(0)).toMatchObject({ known: false });
    const restore = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [join(ROOT, "scripts/restore.ts"), "--url", at.url, ...args], { encoding: "utf8" });
    expect(restore("--profile", profileId)).toBe("Read 60 events of the archive; 60 of them were lost and are back.\n");
    expect(await decide(0)).toMatchObject({ known: true, audiences: ["buyers", "fans"] });
    expect(await decide(2)).toMatchObject({ known: false });
    expect((await events()).events).toHaveLength(before.events.length);
    expect(restore("--all")).toContain("318 of them were lost");
    expect(restore("--all")).toContain("; 0 of them were lost");
    expect([await decided("buyers"), await decided("fans")]).toEqual([PEOPLE, PEOPLE / 2]);
    expect(
      await until(
        () => size("buyers"),
        ({ now }) => now === PEOPLE,
      ),
    ).toMatchObject({ now: PEOPLE });
    const rollups = await applied();
    expect(rollups).toBe(60 * (PEOPLE / 2) + 3 * (PEOPLE / 2));
  }, 300_000);
});

const FULL = process.env["TIDELINE_FULL"] === "1";

describe.runIf(FULL)("a rule published after 50,000 events over 2,000 profiles", () => {
  const MANY = 2_000;
  const EACH = 25;
  /** Half of them five times or more. */
  const rule = { event: "Visit", where: { property: "deep", eq: true }, count: { gte: 5 } };

  it("has the same members and sizes as one published before, once the sweep is done", async () => {
    const large = await makeTideline();
    const small = at;
    try {
      await large.start();
      at = large;
      await api("PUT", "/api/audiences/before", { name: "Before", rule });
      await api("POST", "/api/ruleset/publish", {});
      const started = Date.now();
      for (let first = 0; first < MANY; first += 20) {
        const batch = Array.from({ length: 20 * EACH }, (_, n) => {
          const person = first + (n % 20);
          const turn = Math.floor(n / 20);
          return {
            type: "track",
            userId: `p${person}`,
            messageId: `m${person}-${turn}`,
            event: "Visit",
            properties: { deep: turn < person % 10 },
          };
        });
        const response = await fetch(`${at.url}/v1/batch`, {
          method: "POST",
          headers: { authorization: `Basic ${btoa("wk_demo_store:")}` },
          body: JSON.stringify({ batch }),
        });
        expect(await response.json()).toEqual({ success: true });
      }
      const sentMs = Date.now() - started;
      expect(await until(applied, (count) => count >= MANY * EACH)).toBe(MANY * EACH);
      const appliedMs = Date.now() - started;
      await api("PUT", "/api/audiences/after", { name: "After", rule });
      await api("POST", "/api/ruleset/publish", {});
      const published = Date.now();
      const progress = () => api<{ done: number; changed: number; finishedAt: string | null }>("GET", "/api/ruleset/progress");
      const swept = await until(progress, ({ finishedAt }) => finishedAt !== null);
      const sweptMs = Date.now() - published;
      expect(swept).toMatchObject({ done: MANY, changed: MANY / 2 });
      expect(
        await until(
          () => size("after"),
          ({ now }) => now === MANY / 2,
        ),
      ).toMatchObject({ now: MANY / 2 });
      expect((await size("before")).now).toBe(MANY / 2);
      for (let first = 0; first < MANY; first += 100) {
        const requests = Array.from({ length: 100 }, (_, n) => ({ identity: { userId: `p${first + n}` } }));
        const { responses } = await api<{ responses: readonly { audiences: readonly string[] }[] }>("POST", "/v1/decide/batch", {
          requests,
        });
        for (const [n, { audiences }] of responses.entries()) {
          expect(audiences).toEqual((first + n) % 10 >= 5 ? ["after", "before"] : []);
        }
      }
      const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
      process.stdout.write(
        `sweep: ${MANY * EACH} events sent in ${seconds(sentMs)}, applied after ${seconds(appliedMs)}; ${swept.done} profiles told in ${seconds(sweptMs)}, ${swept.changed} changed, sizes equal after ${seconds(Date.now() - published)}\n`,
      );
    } finally {
      at = small;
      await large.remove();
    }
  }, 600_000);
});

/** Takes away every profile object's file, as if the storage were gone. */
function loseObjects(): void {
  const state = join(at.data, "state");
  const folders = readdirSync(state, { recursive: true, withFileTypes: true }).filter(
    (one) => one.isDirectory() && one.name.includes("ProfileObject"),
  );
  expect(folders.length).toBeGreaterThan(0);
  for (const { parentPath, name } of folders) rmSync(join(parentPath, name), { recursive: true, force: true });
}

import { describe, expect, it } from "vitest";
import { FRESH_MS, FreshCache, STALE_MS } from "./fresh-cache.ts";

interface Thing {
  readonly revision: number;
}

/** A store whose content, health and pace the test decides, and the clock. */
function world(options: { readonly most?: number; readonly mostAbsent?: number } = {}) {
  const cache = new FreshCache<Thing>({
    most: 100,
    mostAbsent: 100,
    ...options,
    isNewer: (held, read) => held.revision > read.revision,
  });
  const stored = new Map<string, Thing>();
  const behind: Promise<unknown>[] = [];
  const state = { now: 1_000_000, reads: 0, down: false };
  const lookup = (id: string) => ({
    now: state.now,
    load: async () => {
      state.reads++;
      await Promise.resolve();
      if (state.down) throw new Error("down");
      return stored.get(id);
    },
    waitUntil: (work: Promise<unknown>) => void behind.push(work),
  });
  const find = (id: string) => cache.find(id, lookup(id));
  const settle = () => Promise.all(behind.splice(0));
  return { cache, stored, state, behind, find, settle };
}

describe("a record in the isolate's memory", () => {
  it("is read once, then answered at once", async () => {
    const { stored, state, find } = world();
    stored.set("a", { revision: 1 });
    expect(find("a")).toBeInstanceOf(Promise);
    await find("a");
    state.reads = 0;
    expect(find("a")).toEqual({ revision: 1 });
    expect(state.reads).toBe(0);
  });

  it("is answered as it is for 5 s, whatever the store says", async () => {
    const { stored, state, find } = world();
    stored.set("a", { revision: 1 });
    await find("a");
    stored.set("a", { revision: 2 });
    state.now += FRESH_MS - 1;
    expect(find("a")).toEqual({ revision: 1 });
    expect(state.reads).toBe(1);
  });

  it("from 5 s on is answered as it is and refreshed behind the reply, once at a time", async () => {
    const { stored, state, find, behind, settle } = world();
    stored.set("a", { revision: 1 });
    await find("a");
    stored.set("a", { revision: 2 });
    state.now += FRESH_MS;
    expect(find("a")).toEqual({ revision: 1 });
    expect(find("a")).toEqual({ revision: 1 });
    expect(behind).toHaveLength(1);
    await settle();
    expect(find("a")).toEqual({ revision: 2 });
    expect(state.reads).toBe(2);
  });

  it("is refreshed again where a refresh was cut off with its request", async () => {
    const { stored, state, find, behind } = world();
    stored.set("a", { revision: 1 });
    await find("a");
    state.now += FRESH_MS;
    void find("a");
    behind.length = 0; // never settles
    state.now += FRESH_MS;
    void find("a");
    expect(behind).toHaveLength(1);
  });

  it("from 60 s on is read before it is answered, by every request: what was revoked is refused", async () => {
    const { stored, state, find } = world();
    stored.set("a", { revision: 1 });
    await find("a");
    stored.delete("a");
    state.now += STALE_MS;
    const [one, other] = [find("a"), find("a")];
    expect(one).toBeInstanceOf(Promise);
    expect(other).toBeInstanceOf(Promise);
    expect([await one, await other]).toEqual([undefined, undefined]);
    expect(find("a")).toBeUndefined();
  });

  it("stands, however old, while the store is out of reach; nobody waits for the store again for 5 s", async () => {
    const { stored, state, find } = world();
    stored.set("a", { revision: 1 });
    await find("a");
    state.down = true;
    state.now += 10 * STALE_MS;
    expect(await find("a")).toEqual({ revision: 1 });
    expect(find("a")).toEqual({ revision: 1 });
    state.now += FRESH_MS;
    state.down = false;
    stored.set("a", { revision: 2 });
    expect(await find("a")).toEqual({ revision: 2 });
  });

  it("survives a refresh that fails", async () => {
    const { stored, state, find, settle } = world();
    stored.set("a", { revision: 1 });
    await find("a");
    state.down = true;
    state.now += FRESH_MS;
    void find("a");
    await settle();
    expect(await find("a")).toEqual({ revision: 1 });
  });

  it("that is not known here is not answered while the store is out of reach", async () => {
    const { state, find } = world();
    state.down = true;
    await expect(find("a")).rejects.toThrow("down");
    state.down = false;
    expect(await find("a")).toBeUndefined();
  });

  it("is not replaced by an older reading that arrives later", async () => {
    const { cache, state, find } = world();
    cache.put("a", { revision: 3 }, state.now);
    cache.put("a", { revision: 2 }, state.now);
    expect(find("a")).toEqual({ revision: 3 });
  });

  it("ages although the clock stepped back", async () => {
    const { stored, state, find, settle } = world();
    stored.set("a", { revision: 1 });
    await find("a");
    stored.set("a", { revision: 2 });
    state.now -= 3_600_000;
    await find("a");
    await settle();
    expect(find("a")).toEqual({ revision: 2 });
  });
});

describe("an answer “not there”", () => {
  it("is remembered for 5 s, then asked again", async () => {
    const { stored, state, find } = world();
    await find("a");
    stored.set("a", { revision: 1 });
    expect(find("a")).toBeUndefined();
    state.now += FRESH_MS;
    expect(await find("a")).toEqual({ revision: 1 });
  });

  it("pushes no record out, however many are guessed", async () => {
    const { stored, state, find } = world({ most: 10, mostAbsent: 10 });
    stored.set("real", { revision: 1 });
    await find("real");
    for (let guess = 0; guess < 1_000; guess++) await find(`guess ${guess}`);
    state.reads = 0;
    expect(find("real")).toEqual({ revision: 1 });
    expect(state.reads).toBe(0);
  });
});

describe("memory", () => {
  it("is bounded: the record longest unused leaves first", async () => {
    const { stored, state, find, settle } = world({ most: 2 });
    for (const id of ["a", "b", "c"]) stored.set(id, { revision: 1 });
    await find("a");
    await find("b");
    state.now += FRESH_MS;
    void find("a");
    await settle();
    await find("c");
    state.reads = 0;
    expect(find("a")).toEqual({ revision: 1 });
    expect(find("c")).toEqual({ revision: 1 });
    expect(state.reads).toBe(0);
    await find("b");
    expect(state.reads).toBe(1);
  });
});

import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, inject, it, vi } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import { Groups } from "../../core/identity/groups.testing.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { crashing, type Crash } from "./crashes.ts";
import { call, fresh, journalOf, stubOf } from "./profiles.ts";
import { collect, makeWorkspace } from "./workspace.ts";

/** People of some devices, cards and mails each; what calls bear is drawn at random, mostly of one person. */
const PEOPLE = inject("full") ? 1_500 : 40;
const CALLS = inject("full") ? 12_000 : 320;

/** A generator that gives the same run for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** Lets calls between objects fail at random, before they are done or after: the crash of the one that is called. */
async function withCrashes(draw: (below: number) => number, run: () => Promise<void>): Promise<number> {
  let crashes = 0;
  const atRandom = (): Crash | undefined => {
    const crash = (["before", "after"] as const)[draw(12)];
    if (crash !== undefined) crashes++;
    return crash;
  };
  const mend = (["admit", "adopt", "stage", "leave"] as const).map((method) => crashing(method, atRandom));
  try {
    await run();
  } finally {
    for (const one of mend) one();
  }
  return crashes;
}

it(
  "is that of union-find on the accepted links, and each event is somebody's once, whatever crashes",
  { timeout: 3_000_000 },
  async ({ annotate }) => {
    const began = Date.now();
    // Each crash is logged, as it should be.
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    // The model knows no limits.
    const limits = { anonymousId: { most: 100 }, emailSha256: { most: 100 }, "ext:loyalty": { most: 100 } };
    const ws = await makeWorkspace({}, { identifiers: { limits } });
    const seed = inject("full") ? 7 : 3;
    const draw = random(seed);
    const groups = new Groups();
    const named = (type: string, value: string): HashedIdentifier => ({
      type,
      hash: profileName(env.NAME_KEY, ws.id, { type, value }),
    });
    const run = fresh("run");
    const sent: string[] = [];
    const all = new Map<ProfileId, HashedIdentifier>();
    const deliver = async (body: object, path: string): Promise<void> => {
      for (let tries = 0; tries < 40; tries++) {
        const { status, body: reply } = await collect(ws.writeKeys.store, path, body);
        if (status === 200) {
          expect(reply).toEqual({ success: true });
          return;
        }
      }
      throw new Error("a call never came through");
    };
    const crashes = await withCrashes(draw, async () => {
      for (let n = 0; n < CALLS; n++) {
        const one = draw(PEOPLE);
        const other = draw(10) === 0 ? draw(PEOPLE) : one;
        const bears: HashedIdentifier[] = [];
        const externalIds: object[] = [];
        const isIdentify = draw(4) === 0;
        const userId = draw(3) === 0 ? `${run}-u${one}` : undefined;
        if (userId !== undefined) bears.push(named("userId", userId));
        const anonymousId = draw(3) > 0 ? `${run}-d${other}-${draw(2)}` : undefined;
        if (anonymousId !== undefined) bears.push(named("anonymousId", anonymousId));
        if (draw(3) === 0 || bears.length === 0) {
          const id = `${run}-c${draw(8) === 0 ? other : one}-${draw(2)}`;
          externalIds.push({ type: "loyalty", id });
          bears.push(named("ext:loyalty", id));
        }
        if (draw(4) === 0) {
          const email = `${run}-m${one}@mail.example`;
          externalIds.push({ type: "email", id: email });
          bears.push(named("emailSha256", emailSha256(email)));
        }
        const messageId = `${run}-${n}`;
        sent.push(messageId);
        const body = { userId, anonymousId, messageId, timestamp: new Date().toISOString(), context: { externalIds } };
        await deliver(isIdentify ? body : { ...body, event: "e" }, isIdentify ? "identify" : "track");
        groups.event(bears, isIdentify ? "identify" : "track");
        for (const each of bears) all.set(each.hash, each);
        const evicted = [...all.keys()][draw(all.size)];
        if (evicted !== undefined && draw(4) === 0) {
          await stubOf(evicted).resolve(call(ws.id, evicted));
          await evictDurableObject(stubOf(evicted));
        }
      }
    });
    // What was cut off is taken up by the alarms.
    for (const name of all.keys()) await runDurableObjectAlarm(stubOf(name));

    const rootOf = async (name: ProfileId): Promise<ProfileId> => {
      const answer = await stubOf(name).resolve(call(ws.id, name));
      return answer.startsWith("@") ? rootOf(answer.slice(1) as ProfileId) : name;
    };
    const members = new Map<ProfileId, ProfileId[]>();
    for (const name of all.keys()) {
      const root = await rootOf(name);
      members.set(root, [...(members.get(root) ?? []), name]);
    }
    const partition = [...members.values()].map((names) => names.toSorted().join(" ")).toSorted();
    expect(partition).toEqual(groups.partition());
    const held: string[] = [];
    for (const root of members.keys())
      held.push(...(await journalOf(ws.id, { type: "any", hash: root })).map(({ messageId }) => messageId));
    expect(held.toSorted()).toEqual(sent.toSorted());
    expect(log).toHaveBeenCalled();
    expect(crashes).toBeGreaterThan(0);
    await annotate(
      `partition: ${all.size} identifiers of ${members.size} people after ${CALLS} calls with ${crashes} crashes under seed ${seed}, in ${((Date.now() - began) / 1_000).toFixed(0)} s; each event once`,
      "figures",
    );
  },
);

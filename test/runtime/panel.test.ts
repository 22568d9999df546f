import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { HashedIdentifier } from "../../core/model/ids.ts";
import type { JsonObject } from "../../core/model/json.ts";
import { PANEL_SALT } from "../../core/model/panel.ts";
import { shareOf } from "../../core/rules/bucket.ts";
import { flattenRuleset } from "../../core/rules/flatten.ts";
import { parseRule } from "../../core/rules/parse.ts";
import type { PanelCount } from "../../durable-objects/panel/calls.ts";
import { PANEL_SHARDS, panelShardOf, panelStub } from "../../durable-objects/panel/stub.ts";
import {
  call,
  DAY_MS,
  decide,
  event,
  fresh,
  identifier,
  ingest,
  linkTo,
  publishRules,
  RETENTION_MS,
  stubOf,
  type DecideAnswer,
} from "./profiles.ts";

/** The panel over real objects: copies of people's journals, on which a rule counts whom it would select. */

let workspace: string;
beforeEach(() => {
  workspace = fresh("panel");
});

const home = () => ({ id: workspace, jurisdiction: null });
const person = (name: string): HashedIdentifier => identifier(workspace, "userId", name);

async function mirror(people: readonly HashedIdentifier[], rate = 1): Promise<void> {
  for (const [shard, some] of Map.groupBy(people, ({ hash }) => panelShardOf(hash)))
    await panelStub(env, home(), shard).mirror({ ...call(workspace, some[0]!.hash), rate, people: some.map(({ hash }) => hash) });
}

async function count(json: JsonObject, { rate = 1, composition = false } = {}): Promise<PanelCount> {
  const rule = parseRule(json, { zone: "Europe/Paris", retentionMs: RETENTION_MS });
  if (!rule.ok) throw new Error(JSON.stringify(rule.error));
  const settings = { workspace, version: 0, zone: "Europe/Paris", retentionMs: RETENTION_MS };
  const artifact = flattenRuleset([{ key: "", rule: rule.value }], settings);
  const counts = await Promise.all(
    Array.from({ length: PANEL_SHARDS }, async (_, shard): Promise<PanelCount> => {
      const asked = { ...call(workspace, person("nobody").hash), rate, artifact, composition };
      return JSON.parse(await panelStub(env, home(), shard).preview(asked)) as PanelCount;
    }),
  );
  const sum = (of: (one: PanelCount) => number): number => counts.reduce((total, one) => total + of(one), 0);
  return {
    rate: Math.min(...counts.map((one) => one.rate)),
    people: sum((one) => one.people),
    hits: sum((one) => one.hits),
    overlap: Object.fromEntries(counts.flatMap((one) => Object.entries(one.overlap))),
    sample: counts.flatMap((one) => one.sample),
    features: Object.fromEntries(counts.flatMap((one) => Object.entries(one.features ?? {}))),
  };
}

const BUYERS = { event: "A" } as const;

describe("the panel", () => {
  it("counts whom the people's own objects would count, of every rule", async () => {
    const rules: Readonly<Record<string, JsonObject>> = {
      often: { event: "A", count: { gte: 2 } },
      lately: { event: ["A", "B"], within: "7d" },
      spent: { event: "A", sum: { of: "value", gt: 3 } },
      route: { sequence: [{ event: "A" }, { event: "B", within: "5d" }] },
      north: { trait: "city", eq: "Lille" },
      never: { none: [{ event: "B" }] },
      half: { bucket: { salt: "s", from: 0, to: 0.5 } },
    };
    await publishRules(workspace, 1, rules);
    const people = Array.from({ length: 60 }, (_, n) => person(`p${n}`));
    for (const [n, one] of people.entries()) {
      const events = Array.from({ length: (n * 7) % 5 }, (_, at) =>
        event(one, {
          event: (n + at) % 3 === 0 ? "A" : "B",
          properties: { value: at },
          time: Date.now() - ((n + 3 * at) % 12) * DAY_MS,
        }),
      );
      const city = event(one, { type: "identify", properties: { city: n % 4 === 0 ? "Lille" : "Lyon" } });
      await ingest(workspace, one, [...events, city], { ruleset: 1 });
    }
    await mirror(people);
    const answers = await Promise.all(people.map((one) => decide(workspace, one, { ruleset: 1 }) as Promise<DecideAnswer>));
    for (const [key, rule] of Object.entries(rules)) {
      const truth = answers.filter(({ audiences }) => audiences?.includes(key)).length;
      const { people: all, hits } = await count(rule);
      expect([key, all, hits]).toEqual([key, 60, truth]);
    }
  });

  it("takes up what is new, once, and after an eviction", async () => {
    const ann = person("ann");
    await ingest(workspace, ann, [event(ann, { event: "B" })]);
    for (let n = 0; n < 3; n++) await mirror([ann]);
    expect((await count(BUYERS)).hits).toBe(0);
    await ingest(workspace, ann, [event(ann, { event: "A" })]);
    await Promise.all([mirror([ann]), mirror([ann])]);
    await evictDurableObject(panelStub(env, home(), panelShardOf(ann.hash)));
    expect((await count(BUYERS)).hits).toBe(1);
    expect((await count({ event: ["A", "B"], count: { eq: 2 } })).hits).toBe(1);
  });

  it("lets go of who became somebody else's, and of events that were split off", async () => {
    const [ann, card] = [person("ann"), identifier(workspace, "ext:loyalty", "card")];
    await ingest(workspace, card, [event(card, { event: "A" })]);
    await ingest(workspace, ann, [event(ann, { event: "B" })]);
    await mirror([ann, card]);
    expect(await count(BUYERS)).toMatchObject({ people: 2, hits: 1, sample: [card.hash] });
    await ingest(workspace, card, [linkTo(ann, false)]);
    await mirror([ann, card]);
    expect(await count(BUYERS)).toMatchObject({ people: 1, hits: 1, sample: [ann.hash] });
    await stubOf(ann.hash).confirm({ ...call(workspace, ann.hash), epoch: 1, to: 1_000 });
    await stubOf(card.hash).part({ ...call(workspace, card.hash), from: ann.hash, origins: [card.hash], apart: [ann.hash] });
    await mirror([ann, card]);
    expect(await count(BUYERS)).toMatchObject({ people: 2, hits: 1, sample: [card.hash] });
  });

  it("holds a share of all people, the same ones wherever it is asked, and never more again", async () => {
    const people = Array.from({ length: 80 }, (_, n) => person(`p${n}`));
    for (const one of people) await ingest(workspace, one, [event(one, { event: "A" })]);
    await mirror(people);
    const half = people.filter(({ hash }) => shareOf(PANEL_SALT, hash) < 0.5).length;
    expect(await count(BUYERS, { rate: 0.5 })).toMatchObject({ people: half, hits: half, rate: 0.5 });
    await mirror(people);
    expect(await count(BUYERS)).toMatchObject({ people: half, rate: 0.5 });
  });

  it("says what people have, and with which audiences they overlap", async () => {
    await publishRules(workspace, 1, { vip: { event: "B" } });
    const [ann, bob] = [person("ann"), person("bob")];
    await ingest(workspace, ann, [event(ann, { event: "A" }), event(ann, { event: "B" })], { ruleset: 1 });
    await ingest(workspace, bob, [event(bob, { type: "identify", properties: { plan: "free" } })], { ruleset: 1 });
    await mirror([ann, bob]);
    const found = await count(BUYERS, { composition: true });
    expect(found.overlap).toEqual({ vip: 1 });
    expect(found.features).toEqual({ "event A": [1, 1], "event B": [1, 1], 'trait plan "free"': [0, 1] });
  });
});

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, inject, it } from "vitest";
import { estimateSize } from "../../core/measure/estimate.ts";
import type { LogEvent } from "../../core/model/event.ts";
import { parseProfileId, type ProfileId } from "../../core/model/ids.ts";
import type { JsonObject } from "../../core/model/json.ts";
import { PANEL_SALT } from "../../core/model/panel.ts";
import { shareOf } from "../../core/rules/bucket.ts";
import { flattenRuleset } from "../../core/rules/flatten.ts";
import { parseRule } from "../../core/rules/parse.ts";
import type { PanelCount } from "../../durable-objects/panel/calls.ts";
import { PANEL_SHARDS, panelStub } from "../../durable-objects/panel/stub.ts";
import { testWorkspace } from "../../worker/cold/test-workspaces.ts";
import { call as apiCall } from "../../worker/api/test-api.ts";
import { fillPanel, type PanelPerson } from "./panel-filled.ts";
import { call, fresh, RETENTION_MS } from "./profiles.ts";

/**
 * What a preview says against the truth. People are made up, so how many a rule holds is counted of them all, without the engine: by plain comparisons of what
 * they were made from. Of so many, the sample that the panel draws is by a hash of the profile's id, so that other ids are another sample.
 */

const RATE = 0.05;
const PEOPLE = 200_000;
/** Samples drawn, each for 50 rules: 1,000 pairs, or a tenth of them. */
const DRAWS = inject("full") ? 20 : 2;

/** Numbers that are the same at every run: xoshiro128**, seeded by splitmix32. */
function generator(seed: number): () => number {
  const mixed = (): number => {
    seed = (seed + 0x9e37_79b9) | 0;
    let z = Math.imul(seed ^ (seed >>> 16), 0x85eb_ca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [mixed(), mixed(), mixed(), mixed()];
  const turned = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  return () => {
    const result = Math.imul(turned(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = turned(d, 11);
    return result;
  };
}

/** What somebody is made from: eight traits from 0 to 9,999, and the worth of each of their orders. */
interface Made {
  readonly id: ProfileId;
  readonly traits: readonly number[];
  readonly orders: readonly number[];
}

function made(next: () => number): Made {
  const bytes = Buffer.alloc(32);
  for (let at = 0; at < 32; at += 4) bytes.writeUInt32LE(next(), at);
  const id = parseProfileId(bytes.toString("base64url"));
  if (id === undefined) throw new Error("this is no id of a profile");
  const orders: number[] = [];
  while (next() % 2 === 0) orders.push(next() % 1_000);
  return { id, traits: Array.from({ length: 8 }, () => next() % 10_000), orders };
}

function journalOf({ id, traits, orders }: Made, now: number): PanelPerson {
  const base = { source: "web", channel: "web", party: "first" } as const;
  const properties = Object.fromEntries(traits.map((value, place) => [`t${place}`, value]));
  const identify: LogEvent = { ...base, type: "identify", name: "$identify", messageId: "i", time: now - 1_000_000, properties };
  const bought = orders.map((value, place): LogEvent => ({
    ...base,
    type: "track",
    name: "Order Completed",
    messageId: `o${place}`,
    time: now - 900_000 + place,
    properties: { value },
  }));
  return { id, events: [identify, ...bought] };
}

interface Asked {
  readonly rule: JsonObject;
  readonly holds: (person: Made) => boolean;
}

/** Fifty rules that hold 1 to 50 % of people. Of a trait each rule is about other values, so that what one of them meets in a sample says little of another. */
const RULES: readonly Asked[] = [
  ...Array.from({ length: 8 }, (_, place) =>
    [0.5, 0.2, 0.1, 0.05 + place / 400, 0.01 + place / 400].map((width, nth, widths): Asked => {
      const low = Math.round(widths.slice(0, nth).reduce((sum, one) => sum + one, 0) * 10_000);
      const high = low + Math.round(width * 10_000) - 1;
      return {
        rule: { trait: `t${place}`, between: [low, high] },
        holds: ({ traits }) => (traits[place] ?? -1) >= low && (traits[place] ?? -1) <= high,
      };
    }),
  ).flat(),
  ...[1, 2, 3, 4, 5].map((least): Asked => ({
    rule: { event: "Order Completed", within: "1d", count: { gte: least } },
    holds: ({ orders }) => orders.length >= least,
  })),
  ...[100, 400, 800, 1_500, 2_500].map((least): Asked => ({
    rule: { event: "Order Completed", sum: { of: "value", gt: least } },
    holds: ({ orders }) => orders.reduce((sum, one) => sum + one, 0) > least,
  })),
];

async function previewOf(workspace: string, rule: JsonObject, rate: number): Promise<{ people: number; hits: number }> {
  const settings = { zone: "Europe/Paris", retentionMs: RETENTION_MS };
  const parsed = parseRule(rule, settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const artifact = flattenRuleset([{ key: "", rule: parsed.value }], { workspace, version: 0, ...settings });
  const counts = await Promise.all(
    shardsOf(workspace).map(async (shard) => {
      const count: PanelCount = JSON.parse(
        await shard.preview({ ...call(workspace, NOBODY), rate, artifact, composition: false }),
      );
      expect(count.rate).toBe(rate);
      return count;
    }),
  );
  const sum = (of: "people" | "hits"): number => counts.reduce((total, count) => total + count[of], 0);
  return { people: sum("people"), hits: sum("hits") };
}

const NOBODY = "" as ProfileId;

function shardsOf(workspace: string) {
  return Array.from({ length: PANEL_SHARDS }, (_, shard) => panelStub(env, { id: workspace, jurisdiction: null }, shard));
}

/** Width of Wilson's interval (1927) of a share times all people, its variance times what is left of them to be drawn. */
function wilsonWidth(hits: number, sample: number, population: number): number {
  const z2 = 1.959964 ** 2 * ((population - sample) / (population - 1));
  const share = hits / sample;
  return (population * 2 * Math.sqrt((z2 * share * (1 - share)) / sample + (z2 / (2 * sample)) ** 2)) / (1 + z2 / sample);
}

describe("an interval from a panel of one in twenty", () => {
  it("holds the truth in 95 of 100, and is as narrow as Wilson's", async () => {
    const missed: string[] = [];
    const widths: number[] = [];
    for (let draw = 0; draw < DRAWS; draw++) {
      const workspace = fresh("intervals");
      const next = generator(draw + 1);
      const people = Array.from({ length: PEOPLE }, () => made(next));
      // As when it was half as many: a tenth is held, of which the objects keep a half when they are asked for a twentieth.
      const held = people.filter(({ id }) => shareOf(PANEL_SALT, id) < 2 * RATE);
      const now = Date.now();
      await fillPanel(
        workspace,
        held.map((person) => journalOf(person, now)),
        2 * RATE,
      );
      for (const { rule, holds } of RULES) {
        const truth = people.filter(holds).length;
        expect(truth / PEOPLE).toBeGreaterThan(0.009);
        expect(truth / PEOPLE).toBeLessThan(0.51);
        const { people: sample, hits } = await previewOf(workspace, rule, RATE);
        const { low, high, exact } = estimateSize(hits, sample, PEOPLE);
        expect(exact).toBe(false);
        if (truth < low || truth > high) missed.push(`${JSON.stringify(rule)}: ${truth} is not from ${low} to ${high}`);
        widths.push((high - low) / wilsonWidth(hits, sample, PEOPLE));
      }
      for (const shard of shardsOf(workspace)) await evictDurableObject(shard);
    }
    const pairs = DRAWS * RULES.length;
    expect(widths).toHaveLength(pairs);
    expect(Math.max(...widths)).toBeLessThanOrEqual(1.3);
    const coverage = 1 - missed.length / pairs;
    // Of 100 pairs the share wavers by 2 % where that of 1,000 does by 0.7.
    const [least, most] = inject("full") ? [0.93, 0.97] : [0.88, 1];
    expect(coverage, missed.join("\n")).toBeGreaterThanOrEqual(least);
    expect(coverage).toBeLessThanOrEqual(most);
  }, 600_000);
});

describe("a preview of 2,000 people", () => {
  it("is the number that counting them gives, of every rule", async () => {
    const shop = await testWorkspace();
    const next = generator(0);
    const people = Array.from({ length: 2_000 }, () => made(next));
    const row = "SELECT ?1, value, 1, 1, 0, NULL, 1, 0, 0, NULL, NULL, NULL, NULL, 0, '=' FROM json_each(?2)";
    await env.DB.prepare(`INSERT INTO profile ${row}`)
      .bind(shop.id, JSON.stringify(people.map(({ id }) => id)))
      .run();
    const now = Date.now();
    await fillPanel(
      shop.id,
      people.map((person) => journalOf(person, now)),
      1,
    );
    for (const { rule, holds } of RULES.slice(-20)) {
      const truth = people.filter(holds).length;
      const { json } = await apiCall("POST", "/api/rules/preview", { key: shop.secret, body: { rule } });
      expect(json.size, JSON.stringify(rule)).toEqual({ estimate: truth, low: truth, high: truth, exact: true });
      const ids = new Set(people.filter(holds).map(({ id }) => String(id)));
      expect(json.sample.filter((id: string) => !ids.has(id))).toEqual([]);
    }
  });
});

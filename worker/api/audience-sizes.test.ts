import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { hourOf } from "../cold/hours.ts";
import { consumed, finding, HOUR, TestJournal } from "../cold/test-journal.ts";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;

const put = (path: string, body: object) => call("PUT", `/api/${path}`, { key: shop.secret, body });
const audience = (key: string, rule: object) => put(`audiences/${key}`, { name: key.toUpperCase(), rule });
const sizes = async (query = "") => (await call("GET", `/api/audience-sizes${query}`, { key: shop.secret })).json;

beforeEach(async () => {
  shop = await testWorkspace();
});

it("are given of every audience in one reply, with how they came to be", async () => {
  await audience("vip", { event: "A" });
  await audience("empty", { event: "B" });
  const [ann, bob] = [new TestJournal(shop.id), new TestJournal(shop.id)];
  const hour = hourOf(Date.now());
  ann.change("vip", true, hour - 400 * HOUR).change("vip", false, hour);
  bob.change("vip", true, hour - 8 * HOUR, "publish");
  await consumed(finding(ann, bob), [ann.message(), bob.message()]);
  const week = await sizes();
  expect([week.stepHours, week.to]).toEqual([6, new Date(hour + HOUR).toISOString()]);
  expect(week.audiences).toEqual([
    expect.objectContaining({ key: "empty", now: 0, series: Array.from({ length: 28 }, () => 0), change: 0 }),
    {
      key: "vip",
      name: "VIP",
      state: "draft",
      usedBy: [],
      now: 1,
      series: [...Array.from({ length: 26 }, () => 1), 2, 1],
      change: 0,
      entered: 1,
      exited: 1,
    },
  ]);
  const day = await sizes("?hours=24");
  expect([day.stepHours, day.audiences[1].series.slice(-10)]).toEqual([1, [1, 2, 2, 2, 2, 2, 2, 2, 2, 1]]);
  const month = await sizes("?hours=720");
  expect([month.stepHours, month.audiences[1].series.length, month.audiences[1].series[0]]).toEqual([24, 30, 0]);
  expect(month.audiences[1]).toMatchObject({ now: 1, change: 1, entered: 2, exited: 1 });
});

it("come with what is live against the draft, until the next publish of what was deleted too", async () => {
  for (const key of ["same", "other", "gone"]) await audience(key, { event: "A" });
  await call("POST", "/api/ruleset/publish", { key: shop.secret });
  await audience("other", { event: "B" });
  await audience("new", { event: "C" });
  await call("DELETE", "/api/audiences/gone", { key: shop.secret });
  const states = async () =>
    (await sizes()).audiences.map(({ key, state }: { key: string; state: string | null }) => [key, state]);
  expect(await states()).toEqual([
    ["gone", "removed"],
    ["new", "draft"],
    ["other", "changed"],
    ["same", "live"],
  ]);
  await env.PUBLISHED.delete(`rulesets/${shop.id}/1.content.json`);
  expect(await states()).toEqual([
    ["new", null],
    ["other", null],
    ["same", null],
  ]);
});

it("come with who names each: audiences in their rules, campaigns in every way they can", async () => {
  await audience("base", { event: "A" });
  await audience("on-base", { any: [{ household: { not: { audience: "base", for: "1d" } } }, { audience: "base" }] });
  await audience("compares-only", {
    all: [
      { trait: "audience", in: ["base"] },
      { event: "audience", where: { property: "audience", eq: "base" } },
    ],
  });
  const campaign = (key: string, more: object) =>
    put(`campaigns/${key}`, { name: key, placement: "p", creatives: [{ key: "a", content: { audience: "base" } }], ...more });
  await campaign("for-it", { audience: "base" });
  await campaign("leaves-out", { exclude: ["other", "base"] });
  await campaign("own-rule", { rule: { not: { audience: "base" } } });
  await campaign("shows-it", { audience: "other" });
  const found = (await sizes()).audiences.find(({ key }: { key: string }) => key === "base");
  expect(found.usedBy).toEqual([
    { kind: "audience", key: "on-base" },
    { kind: "campaign", key: "for-it" },
    { kind: "campaign", key: "leaves-out" },
    { kind: "campaign", key: "own-rule" },
  ]);
  const refused = await call("DELETE", "/api/audiences/base", { key: shop.secret });
  expect([refused.status, refused.json.errors.length]).toEqual([409, 4]);
});

it.each(["hours=0", "hours=9999", "hours=week"])("are not given for %s", async (query) => {
  expect((await call("GET", `/api/audience-sizes?${query}`, { key: shop.secret })).status).toBe(400);
});

import { describe, expect, it } from "vitest";
import type { JournalEvent } from "../model/envelope.ts";
import type { Json } from "../model/json.ts";
import { anArtifact, anEvent, aRule, SETTINGS } from "../rules/factories.ts";
import {
  GOLDEN_POLICIES,
  GoldenPolicies,
  goldenRules,
  MOST_SETTINGS,
  type GoldenPolicy,
  type GoldenRecord,
} from "../rules/golden-policy.ts";
import { interpret } from "../rules/interpret.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { compacted } from "./compaction.ts";
import { goldenView } from "./golden-view.ts";
import { History } from "./history.ts";
import { openMemberships } from "./memberships.ts";
import { PROFILE } from "./memory-store.ts";

/** Who set the trait `t` to what, one millisecond after the other. */
type Words = readonly (readonly [source: string, value: Json])[];

const SOURCES = [
  { key: "crm", priority: 9 },
  { key: "web", priority: 1 },
  { key: "broker", priority: 0 },
];

function rulesOf(policy: GoldenPolicy): NonNullable<ReturnType<typeof goldenRules>> {
  const rules = goldenRules({ default: "frequent", traits: { t: policy } }, SOURCES);
  if (rules === undefined) throw new Error("not everything is recent");
  return rules;
}

function events(words: Words): JournalEvent[] {
  return words.map(([source, value], index) => ({
    ...anEvent({ type: "identify", time: index + 1, source, properties: { t: value } }),
    receivedAt: index + 1,
    origin: { type: "userId", hash: PROFILE },
  }));
}

function historyOf(log: readonly JournalEvent[]): History {
  const history = new History(PROFILE);
  for (const event of log) history.insert(event);
  return history;
}

const many = (count: number, source: string, value: (n: number) => Json): Words =>
  Array.from({ length: count }, (_, n) => [source, value(n)] as const);

const TABLE: readonly (readonly [what: string, policy: GoldenPolicy, words: Words, wins: Json | undefined])[] = [
  ["the latest, whoever says it", "recent", [["crm", "a"], ["web", "b"]], "b"], // prettier-ignore
  ["nothing once anybody has cleared it", "recent", [["crm", "a"], ["web", null]], undefined], // prettier-ignore
  ["what the source of the highest priority says", "priority", [["crm", "a"], ["web", "b"]], "a"], // prettier-ignore
  ["the latest of that source", "priority", [["crm", "a"], ["crm", "b"], ["web", "c"]], "b"], // prettier-ignore
  ["the later of two sources of one priority", "priority", [["web", "a"], ["app", "b"]], "b"], // prettier-ignore
  ["an unknown source before one of priority 0", "priority", [["gone", "a"], ["broker", "b"]], "a"], // prettier-ignore
  ["the next source's where the first withdraws its own", "priority", [["crm", "a"], ["web", "b"], ["crm", null]], "b"], // prettier-ignore
  ["what stands, though a weaker source clears its own", "priority", [["web", "b"], ["crm", "a"], ["web", null]], "a"], // prettier-ignore
  ["the longest text ever said", "longest", [["web", "Jo Ann"], ["crm", "Jo"], ["web", "J."]], "Jo Ann"], // prettier-ignore
  ["the later of two as long", "longest", [["web", "ab"], ["crm", "cd"]], "cd"], // prettier-ignore
  ["the array of most elements", "longest", [["web", ["a", "b"]], ["crm", ["c"]]], ["a", "b"]], // prettier-ignore
  ["the object of most keys", "longest", [["web", { a: 1, b: 2 }], ["crm", { a: 3 }]], { a: 1, b: 2 }], // prettier-ignore
  ["a text rather than a number", "longest", [["web", "a"], ["crm", 12345]], "a"], // prettier-ignore
  ["what was said after its source withdrew all before", "longest", [["web", "abc"], ["web", null], ["web", "d"]], "d"], // prettier-ignore
  ["what was said most often", "frequent", [["web", "a"], ["web", "a"], ["crm", "b"]], "a"], // prettier-ignore
  ["what most sources say", "frequent", [["web", "a"], ["crm", "b"], ["app", "b"], ["web", "c"]], "b"], // prettier-ignore
  ["the later of two said as often", "frequent", [["web", "a"], ["crm", "b"], ["crm", "b"], ["web", "a"]], "a"], // prettier-ignore
  ["equal objects as one", "frequent", [["web", { x: 1, y: 2 }], ["crm", "b"], ["app", { y: 2, x: 1 }], ["crm", "c"]], { y: 2, x: 1 }], // prettier-ignore
  ["nothing of what was withdrawn", "frequent", [["web", "a"], ["web", "a"], ["crm", "b"], ["web", null]], "b"], // prettier-ignore
  ["the last twenty of each source", "frequent", [...many(30, "web", () => "old"), ...many(11, "web", () => "new")], "new"],
  ["the last twenty of each source", "longest", [["web", "long"], ...many(20, "web", () => "s")], "s"],
];

describe("the golden record", () => {
  it.each(TABLE)("takes %s (%s)", (_, policy, words, wins) => {
    const golden = rulesOf(policy);
    const log = events(words);
    const asked = { now: 1_000, present: 1_000, ...SETTINGS, profileId: PROFILE, golden };
    const history = historyOf(log);
    expect(history.traitsAt(1_000, new GoldenPolicies(golden))).toEqual(wins === undefined ? {} : { t: wins });
    expect(interpret(aRule({ trait: "t", exists: true }), log, asked)).toBe(wins !== undefined);
    if (typeof wins === "string") expect(interpret(aRule({ trait: "t", eq: wins }), log, asked)).toBe(true);
  });

  it.each(GOLDEN_POLICIES)("is the same (%s) after all has left the journal but what may still win", (policy) => {
    const golden = new GoldenPolicies(rulesOf(policy));
    const words: Words = [
      ["gone", "of a source that cleared it"],
      ...many(30, "web", (n) => (n % 3 === 0 ? "often" : "x".repeat(n))),
      ["gone", null],
      ["crm", "first"],
      ["broker", "last"],
    ];
    const log = events(words);
    const chunk = { epoch: 1, first: 0, records: log.map((event) => JSON.stringify({ ...event, context: { page: {} } })) };
    const journal = { chunks: () => [chunk], chunkOf: () => chunk, base: () => [] };
    const { base } = compacted(journal, log.length, 1_000);
    expect(base.filter(({ source }) => source === "web")).toHaveLength(MOST_SETTINGS);
    expect(base.filter(({ source }) => source === "gone").map(({ properties }) => properties)).toEqual([{ t: null }]);
    expect(base.some((event) => "context" in event)).toBe(false);
    expect(historyOf(base as JournalEvent[]).traitsAt(1_000, golden)).toEqual(historyOf(log).traitsAt(1_000, golden));
  });

  it("keeps fewer settings of each source where what may still win would fill a row", () => {
    const words: Words = ["web", "crm", "app"].flatMap((source) => many(30, source, (n) => `${n}${"x".repeat(30_000)}`));
    const chunk = { epoch: 1, first: 0, records: events(words).map((event) => JSON.stringify(event)) };
    const { base } = compacted({ chunks: () => [chunk], chunkOf: () => chunk, base: () => [] }, words.length, 1_000);
    expect(base.map(({ source }) => source).filter((source) => source === "crm")).toHaveLength(MOST_SETTINGS / 4);
    expect(JSON.stringify(base).length).toBeLessThan(900_000);
  });

  it("is nothing to a ruleset where the latest wins everywhere, and priorities are none where nothing goes by them", () => {
    expect(goldenRules(undefined, SOURCES)).toBeUndefined();
    expect(goldenRules({ default: "recent", traits: { t: "recent" } }, SOURCES)).toBeUndefined();
    const longest: GoldenRecord = { default: "recent", traits: { t: "longest", u: "recent" } };
    expect(goldenRules(longest, SOURCES)).toEqual({ default: "recent", traits: { t: "longest" }, priorities: {} });
    expect(rulesOf("priority").priorities).toEqual({ crm: 9, broker: 0 });
    expect(anArtifact({}, { ...SETTINGS, golden: undefined })).not.toHaveProperty("golden");
  });

  it("makes audiences match no one by a policy this engine does not know, but not by other traits or computed ones", () => {
    const golden = { ...rulesOf("recent"), default: "wisest" as GoldenPolicy };
    const artifact = anArtifact(
      { u: { trait: "u", exists: false }, t: { trait: "t", exists: false }, c: { trait: "computed.u", exists: false } },
      { ...SETTINGS, golden },
    );
    const ruleset = loadRuleset(artifact);
    expect(ruleset.brokenKeys).toEqual(["u"]);
    expect(openMemberships(ruleset, new History(PROFILE), 0).keys()).toEqual(["c", "t"]);
  });

  it("shows of each trait what won, with its source and time, and what every source says beside it, newest first", () => {
    const history = historyOf(events([["crm", "a"], ["web", "b"], ["web", "b"], ["app", "a"], ["broker", "c"], ["app", null]])); // prettier-ignore
    const { t } = goldenView(history, new GoldenPolicies(rulesOf("frequent")), 1_000);
    const one = (value: string, source: string, time: number): object => ({
      value,
      source,
      channel: "web",
      party: "first",
      time,
    });
    expect(t).toEqual({
      policy: "frequent",
      winner: one("b", "web", 3),
      others: [one("c", "broker", 5), one("a", "crm", 1)],
    });
    expect(goldenView(history, undefined, 5)["t"]?.winner).toMatchObject({ value: "c" });
    expect(goldenView(history, undefined, 6)["t"]).toMatchObject({ policy: "recent", winner: null, others: [{}, {}, {}] });
    expect(goldenView(historyOf(events([["web", "a"], ["web", null]])), undefined, 9)).toEqual({}); // prettier-ignore
  });

  it("shows twenty others at most", () => {
    const words: Words = Array.from({ length: 30 }, (_, n) => [`s${n}`, n]);
    const { t } = goldenView(historyOf(events(words)), undefined, 1_000);
    expect([t?.winner?.value, t?.others.length, t?.others[0]?.value]).toEqual([29, 20, 28]);
  });
});

import { describe, expect, it } from "vitest";
import { MOST_MEMBERS, type FeedEnvelope } from "../model/household.ts";
import type { ProfileId } from "../model/ids.ts";
import { flattenRuleset } from "../rules/flatten.ts";
import { parseRule } from "../rules/parse.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { LiveHousehold, newHousehold, type HouseholdRecord } from "./household.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 2, 12);
const HOME = { workspace: "w", jurisdiction: null };
const NAME = "h".repeat(43) as ProfileId;
const who = (letter: string): ProfileId => letter.repeat(43) as ProfileId;
const [ANN, BOB] = [who("a"), who("b")];

const SETTINGS = { zone: "Europe/Paris", retentionMs: 400 * DAY };
const questions = (() => {
  const rule = parseRule({ household: { event: "A", count: { gte: 2 } } }, SETTINGS);
  if (!rule.ok) throw new Error("bad rule");
  const { households } = flattenRuleset([{ key: "family", rule: rule.value }], { workspace: "w", version: 1, ...SETTINGS });
  if (households === undefined) throw new Error("no question");
  return loadRuleset(households);
})();

/** A household whose rows are in memory. */
class Rows {
  sealed: string[] = [];
  live = new LiveHousehold(newHousehold(HOME, NAME, NOW), [], { records: () => this.sealed });

  write(): void {
    const { head, open, sealed, keeps } = this.live.toWrite();
    if (keeps !== undefined) this.sealed = this.sealed.filter((text) => keeps(JSON.parse(text) as HouseholdRecord));
    if (sealed !== undefined) this.sealed.push(...sealed.records);
    this.live = new LiveHousehold(head, open, { records: () => this.sealed });
  }

  feed(member: ProfileId, said: Partial<FeedEnvelope> & { readonly names?: readonly string[] }): string {
    const { names = [], ...more } = said;
    const from = more.from ?? 0;
    const events = names.map((name, place) =>
      JSON.stringify({
        sequence: from + place,
        event: {
          name,
          type: "track",
          time: NOW + place,
          messageId: `m${from + place}`,
          source: "s",
          channel: "web",
          party: "first",
          properties: {},
        },
      }),
    );
    const call = { v: 1, ...HOME, name: NAME, ruleset: 1, retentionMs: SETTINGS.retentionMs } as const;
    const feed = { member, generation: 1, from, to: from + names.length, events, isWhole: true, instead: [], at: NOW, ...more };
    const { reply, isNews } = this.live.feed({ ...call, ...feed });
    if (isNews) this.write();
    return reply;
  }

  /** What it answers to the one question. */
  get answer(): boolean | "unknown" | undefined {
    this.live.settle(1, questions, NOW + DAY);
    return Object.values(this.live.head.says.answers)[0];
  }

  get held(): readonly string[] {
    return this.live.history.events.map(({ messageId }) => messageId.slice(0, 4));
  }
}

describe("a household is fed", () => {
  it("each record once, in the order of its member's journal", () => {
    const rows = new Rows();
    expect(rows.feed(ANN, { names: ["A", "B"] })).toBe("=2");
    expect(rows.feed(ANN, { names: ["A", "B"] })).toBe("=2");
    expect(rows.feed(ANN, { names: ["A", "B", "A"] })).toBe("=3");
    // What comes before what it lacks is asked for.
    expect(rows.feed(ANN, { names: ["A"], from: 7 })).toBe("=3");
    expect(rows.held).toHaveLength(3);
    expect(rows.answer).toBe(true);
  });

  it("from the start by who is not known, and anew by who comes in a later generation", () => {
    const rows = new Rows();
    expect(rows.feed(ANN, { names: ["A"], from: 1 })).toBe("!again");
    expect(rows.feed(ANN, { names: ["A", "A"] })).toBe("=2");
    expect(rows.feed(ANN, { names: ["A"], generation: 2 })).toBe("=1");
    expect(rows.feed(ANN, { names: ["A", "A"] })).toBe("!over");
    expect(rows.held).toHaveLength(1);
    expect(rows.answer).toBe(false);
  });

  it("and concludes nothing from half a journal", () => {
    const rows = new Rows();
    rows.feed(BOB, { names: ["A"] });
    expect(rows.answer).toBe(false);
    rows.feed(ANN, { names: ["A"], isWhole: false });
    expect(rows.answer).toBe(false);
    rows.feed(ANN, { names: ["B"], from: 1 });
    expect(rows.answer).toBe(true);
  });

  it("by who takes the place of others, in one step", () => {
    const rows = new Rows();
    rows.feed(ANN, { names: ["A"] });
    rows.feed(BOB, { names: ["A"] });
    expect(rows.answer).toBe(true);
    const instead = [{ household: NAME, member: BOB, upTo: 1 }];
    // It wants what came before: nobody is let go yet.
    expect(rows.feed(ANN, { names: ["B"], from: 5, instead })).toBe("=1");
    expect(rows.live.members).toEqual([ANN, BOB]);
    expect(rows.feed(ANN, { names: ["A"], from: 1, instead })).toBe("=2");
    expect(rows.live.members).toEqual([ANN]);
    expect(rows.answer).toBe(true);
    // What of his was still on its way comes too late.
    expect(rows.feed(BOB, { names: ["A", "A"] })).toBe("!over");
    expect(rows.held).toHaveLength(2);
  });

  it("by so many, and one comes in where another leaves", () => {
    const rows = new Rows();
    for (let n = 0; n < MOST_MEMBERS; n++) rows.feed(who(String.fromCharCode(100 + n)), { names: ["A"] });
    expect(rows.feed(ANN, { names: ["A"] })).toBe("!full");
    expect(rows.feed(ANN, { names: ["A"], instead: [{ household: NAME, member: who("d"), upTo: 1 }] })).toBe("=1");
    expect(rows.live.members).toHaveLength(MOST_MEMBERS);
  });
});

describe("who is let go", () => {
  it("takes along what he did, sealed or not, and is remembered in his generation", () => {
    const rows = new Rows();
    rows.feed(ANN, { names: Array.from({ length: 200 }, () => "A") });
    rows.feed(BOB, { names: ["A"] });
    expect(rows.sealed.length).toBeGreaterThan(0);
    expect(rows.live.release(ANN, 0)).toBe(false);
    expect(rows.live.release(ANN, 1)).toBe(true);
    rows.write();
    expect([rows.sealed.length, rows.held.length, rows.answer]).toEqual([0, 1, false]);
    expect(rows.live.release(ANN, 1)).toBe(false);
    expect(rows.feed(ANN, { names: ["A"], generation: 2 })).toBe("=1");
    expect(rows.answer).toBe(true);
  });

  it("is told nothing more, and who comes is told what has long been so", () => {
    const rows = new Rows();
    rows.feed(ANN, { names: ["A"] });
    expect(rows.answer).toBe(false);
    expect(rows.live.toTell).toEqual([ANN]);
    rows.live.hasTold(ANN, rows.live.head.says.version);
    expect(rows.live.toTell).toEqual([]);
    rows.feed(BOB, { names: ["B"] });
    expect([rows.answer, rows.live.toTell]).toEqual([false, [BOB]]);
  });
});

it("what is no longer retained leaves, but for traits and standing facts", () => {
  const rows = new Rows();
  rows.feed(ANN, { names: ["A", "B"] });
  rows.live.told(1, SETTINGS.retentionMs);
  expect(rows.live.compact(NOW + DAY - 1)).toBe(false);
  expect(rows.live.compact(NOW + 2 * DAY)).toBe(true);
  expect(rows.held).toHaveLength(2);
  expect(rows.live.compact(NOW + 402 * DAY)).toBe(true);
  expect(rows.held).toHaveLength(0);
});

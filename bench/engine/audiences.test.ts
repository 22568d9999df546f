import { describe, expect, it } from "vitest";
import { mixedAudiences, plainAudiences, sequencesAreRead } from "./audiences.ts";
import { identifyCall, log, NOW } from "./people.ts";
import { DAY_MS } from "../../core/rules/factories.ts";
import { publish } from "./ruleset.ts";

describe("the audiences of the engine's benchmark", () => {
  it("are the same from the same seed, and others from another", () => {
    expect(plainAudiences(500, 1)).toEqual(plainAudiences(500, 1));
    expect(plainAudiences(500, 1)).not.toEqual(plainAudiences(500, 2));
    expect(mixedAudiences(500, 1, true)).toEqual(mixedAudiences(500, 1, true));
    expect(mixedAudiences(500, 1, true)).not.toEqual(mixedAudiences(500, 2, true));
  });
  it("ask, where plain, of all traits and of nothing else", () => {
    const { conditions, selections } = publish(plainAudiences(3_000, 1));
    expect(new Set(conditions.map((one) => (one.kind === "trait" ? one.path[0] : "no trait"))).size).toBe(40);
    expect(new Set(conditions.map((one) => one.kind))).toEqual(new Set(["trait"]));
    expect(selections).toEqual([]);
  });
  it("ask, where mixed, of all traits and events, through all windows and aggregates", () => {
    const { conditions, selections } = publish(mixedAudiences(3_000, 1, false));
    expect(new Set(selections.flatMap(({ names }) => names)).size).toBe(30);
    const onEvents = conditions.filter((one) => one.kind === "event");
    expect(new Set(onEvents.map(({ window }) => window.kind))).toEqual(new Set(["retained", "sliding", "calendar"]));
    expect(new Set(onEvents.map(({ aggregate }) => aggregate.kind))).toEqual(new Set(["count", "sum", "distinct"]));
    expect(conditions.length - onEvents.length).toBeGreaterThan(1_000);
  });
  it("hold sequences only where they are asked for", () => {
    const count = (sequences: boolean) => JSON.stringify(mixedAudiences(2_000, 1, sequences)).split('"sequence"').length - 1;
    expect(count(false)).toBe(0);
    expect(count(true)).toBeGreaterThan(50);
  });
  it("are all taken by the parser, sequences too where it says that it reads them", () => {
    expect(publish(mixedAudiences(1_000, 1, sequencesAreRead())).audiences).toHaveLength(1_000);
  });
});

describe("a log of the engine's benchmark", () => {
  it("is the same from the same seed, and another from another", () => {
    expect(log(200, 1)).toEqual(log(200, 1));
    expect(log(200, 1)).not.toEqual(log(200, 2));
  });
  it("begins with an identify and goes on in order of time until now, so many events in all", () => {
    const events = log(1_000, 1);
    expect(events).toHaveLength(1_000);
    expect(events[0]).toEqual(identifyCall(0, NOW - 60 * DAY_MS, events[0]?.properties ?? {}));
    expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).toSorted((one, other) => one - other));
    expect(events.at(-1)?.time).toBeLessThanOrEqual(NOW);
  });
  it("leaves some traits out and clears some, so that conditions may be unknown", () => {
    const traits = log(200, 1)[0]?.properties ?? {};
    expect(Object.keys(traits).length).toBeGreaterThan(25);
    expect(Object.keys(traits).length).toBeLessThan(40);
    expect(Object.values(traits)).toContain(null);
  });
});

import { describe, expect, it } from "vitest";
import { jobView, newJob, nextOf, nextStage, type Job, type Stage } from "./job.ts";

const upload = (n: number, at: number, said: Partial<Job> = {}): Job =>
  newJob(n, at, { id: `u${n}`, kind: "upload", mode: "append", until: null, ...said });
const done = (n: number, at: number, said: Partial<Job> = {}): Job => upload(n, at, { begun: true, stage: "done", ...said });

describe("what a list does next", () => {
  it.each<readonly [string, readonly Job[], object]>([
    ["sleeps for ever where there is nothing", [], { kind: "sleep", until: Infinity }],
    [
      "sleeps until the first entries end",
      [done(1, 10, { until: 200 }), done(2, 20, { until: 150 })],
      { kind: "sleep", until: 150 },
    ],
    ["takes the oldest upload that waits", [done(1, 10), upload(2, 20), upload(3, 30)], { kind: "job", job: { n: 2 } }],
    [
      "goes on with what is under way",
      [upload(1, 10, { begun: true, stage: "tell" }), upload(2, 20)],
      { kind: "job", job: { n: 1 } },
    ],
    ["lets entries end that end now", [done(1, 10, { until: 100 })], { kind: "expire", of: { n: 1 } }],
    [
      "lets those end first that end first",
      [done(1, 10, { until: 90 }), done(2, 20, { until: 80 })],
      { kind: "expire", of: { n: 2 } },
    ],
    [
      "lets them end before an upload that came later",
      [done(1, 10, { until: 90 }), upload(2, 95)],
      { kind: "expire", of: { n: 1 } },
    ],
    [
      "takes an upload that came before the end first, though late",
      [done(1, 10, { until: 90 }), upload(2, 85)],
      { kind: "job", job: { n: 2 } },
    ],
    ["lets nothing end twice", [done(1, 10, { until: 90, isOver: true })], { kind: "sleep", until: Infinity }],
    ["lets nothing end that is not taken in", [upload(1, 10, { until: 90 })], { kind: "job", job: { n: 1 } }],
  ])("%s", (_, jobs, next) => {
    expect(nextOf(jobs, 100)).toMatchObject(next);
  });
});

describe("the stages of a job", () => {
  const stages = (job: Job): readonly Stage[] => {
    const found: Stage[] = [];
    for (let at = job; at.stage !== "done"; at = nextStage(at)) found.push(at.stage);
    return found;
  };

  it.each<readonly [string, Partial<Job>, readonly Stage[]]>([
    ["an upload that appends", {}, ["purge", "apply", "publish", "tell"]],
    ["one that replaces", { mode: "replace" }, ["purge", "apply", "leave", "publish", "tell"]],
    ["an end", { kind: "expiry", of: 1 }, ["purge", "leave", "publish", "tell"]],
    ["a deletion", { kind: "clear", mode: "replace" }, ["purge", "leave", "publish", "tell"]],
  ])("of %s", (_, said, expected) => {
    expect(stages(upload(1, 10, said))).toEqual(expected);
  });

  it("begin where the walk begins, and are shown by what they do", () => {
    expect(nextStage(upload(1, 10, { cursor: "ff" })).cursor).toBe("");
    expect(jobView(upload(1, 10)).state).toBe("waiting");
    expect(jobView(upload(1, 10, { begun: true })).state).toBe("applying");
    expect(jobView(upload(1, 10, { begun: true, stage: "tell" })).state).toBe("telling");
    expect(jobView(done(1, 10, { failed: true })).state).toBe("failed");
  });
});

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { WorkspaceRecord } from "./records.ts";
import { readWorkspaceRecord, updateWorkspaceRecord } from "./workspace-record.ts";

const fresh: Omit<WorkspaceRecord, "revision" | "id"> = {
  v: 1,
  timeZone: "UTC",
  retentionMs: 1_000,
  jurisdiction: null,
  ruleset: 0,
  smallCount: 0,
};

describe("the record of a workspace", () => {
  it("takes every one of many changes at once", async () => {
    const id = "busy";
    await updateWorkspaceRecord(env.PUBLISHED, id, () => ({ ...fresh, id }));
    const changes = Array.from({ length: 8 }, () =>
      updateWorkspaceRecord(env.PUBLISHED, id, (before) => ({ ...fresh, id, smallCount: (before?.smallCount ?? 0) + 1 })),
    );
    await Promise.all(changes);
    expect(await readWorkspaceRecord(env.PUBLISHED, id)).toMatchObject({ smallCount: 8, revision: 9 });
  });

  it("is made once where two make it", async () => {
    const id = "twins";
    const make = () =>
      updateWorkspaceRecord(env.PUBLISHED, id, (before) => ({ ...fresh, id, smallCount: (before?.smallCount ?? 0) + 1 }));
    await Promise.all([make(), make()]);
    expect(await readWorkspaceRecord(env.PUBLISHED, id)).toMatchObject({ smallCount: 2, revision: 2 });
  });

  it("never points back, in whatever order publishes arrive", async () => {
    const id = "pointer";
    const seen: number[] = [];
    for (const version of [3, 1, 7, 5, 6, 2, 4]) {
      seen.push((await updateWorkspaceRecord(env.PUBLISHED, id, () => ({ ...fresh, id, ruleset: version }))).ruleset);
    }
    expect(seen).toEqual([3, 3, 7, 7, 7, 7, 7]);
    await Promise.all(
      [9, 8, 10].map((version) => updateWorkspaceRecord(env.PUBLISHED, id, () => ({ ...fresh, id, ruleset: version }))),
    );
    expect((await readWorkspaceRecord(env.PUBLISHED, id))?.ruleset).toBe(10);
  });

  it("is not there for a workspace that is not", async () => {
    expect(await readWorkspaceRecord(env.PUBLISHED, "nobody")).toBeUndefined();
  });
});

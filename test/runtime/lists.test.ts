import { beforeEach, describe, expect, it } from "vitest";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { audiencesOf, know, makeList, publishOn, upload } from "./lists.ts";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await testWorkspace();
  await makeList(workspace, "vip");
  await publishOn(workspace, "vip");
});

describe("a list", () => {
  it("has whom was known before the upload, and whom becomes known after it", async () => {
    await know(workspace, "before");
    await know(workspace, "stranger");
    expect(await upload(workspace, "vip", ["before", "after"])).toMatchObject({ state: "done", rows: 2, rejected: 0, told: 1 });
    await know(workspace, "after");
    expect(await audiencesOf(workspace, { userId: "before" })).toEqual(["on-vip"]);
    expect(await audiencesOf(workspace, { userId: "after" })).toEqual(["on-vip"]);
    expect(await audiencesOf(workspace, { userId: "stranger" })).toEqual(["off-vip"]);
  });
});

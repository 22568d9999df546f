import { beforeAll, describe, expect, it } from "vitest";
import { fresh } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, request, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await makeWorkspace({ buyer: { event: "Order Completed" } });
});

const state = (body: object, key = ws.writeKeys.web): ReturnType<typeof request> =>
  request("/v1/consent", { writeKey: key, ...body });

async function buyer(identity: { userId?: string; anonymousId?: string }): Promise<void> {
  await collect(ws.writeKeys.web, "track", { ...identity, event: "Order Completed" });
}

const decided = async (identity: object): Promise<unknown> => (await decideOver(ws.secret, { identity })).body;

describe("POST /v1/consent", () => {
  it("keeps a no, which counts from the next decision on, and the yes that follows it", async () => {
    const anonymousId = fresh("a");
    await buyer({ anonymousId });
    const no = await state({ identity: { anonymousId }, consent: { purposes: { storage: false } } });
    expect([no.status, no.body]).toEqual([200, { success: true }]);
    expect(await decided({ anonymousId })).toMatchObject({ audiences: [], reason: "NO_CONSENT" });
    await state({ identity: { anonymousId }, purposes: { storage: true } });
    expect(await decided({ anonymousId })).toMatchObject({ audiences: ["buyer"] });
  });

  it("reaches the user that an anonymous id leads to", async () => {
    const [anonymousId, userId] = [fresh("a"), fresh("u")];
    await buyer({ anonymousId, userId });
    await state({ identity: { anonymousId }, consent: { purposes: { profiling: false } } });
    expect(await decided({ userId })).toMatchObject({ audiences: [], reason: "NO_CONSENT" });
  });

  it("answers alike for somebody unknown, and makes nobody", async () => {
    const anonymousId = fresh("a");
    const answer = await state({ identity: { anonymousId }, consent: { purposes: { storage: true, profiling: true } } });
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    expect(await decided({ anonymousId })).toMatchObject({ known: false });
  });

  it.each([
    ["nobody named", {}, 422],
    ["two named", { identity: { anonymousId: "a", userId: "u" } }, 422],
    ["a profile named under a public key", { identity: { profileId: "a".repeat(43) } }, 422],
    ["nothing said", { identity: { anonymousId: "a" }, consent: {} }, 400],
    ["what is no statement", { identity: { anonymousId: "a" }, consent: { purposes: "all" } }, 400],
  ])("refuses %s", async (_, body, status) => {
    expect((await state({ consent: { purposes: { ads: false } }, ...body })).status).toBe(status);
  });
});

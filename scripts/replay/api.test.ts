import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decideAll } from "./api.ts";

interface Asked {
  readonly identity: { readonly userId: string };
}

const TIDELINE = { url: "http://tideline.test", secretKey: "sk_test" };
const UNAVAILABLE = { status: 503, code: "unavailable" };
const decided = { known: true, ruleset: 1, audiences: ["buyers"] };

describe("what is asked of Tideline", () => {
  /** Whom each call was about, and when it came, ms. */
  let calls: { readonly users: readonly string[]; readonly at: number }[];
  beforeEach(() => {
    calls = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** @param answer to the call of this number, from 0, about these users */
  function answers(answer: (call: number, users: readonly string[]) => Response): void {
    vi.stubGlobal("fetch", async (_: URL, init: RequestInit) => {
      const { requests }: { requests: readonly Asked[] } = JSON.parse(init.body as string);
      const users = requests.map(({ identity }) => identity.userId);
      calls.push({ users, at: Date.now() });
      return answer(calls.length - 1, users);
    });
  }

  async function ask(...users: readonly string[]): Promise<unknown> {
    const questions = users.map((userId) => ({ userId, at: undefined }));
    const asking = decideAll(TIDELINE, questions, 1, () => undefined).catch(String);
    await vi.advanceTimersByTimeAsync(600_000);
    return asking;
  }

  it("is asked again about those of a batch whom a busy server could not decide about, and about nobody else", async () => {
    answers((call, users) =>
      Response.json({ responses: users.map((user) => (call < 2 && user === "b" ? UNAVAILABLE : decided)) }),
    );
    expect(await ask("a", "b", "c")).toEqual([decided, decided, decided]);
    expect(calls.map(({ users }) => users)).toEqual([["a", "b", "c"], ["b"], ["b"]]);
  });

  it("is asked less and less often, and given up in the end", async () => {
    answers((_, users) => Response.json({ responses: users.map(() => UNAVAILABLE) }));
    expect(await ask("a")).toContain("no decision for user a");
    const pauses = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
  });

  it("is not asked again what it has refused", async () => {
    answers((_, users) => Response.json({ responses: users.map(() => ({ status: 422, code: "bad_identity" })) }));
    expect(await ask("a")).toContain("bad_identity");
    expect(calls).toHaveLength(1);
  });

  it("is left alone for as long as it says", async () => {
    answers((call) =>
      call === 0
        ? new Response("busy", { status: 503, headers: { "retry-after": "20" } })
        : Response.json({ responses: [decided] }),
    );
    expect(await ask("a")).toEqual([decided]);
    expect((calls[1]?.at ?? 0) - (calls[0]?.at ?? 0)).toBe(20_000);
  });
});

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fail, ok } from "../../core/model/result.ts";
import { storeStream } from "./stream-upload.ts";

let made = 0;

/** Bytes of a pattern, in chunks of a size that no part is a multiple of. */
function streamOf(bytes: number, breakAt = Infinity): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= breakAt) return controller.error(new Error("the client is gone"));
      if (sent >= bytes) return controller.close();
      const chunk = new Uint8Array(Math.min(1_000_003, bytes - sent)).map((_, at) => (sent + at) % 251);
      sent += chunk.length;
      controller.enqueue(chunk);
    },
  });
}

const keys = async (key: string): Promise<number> => (await env.PUBLISHED.list({ prefix: key })).objects.length;

describe("a body that streams in", () => {
  it.each([0, 1, 3_000_000, 8_388_608, 20_000_000])("of %d bytes is stored as it came", async (bytes) => {
    const key = `test/stream-${++made}`;
    expect(await storeStream(env.PUBLISHED, key, streamOf(bytes))).toEqual(ok(bytes));
    const stored = new Uint8Array((await (await env.PUBLISHED.get(key))?.arrayBuffer()) ?? []);
    expect(stored.length).toBe(bytes);
    expect(stored.every((byte, at) => byte === at % 251)).toBe(true);
  });

  it.each([
    ["within its first part", 2_000_000],
    ["after whole parts", 12_000_000],
  ])("that is too large %s leaves nothing", async (_, limit) => {
    const key = `test/stream-${++made}`;
    expect(await storeStream(env.PUBLISHED, key, streamOf(20_000_000), limit)).toEqual(fail("too_large"));
    expect(await keys(key)).toBe(0);
  });

  it("that is cut off leaves nothing", async () => {
    const key = `test/stream-${++made}`;
    await expect(storeStream(env.PUBLISHED, key, streamOf(20_000_000, 10_000_000))).rejects.toThrow("the client is gone");
    expect(await keys(key)).toBe(0);
  });

  it("may be none", async () => {
    expect(await storeStream(env.PUBLISHED, `test/stream-${++made}`, null)).toEqual(ok(0));
  });
});

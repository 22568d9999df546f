import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fail, ok } from "../../core/model/result.ts";
import { readBody } from "./body.ts";

const URL = "https://tideline.example/v1/track";

function post(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request(URL, { method: "POST", body, headers });
}

/** A body that counts what is taken of it. */
function endless(chunkBytes: number): { readonly body: ReadableStream<Uint8Array>; readonly taken: () => number } {
  let taken = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken += chunkBytes;
      controller.enqueue(new Uint8Array(chunkBytes).fill(0x20));
    },
  });
  return { body, taken: () => taken };
}

describe("a body", () => {
  it.each([
    ["with its length announced", { "content-length": "7" }],
    ["in chunks of unknown length", {}],
    ["with a length that is no number", { "content-length": "seven" }],
  ])("is read %s", async (_, headers) => {
    expect(await readBody(post('{"a":1}', headers))).toEqual(ok('{"a":1}'));
  });

  it("may be missing", async () => {
    expect(await readBody(new Request(URL))).toEqual(ok(""));
    expect(await readBody(new Request(URL, { headers: { "content-encoding": "gzip" } }))).toEqual(ok(""));
  });

  it("that is not UTF-8 is read as far as it is", async () => {
    expect(await readBody(post(new Uint8Array([0x22, 0xff, 0x22])))).toEqual(ok('"\uFFFD"'));
  });

  it("of exactly the limit is taken, of one byte more is not", async () => {
    const limits = { maxBytes: 100_000, maxInflated: 100_000 };
    expect(await readBody(post(" ".repeat(100_000)), limits)).toEqual(ok(" ".repeat(100_000)));
    expect(await readBody(post(" ".repeat(100_001)), limits)).toEqual(fail("too_large"));
  });

  it("announced as too large is refused before a byte of it is read", async () => {
    const { body, taken } = endless(1_000);
    const before = taken();
    expect(await readBody(post(body, { "content-length": "10000000" }))).toEqual(fail("too_large"));
    expect(taken() - before).toBeLessThanOrEqual(1_000);
  });

  it("without an end is given up at the limit", async () => {
    const { body, taken } = endless(50_000);
    expect(await readBody(post(body))).toEqual(fail("too_large"));
    expect(taken()).toBeLessThanOrEqual(1_200_000);
  });

  it("of 10 MB that says it has 5 bytes is refused", async () => {
    expect(await readBody(post(new Uint8Array(10_000_000).fill(0x20), { "content-length": "5" }))).toEqual(fail("too_large"));
  });
});

describe("an encoded body", () => {
  it.each([
    ["gzip", gzipSync('{"a":1}')],
    ["GZIP", gzipSync('{"a":1}')],
    ["deflate", deflateSync('{"a":1}')],
    ["identity", new TextEncoder().encode('{"a":1}')],
  ])("of %s is decoded", async (encoding, bytes) => {
    expect(await readBody(post(bytes, { "content-encoding": encoding }))).toEqual(ok('{"a":1}'));
  });

  it.each(["br", "zstd", "gzip, gzip", "aes"])("of %s is not supported", async (encoding) => {
    expect(await readBody(post("x", { "content-encoding": encoding }))).toEqual(fail("unsupported_encoding"));
  });

  it.each([
    ["is not gzip at all", new TextEncoder().encode('{"a":1}')],
    ["is cut off", gzipSync("x".repeat(10_000)).subarray(0, 20)],
  ])("that %s is refused", async (_, bytes) => {
    expect(await readBody(post(bytes, { "content-encoding": "gzip" }))).toEqual(fail("bad_encoding"));
  });

  it("may inflate to 4 MB and no further", async () => {
    const fits = gzipSync(new Uint8Array(4_000_000).fill(0x20));
    const over = gzipSync(new Uint8Array(4_000_001).fill(0x20));
    expect((await readBody(post(fits, { "content-encoding": "gzip" }))).ok).toBe(true);
    expect(await readBody(post(over, { "content-encoding": "gzip" }))).toEqual(fail("too_large"));
  });

  it("that is a bomb costs its limit, not its size", async () => {
    const bomb = gzipSync(new Uint8Array(100_000_000));
    const timed = async (work: () => unknown): Promise<number> => {
      const from = performance.now();
      await work();
      return performance.now() - from;
    };
    const whole = await timed(() => gunzipSync(bomb));
    const refused = await timed(() => readBody(post(bomb, { "content-encoding": "gzip" })));
    expect(refused).toBeLessThan(whole / 3);
    expect(await readBody(post(bomb, { "content-encoding": "gzip" }))).toEqual(fail("too_large"));
  });
});

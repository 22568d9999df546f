import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { BadPart, partText, type PartEncoding } from "./part-text.ts";

const LIMITS = { maxBytes: 1_000, maxText: 4_000 };

/** A body that comes in pieces of so many bytes. */
function bodyOf(bytes: Uint8Array, piece: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.byteLength) controller.enqueue(bytes.subarray(at, (at += piece)));
      else controller.close();
    },
  });
}

async function read(bytes: Uint8Array, encoding: Partial<PartEncoding> = {}, piece = 3): Promise<string> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const chunk of partText(bodyOf(bytes, piece), { gzip: false, text: null, ...encoding }, LIMITS))
      pieces.push(chunk);
  } catch (error) {
    if (error instanceof BadPart) return error.fault;
    throw error;
  }
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
}

describe("the text of a part", () => {
  const text = "é€😀\r\nfin";

  it.each([1, 2, 3, 5, 100])("is whole in whatever pieces it comes: %i bytes", async (piece) => {
    expect(await read(Buffer.from(text), {}, piece)).toBe(text);
    expect(await read(Buffer.from(`\ufeff${text}`), {}, piece)).toBe(text);
    expect(await read(Buffer.from(text, "utf16le"), { text: "utf-16le" }, piece)).toBe(text);
    expect(await read(gzipSync(text), { gzip: true }, piece)).toBe(text);
    expect(await read(Buffer.from([0x80, 0xe9]), { text: "windows-1252" }, piece)).toBe("€é");
  });

  it("may be empty", async () => {
    expect(await read(new Uint8Array(0))).toBe("");
  });

  it.each<[string, Uint8Array, Partial<PartEncoding>, string]>([
    ["more bytes than are taken", new Uint8Array(1_001).fill(65), {}, "too_large"],
    ["more packed bytes than are taken", new Uint8Array(1_001).fill(65), { gzip: true }, "bad_encoding"],
    ["a bomb", gzipSync(new Uint8Array(100_000).fill(65)), { gzip: true }, "too_large"],
    ["more text than its bytes let expect", new Uint8Array(1_000).fill(0x80), { text: "windows-1252" }, "€".repeat(1_000)],
    ["gzip that is cut off", gzipSync(text).subarray(0, -9), { gzip: true }, "bad_encoding"],
    ["gzip with something behind it", Buffer.concat([gzipSync(text), Buffer.from("x")]), { gzip: true }, "bad_encoding"],
    ["a letter that is cut off", Buffer.from("é").subarray(0, 1), {}, "not_in_encoding"],
    ["half a letter of UTF-16", Buffer.from("aé", "utf16le").subarray(0, 3), { text: "utf-16le" }, "not_in_encoding"],
  ])("%s", async (_, bytes, encoding, result) => {
    expect(await read(bytes, encoding, 100)).toBe(result);
  });

  it("is refused as too large, not as broken, where a packed body is over its limit", async () => {
    const noise = new Uint8Array(2_000);
    crypto.getRandomValues(noise);
    expect(await read(gzipSync(noise), { gzip: true, text: "windows-1252" }, 100)).toBe("too_large");
  });
});

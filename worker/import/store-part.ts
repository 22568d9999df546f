import { createHash, type Hash } from "node:crypto";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { reaching } from "../wire/unavailable.ts";
import { BadPart, partText, type PartEncoding, type PartFault } from "./part-text.ts";

/** What a part is by its text: the same text is the same part, however it was packed. */
export interface PartContent {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** R2 takes pieces of one size, the last excepted, of 5 MiB at least. */
const PIECE_BYTES = 5 * 1_024 * 1_024;

/** Stores a part's text under a key, piece by piece: no more than two pieces are held. @throws Unavailable */
export async function storePart(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream<Uint8Array>,
  encoding: PartEncoding,
): Promise<Result<PartContent, PartFault>> {
  const upload = new Upload(bucket, key);
  const read = await readPart(body, encoding, (chunk) => upload.write(chunk));
  await (read.ok ? upload.end() : upload.abort());
  return read;
}

/** Reads a part's text to its end, keeping nothing: for a part that is stored already. */
export function readPart(
  body: ReadableStream<Uint8Array>,
  encoding: PartEncoding,
  take: (chunk: Uint8Array) => Promise<void> = async () => undefined,
): Promise<Result<PartContent, PartFault>> {
  return hashed(partText(body, encoding), createHash("sha256"), take);
}

async function hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: Hash,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<Result<PartContent, PartFault>> {
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      await take(chunk);
    }
    return ok({ bytes, sha256: hash.digest("hex") });
  } catch (error) {
    if (error instanceof BadPart) return fail(error.fault);
    throw error;
  }
}

/** An object whose length is not known before its end. A short one is put at once. */
class Upload {
  readonly #bucket: R2Bucket;
  readonly #key: string;
  readonly #parts: R2UploadedPart[] = [];
  #piece = new Uint8Array(PIECE_BYTES);
  #filled = 0;
  #multipart: R2MultipartUpload | undefined;

  constructor(bucket: R2Bucket, key: string) {
    this.#bucket = bucket;
    this.#key = key;
  }

  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.byteLength > 0) {
      if (this.#filled === PIECE_BYTES) await this.#send();
      const room = rest.subarray(0, PIECE_BYTES - this.#filled);
      this.#piece.set(room, this.#filled);
      this.#filled += room.byteLength;
      rest = rest.subarray(room.byteLength);
    }
  }

  async #send(): Promise<void> {
    const piece = this.#piece.subarray(0, this.#filled);
    await reaching("R2", async () => {
      this.#multipart ??= await this.#bucket.createMultipartUpload(this.#key);
      this.#parts.push(await this.#multipart.uploadPart(this.#parts.length + 1, piece));
    });
    this.#filled = 0;
  }

  async end(): Promise<void> {
    const multipart = this.#multipart;
    if (multipart === undefined) {
      await reaching("R2", () => this.#bucket.put(this.#key, this.#piece.subarray(0, this.#filled)));
      return;
    }
    if (this.#filled > 0) await this.#send();
    await reaching("R2", () => multipart.complete(this.#parts));
  }

  async abort(): Promise<void> {
    await this.#multipart?.abort();
  }
}

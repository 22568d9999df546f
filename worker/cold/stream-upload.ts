import { fail, ok, type Result } from "../../core/model/result.ts";
import { reaching } from "../wire/unavailable.ts";

/** A part of a multipart upload; R2 wants at least 5 MiB, and all of one size but the last. */
const PART_BYTES = 8 * 1_048_576;

/** The platform takes bodies of 100 MB; what we promise stays below it. */
export const MOST_UPLOAD_BYTES = 90_000_000;

/**
 * Stores a body as it streams in, of which no more than one part is in memory.
 * @returns its length in bytes; `too_large` and nothing stored where it is longer than `maxBytes`
 * @throws Unavailable where the bucket cannot be reached, and whatever the stream throws that is cut off: nothing is stored then
 */
export async function storeStream(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number = MOST_UPLOAD_BYTES,
): Promise<Result<number, "too_large">> {
  const part = new Uint8Array(PART_BYTES);
  let [filled, total] = [0, 0];
  const upload = new Multipart(bucket, key);
  try {
    for await (const chunk of body ?? []) {
      total += chunk.byteLength;
      if (total > maxBytes) {
        await upload.abort();
        return fail("too_large");
      }
      for (let at = 0; at < chunk.byteLength;) {
        const taken = chunk.subarray(at, at + PART_BYTES - filled);
        part.set(taken, filled);
        filled += taken.byteLength;
        at += taken.byteLength;
        if (filled < PART_BYTES) continue;
        await upload.part(part);
        filled = 0;
      }
    }
    await upload.finish(part.subarray(0, filled));
    return ok(total);
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

/** A multipart upload that is begun with its first whole part: a small body is one put. */
class Multipart {
  readonly #bucket: R2Bucket;
  readonly #key: string;
  #begun: R2MultipartUpload | undefined;
  readonly #parts: R2UploadedPart[] = [];

  constructor(bucket: R2Bucket, key: string) {
    this.#bucket = bucket;
    this.#key = key;
  }

  async part(bytes: Uint8Array): Promise<void> {
    await reaching("R2", async () => {
      this.#begun ??= await this.#bucket.createMultipartUpload(this.#key);
      this.#parts.push(await this.#begun.uploadPart(this.#parts.length + 1, bytes));
    });
  }

  async finish(rest: Uint8Array): Promise<void> {
    if (this.#begun === undefined) return void (await reaching("R2", () => this.#bucket.put(this.#key, rest)));
    if (rest.byteLength > 0) await this.part(rest);
    await reaching("R2", async () => this.#begun?.complete(this.#parts));
  }

  async abort(): Promise<void> {
    // What cannot be aborted R2 drops by itself after a week.
    await this.#begun?.abort().catch(() => undefined);
  }
}

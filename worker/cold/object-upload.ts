import { reaching } from "../wire/unavailable.ts";

/** A piece of a multipart upload: R2 takes pieces of one size, the last excepted, of 5 MiB at least. */
const PIECE_BYTES = 5 * 1_048_576;

/** An object of R2 whose length is not known before its end: no more than one piece is held. A short one is one put. */
export class ObjectUpload {
  readonly #bucket: R2Bucket;
  readonly #key: string;
  readonly #parts: R2UploadedPart[] = [];
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #filled = 0;
  #multipart: R2MultipartUpload | undefined;

  constructor(bucket: R2Bucket, key: string) {
    this.#bucket = bucket;
    this.#key = key;
  }

  /** @throws Unavailable */
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

  /** The object is there once this returns. @throws Unavailable */
  async end(): Promise<void> {
    const multipart = this.#multipart;
    if (multipart === undefined) {
      await reaching("R2", () => this.#bucket.put(this.#key, this.#piece.subarray(0, this.#filled)));
      return;
    }
    if (this.#filled > 0) await this.#send();
    await reaching("R2", () => multipart.complete(this.#parts));
  }

  /** Leaves nothing behind. What cannot be aborted R2 drops by itself after a week. */
  async abort(): Promise<void> {
    await this.#multipart?.abort().catch(() => undefined);
  }

  async #send(): Promise<void> {
    const piece = this.#piece.subarray(0, this.#filled);
    await reaching("R2", async () => {
      this.#multipart ??= await this.#bucket.createMultipartUpload(this.#key);
      this.#parts.push(await this.#multipart.uploadPart(this.#parts.length + 1, piece));
    });
    this.#filled = 0;
  }
}

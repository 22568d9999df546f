import { fail, ok, type Result } from "../../core/model/result.ts";
import { ObjectUpload } from "./object-upload.ts";

/** The platform takes bodies of 100 MB; what we promise stays below it. */
export const MOST_UPLOAD_BYTES = 90_000_000;

/**
 * Stores a body as it streams in.
 * @returns its length in bytes; `too_large` and nothing stored where it is longer than `maxBytes`
 * @throws Unavailable where the bucket cannot be reached, and whatever the stream throws that is cut off: nothing is stored then
 */
export async function storeStream(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number = MOST_UPLOAD_BYTES,
): Promise<Result<number, "too_large">> {
  const upload = new ObjectUpload(bucket, key);
  let total = 0;
  try {
    for await (const chunk of body ?? []) {
      total += chunk.byteLength;
      if (total > maxBytes) {
        await upload.abort();
        return fail("too_large");
      }
      await upload.write(chunk);
    }
    await upload.end();
    return ok(total);
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

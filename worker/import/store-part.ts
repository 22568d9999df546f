import { createHash, type Hash } from "node:crypto";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { ObjectUpload } from "../cold/object-upload.ts";
import { BadPart, partText, type PartEncoding, type PartFault } from "./part-text.ts";

/** What a part is by its text: the same text is the same part, however it was packed. */
export interface PartContent {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Stores a part's text under a key, piece by piece. @throws Unavailable */
export async function storePart(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream<Uint8Array>,
  encoding: PartEncoding,
): Promise<Result<PartContent, PartFault>> {
  const upload = new ObjectUpload(bucket, key);
  let isStored = false;
  try {
    const read = await readPart(body, encoding, (chunk) => upload.write(chunk));
    if (read.ok) await upload.end();
    isStored = read.ok;
    return read;
  } finally {
    // A body that breaks off leaves nothing behind, either.
    if (!isStored) await upload.abort();
  }
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

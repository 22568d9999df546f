import { gunzipSync, inflateSync } from "node:zlib";
import { fail, ok, type Result } from "../../core/model/result.ts";

export interface BodyLimits {
  /** Bytes as they come over the wire. */
  readonly maxBytes: number;
  /** Bytes after `Content-Encoding` is undone. */
  readonly maxInflated: number;
}

/** http.md, "Collect": a body over 1 MB, inflated 4 MB, is refused. */
export const BODY_LIMITS: BodyLimits = { maxBytes: 1_000_000, maxInflated: 4_000_000 };

/** Announced bodies up to this size are read in one go: what the platform then holds is small whatever is sent. */
const SMALL_BYTES = 65_536;

export type BodyFault = "too_large" | "unsupported_encoding" | "bad_encoding";

/**
 * Reads a request's body as text, within limits that hold for what is sent, not for what is announced. Takes gzip and
 * deflate; bytes that are not UTF-8 become U+FFFD, as in `request.text()`.
 */
export async function readBody(request: Request, limits: BodyLimits = BODY_LIMITS): Promise<Result<string, BodyFault>> {
  const inflate = inflaterOf(request.headers.get("content-encoding"));
  if (inflate === undefined) return fail("unsupported_encoding");
  const announced = announcedBytes(request);
  if (announced !== undefined && announced > limits.maxBytes) return fail("too_large");
  if (inflate === "identity" && announced !== undefined && announced <= SMALL_BYTES) {
    const text = await request.text();
    return text.length > limits.maxBytes ? fail("too_large") : ok(text);
  }
  const raw = await readBytes(request.body, limits.maxBytes);
  if (raw === undefined) return fail("too_large");
  if (inflate === "identity") return ok(decoder.decode(raw));
  if (raw.byteLength === 0) return ok("");
  try {
    return ok(decoder.decode(inflate(raw, { maxOutputLength: limits.maxInflated })));
  } catch (error) {
    // The inflater gives up as soon as its output passes the limit: a bomb costs the limit, not its size.
    return fail(error instanceof RangeError ? "too_large" : "bad_encoding");
  }
}

const decoder = new TextDecoder();

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

function inflaterOf(encoding: string | null): Inflate | "identity" | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case "":
    case "identity":
      return "identity";
    case "gzip":
    case "x-gzip":
      return gunzipSync;
    case "deflate":
      return inflateSync;
    default:
      return undefined;
  }
}

/** Bytes that `Content-Length` announces; 0 without a body, undefined where nothing usable is announced. */
function announcedBytes(request: Request): number | undefined {
  if (request.body === null) return 0;
  const header = request.headers.get("content-length");
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

/** @returns undefined once more than `maxBytes` came; the rest is not read */
async function readBytes(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

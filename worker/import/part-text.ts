/** Why a part's body cannot be stored. */
export type PartFault = "too_large" | "bad_encoding" | "not_in_encoding";

/** Thrown within a stream, where nothing can be returned. */
export class BadPart extends Error {
  override readonly name = "BadPart";
  readonly fault: PartFault;

  constructor(fault: PartFault) {
    super(fault);
    this.fault = fault;
  }
}

/** http.md, "Collect": a part is at most 90 MB, for the platform takes bodies of 100. */
export const MOST_PART_BYTES = 90_000_000;
/** After gzip is undone, and as UTF-8: as four is to one, as with every body. */
const MOST_TEXT_BYTES = 360_000_000;

export interface PartEncoding {
  readonly gzip: boolean;
  /** A label of the Encoding Standard; null: UTF-8, or what a byte order mark says. */
  readonly text: string | null;
}

/**
 * The text of a part as UTF-8 without a byte order mark, piece by piece as it comes: what is stored is one encoding, so
 * every place in it can be told in bytes. Only a piece is held.
 * @throws BadPart
 */
export async function* partText(body: ReadableStream<Uint8Array>, encoding: PartEncoding): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined;
  let bytes = 0;
  const decoded = (chunk?: Uint8Array): Uint8Array => {
    const piece = encoder.encode(decode(decoder, chunk));
    bytes += piece.byteLength;
    if (bytes > MOST_TEXT_BYTES) throw new BadPart("too_large");
    return piece;
  };
  for await (const chunk of encoding.gzip ? inflated(body) : limited(body)) {
    if (chunk.byteLength === 0) continue;
    decoder ??= new TextDecoder(encoding.text ?? markedEncoding(chunk), { fatal: true, ignoreBOM: false });
    yield decoded(chunk);
  }
  yield decoded();
}

/** A wrong byte refuses the part: read as something else it would change names without a word. */
function decode(decoder: TextDecoder | undefined, chunk: Uint8Array | undefined): string {
  try {
    return decoder?.decode(chunk, { stream: chunk !== undefined }) ?? "";
  } catch {
    throw new BadPart("not_in_encoding");
  }
}

function markedEncoding([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

const encoder = new TextEncoder();

async function* limited(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MOST_PART_BYTES) throw new BadPart("too_large");
    yield chunk;
  }
}

/** An error loses its class on its way through a stream of the platform: what was too much is noted beside it. */
async function* inflated(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const seen: { fault: PartFault } = { fault: "bad_encoding" };
  const packed = limited(body);
  const noting = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await packed.next().catch((error: unknown) => {
        if (error instanceof BadPart) seen.fault = error.fault;
        throw error;
      });
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
  const chunks = noting.pipeThrough<Uint8Array>(new DecompressionStream("gzip"))[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch(() => {
      throw new BadPart(seen.fault);
    });
    if (next.done === true) return;
    yield next.value;
  }
}

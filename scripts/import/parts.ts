import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { dialectOf } from "../../core/import/csv-rows.ts";
import { RowEnds } from "../../core/import/row-ends.ts";

/** A part of a file, as UTF-8, ending where a row does. */
export interface FilePart {
  /** From 1. */
  readonly part: number;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly isLast: boolean;
  /** Bytes of the file, as it lies there, that were read for it and for those before. */
  readonly read: number;
}

export interface CutOptions {
  readonly format: "csv" | "ndjson";
  /** Label of the Encoding Standard; undefined: UTF-8, or what a byte order mark says. */
  readonly encoding: string | undefined;
  /** Undefined: as the beginning shows. */
  readonly delimiter: string | undefined;
  /** A part is closed at the first row end behind so many bytes. */
  readonly partBytes: number;
}

/** Names a file by its content. Read as a stream: it may be larger than memory. */
export async function hashOfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Cuts a file into parts; the same file and options give the same parts. No more than two parts are held. @throws for bytes that are not of the encoding */
export async function* partsOf(file: string, options: CutOptions): AsyncGenerator<FilePart> {
  let waiting: FilePart | undefined;
  let part = 1;
  for await (const { body, read } of bodiesOf(file, options)) {
    if (waiting !== undefined) yield waiting;
    waiting = { part: part++, body, isLast: false, read };
  }
  yield { ...(waiting ?? { part: 1, body: new Uint8Array(0), read: 0 }), isLast: true };
}

async function* bodiesOf(
  file: string,
  options: CutOptions,
): AsyncGenerator<{ readonly body: Uint8Array<ArrayBuffer>; readonly read: number }> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  let rest = "";
  let ends: RowEnds | undefined;
  let read = 0;
  for await (const piece of textOf(file, options.encoding, (count) => (read += count))) {
    ends ??= new RowEnds(options.format === "csv" ? dialectOf(piece, options.delimiter ?? null).delimiter : null);
    const end = ends.lastIn(piece);
    if (end < 0) {
      rest += piece;
      continue;
    }
    const whole = Buffer.from(rest + piece.slice(0, end));
    held.push(whole);
    bytes += whole.byteLength;
    rest = piece.slice(end);
    if (bytes < options.partBytes) continue;
    yield { body: joined(held), read };
    held = [];
    bytes = 0;
  }
  if (rest !== "") held.push(Buffer.from(rest));
  if (held.length > 0) yield { body: joined(held), read };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.byteLength;
  }
  return body;
}

async function* textOf(file: string, encoding: string | undefined, onRead: (bytes: number) => void): AsyncGenerator<string> {
  const raw = createReadStream(file, { highWaterMark: 262_144 });
  raw.on("data", (chunk) => onRead(chunk.length));
  const chunks = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    const bytes = chunk as Buffer;
    decoder ??= new TextDecoder(encoding ?? markedEncoding(bytes), { fatal: true, ignoreBOM: false });
    yield decoder.decode(bytes, { stream: true });
  }
  if (decoder !== undefined) yield decoder.decode();
}

function markedEncoding(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ProfileId } from "../../core/model/ids.ts";
import { parseProfileId } from "../../core/model/ids.ts";

/**
 * An archive object: NDJSON, gzipped, and readable with nothing but itself. The first line says the format and the workspace;
 * then for each group a line that says whose records follow, of which epoch and sequences, in which form, and the
 * records, one a line, in the order of the journal.
 *
 * `"body":"plain"` is the seam for what comes with erasure: a group's lines encrypted under a key of its profile will be
 * another `body`, and only `openBody` and `closeBody` will know.
 */
export const ARCHIVE_FORMAT = 1;

/** Records of one profile and epoch, `from` up to but not including `to`. */
export interface ArchiveGroup {
  readonly profile: ProfileId;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly records: readonly string[];
}

/** An object to be: its key is known only with its content. */
export interface ArchiveObject {
  readonly key: string;
  /** The instant in its key, ms: when the newest of its records was received or became known. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * @param at instant of the newest record, ms. From the content and not from the clock, so that the same batch delivered
 * again makes the same object under the same key, and overwrites nothing else.
 */
export function writeArchive(workspace: string, groups: readonly ArchiveGroup[], at: number): ArchiveObject {
  const sorted = groups.toSorted((one, other) =>
    one.profile === other.profile ? one.epoch - other.epoch || one.from - other.from : one.profile < other.profile ? -1 : 1,
  );
  const lines = [JSON.stringify({ format: ARCHIVE_FORMAT, workspace })];
  for (const { profile, epoch, from, to, records } of sorted) {
    lines.push(JSON.stringify({ profile, epoch, from, to, body: "plain" }), ...closeBody(records));
  }
  const text = `${lines.join("\n")}\n`;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 32);
  const iso = new Date(at).toISOString();
  const key = `${workspace}/${iso.slice(0, 10)}/${iso.slice(11, 13)}/${iso.slice(14, 23).replaceAll(/[:.]/g, "")}-${hash}.ndjson.gz`;
  return { key, at, bytes: gzipSync(text) };
}

/** The instant in an object's key, ms; undefined for a key that is none of ours. */
export function instantOfKey(key: string): number | undefined {
  const [, day, hour, minute, second, ms] =
    /\/(\d{4}-\d\d-\d\d)\/(\d\d)\/(\d\d)(\d\d)(\d{3})-[0-9a-f]{32}\.ndjson\.gz$/.exec(key) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`);
}

/** All keys of an instant (ms) or later come after this one. */
export function keyBefore(workspace: string, at: number): string {
  const iso = new Date(at).toISOString();
  return `${workspace}/${iso.slice(0, 10)}/${iso.slice(11, 13)}/${iso.slice(14, 23).replaceAll(/[:.]/g, "")}`;
}

/** Reads an object back. @throws where it is not whole, of another workspace, or of a format that is newer than this program: guessing would lose people's data */
export function readArchive(bytes: Uint8Array, workspace: string): readonly ArchiveGroup[] {
  const lines = gunzipSync(bytes).toString().split("\n");
  if (lines.pop() !== "") throw new Error("an archive object is cut off");
  const head: { readonly format?: unknown; readonly workspace?: unknown } = JSON.parse(lines[0] ?? "{}");
  if (head.format !== ARCHIVE_FORMAT) throw new Error(`archive object of format ${String(head.format)}`);
  if (head.workspace !== workspace) throw new Error("an archive object is another workspace's");
  const groups: ArchiveGroup[] = [];
  for (let next = 1; next < lines.length;) {
    const group = readGroup(lines[next] ?? "");
    const records = openBody(lines.slice(next + 1, next + 1 + group.to - group.from));
    if (records.length !== group.to - group.from) throw new Error("an archive object is cut off");
    groups.push({ ...group, records });
    next += 1 + records.length;
  }
  return groups;
}

function readGroup(line: string): Omit<ArchiveGroup, "records"> {
  const { profile, epoch, from, to, body }: Readonly<Record<string, unknown>> = JSON.parse(line);
  const id = parseProfileId(profile);
  if (id === undefined || typeof epoch !== "number" || typeof from !== "number" || typeof to !== "number" || body !== "plain") {
    throw new Error("an archive object has a group this program cannot read");
  }
  return { profile: id, epoch, from, to };
}

/** Records are JSON texts, which hold no line break of their own. */
function closeBody(records: readonly string[]): readonly string[] {
  return records;
}

function openBody(lines: readonly string[]): readonly string[] {
  return lines;
}

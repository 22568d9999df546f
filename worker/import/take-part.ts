import { randomUUID } from "node:crypto";
import { importFolder } from "../../durable-objects/import/folder.ts";
import { IMPORT_ID, importStub } from "../../durable-objects/import/stub.ts";
import type { ImportSource } from "../../core/import/settings.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import type { Reason } from "../wire/reasons.ts";
import { reaching } from "../wire/unavailable.ts";
import { readImportQuery, type ImportQuery, type ParameterFault } from "./query.ts";
import type { PartEncoding } from "./part-text.ts";
import { readPart, storePart } from "./store-part.ts";

/** Where a part of a file belongs, and in whose name it is sent. */
export interface PartCall {
  readonly env: Env;
  readonly workspace: WorkspaceRecord;
  /** As the audit log names it. */
  readonly by: string;
  readonly request: Request;
}

/** Why a part was not taken. */
export interface PartRefusal {
  readonly reason: Reason;
  readonly detail?: string;
  readonly faults?: readonly ParameterFault[];
}

/** Takes a part of a file: done once it is stored and will be applied, whatever dies. The same part sent again is the same part. */
export async function takePart({
  env,
  workspace,
  by,
  request,
}: PartCall): Promise<Result<{ readonly importId: string; readonly part: number }, PartRefusal>> {
  const read = readImportQuery(new URL(request.url).searchParams);
  if (!read.ok) return fail({ reason: "bad_request", faults: read.error });
  const query = read.value;
  const importId = request.headers.get("import-id") ?? randomUUID();
  if (!IMPORT_ID.test(importId))
    return fail({ reason: "bad_request", detail: "An Import-Id is 1 to 64 letters, digits, hyphens and underscores." });
  const gzip = isGzip(request.headers.get("content-encoding"));
  if (gzip === undefined) return fail({ reason: "unsupported_encoding" });
  const refused = await open(env, workspace, by, importId, query);
  if (refused !== undefined) return fail(refused);
  const stub = importStub(env, workspace, importId);
  const stored = await reaching("the import", () => stub.hashOf(query.part));
  const body = request.body ?? new Response("").body;
  const encoding: PartEncoding = { gzip, text: query.encoding };
  const object = `${importFolder(workspace, importId)}${query.part}-${randomUUID()}`;
  if (body === null) return fail({ reason: "bad_request" });
  const part = stored === undefined ? await storePart(env.IMPORTS, object, body, encoding) : await readPart(body, encoding);
  if (!part.ok) return fail({ reason: part.error });
  const answer = await reaching("the import", () =>
    stub.addPart({ part: query.part, object, ...part.value, receivedAt: Date.now() }, query.last),
  );
  if (answer !== "added" && stored === undefined) await env.IMPORTS.delete(object);
  switch (answer) {
    case "added":
    case "same":
      return ok({ importId, part: query.part });
    case "conflict":
      return fail({ reason: "part_conflict" });
    case "gone":
      return fail({ reason: "not_found", detail: "The import was deleted." });
  }
}

/** Begins the import, or sees that it has begun under the same settings. @returns why not, or nothing */
async function open(
  env: Env,
  workspace: WorkspaceRecord,
  by: string,
  importId: string,
  { source, settings }: ImportQuery,
): Promise<PartRefusal | undefined> {
  const stub = importStub(env, workspace, importId);
  const known = await reaching("the import", () => stub.knows(settings, source));
  if (known === "same") return undefined;
  if (known === "conflict") return { reason: "import_conflict" };
  // The one time that D1 is asked: later parts, and all that applies them, go on without it.
  const { noteImport, sourceOfImport } = await import("../cold/imports.ts");
  const from: ImportSource | undefined = await reaching("D1", () => sourceOfImport(env.DB, workspace.id, source));
  if (from === undefined) {
    const fault = { parameter: "source", code: "unknown_source", message: "There is no source of this key." };
    return { reason: "bad_request", faults: [fault] };
  }
  const createdAt = Date.now();
  await reaching("D1", () => noteImport(env.DB, { workspace: workspace.id, id: importId, createdAt }, by));
  const job = { importId, workspace: workspace.id, jurisdiction: workspace.jurisdiction, settings, source: from, createdAt };
  const begun = await reaching("the import", () => stub.begin(job));
  return begun === "conflict" ? { reason: "import_conflict" } : undefined;
}

function isGzip(encoding: string | null): boolean | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case "":
    case "identity":
      return false;
    case "gzip":
    case "x-gzip":
      return true;
    default:
      return undefined;
  }
}

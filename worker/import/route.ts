import { randomUUID } from "node:crypto";
import { IMPORT_ID, importFolder, importStub } from "../../durable-objects/import/stub.ts";
import type { ImportSource } from "../../core/import/settings.ts";
import type { StreamCall } from "../auth/guard.ts";
import { refuse } from "../wire/problem.ts";
import { jsonReply } from "../wire/reply.ts";
import { reaching } from "../wire/unavailable.ts";
import { readImportQuery, type ImportQuery } from "./query.ts";
import type { PartEncoding } from "./part-text.ts";
import { readPart, storePart } from "./store-part.ts";

/** `POST /v1/import`: 202 once the part is stored and will be applied, whatever dies. The same part sent again is the same part. */
export async function importRoute(call: StreamCall): Promise<Response> {
  const { request, env, workspace } = call;
  const read = readImportQuery(new URL(request.url).searchParams);
  if (!read.ok) return refuse("bad_request", undefined, { members: { errors: read.error } });
  const query = read.value;
  const importId = request.headers.get("import-id") ?? randomUUID();
  if (!IMPORT_ID.test(importId))
    return refuse("bad_request", "An Import-Id is 1 to 64 letters, digits, hyphens and underscores.");
  const gzip = isGzip(request.headers.get("content-encoding"));
  if (gzip === undefined) return refuse("unsupported_encoding");
  const opened = await open(call, importId, query);
  if (opened !== undefined) return opened;
  const stub = importStub(env, workspace, importId);
  const stored = await reaching("the import", () => stub.hashOf(query.part));
  const body = request.body ?? new Response("").body;
  const encoding: PartEncoding = { gzip, text: query.encoding };
  const object = `${importFolder(workspace, importId)}${query.part}-${randomUUID()}`;
  if (body === null) return refuse("bad_request");
  const part = stored === undefined ? await storePart(env.IMPORTS, object, body, encoding) : await readPart(body, encoding);
  if (!part.ok) return refuse(part.error);
  const answer = await reaching("the import", () =>
    stub.addPart({ part: query.part, object, ...part.value, receivedAt: Date.now() }, query.last),
  );
  if (answer !== "added" && stored === undefined) await env.IMPORTS.delete(object);
  switch (answer) {
    case "added":
    case "same":
      return jsonReply({ importId, part: query.part }, 202, { "import-id": importId });
    case "conflict":
      return refuse("part_conflict");
    case "gone":
      return refuse("not_found", "The import was deleted.");
  }
}

/** Begins the import, or sees that it has begun under the same settings. @returns a refusal, or nothing */
async function open(
  { env, workspace, key }: StreamCall,
  importId: string,
  { source, settings }: ImportQuery,
): Promise<Response | undefined> {
  const stub = importStub(env, workspace, importId);
  const known = await reaching("the import", () => stub.knows(settings, source));
  if (known === "same") return undefined;
  if (known === "conflict") return refuse("import_conflict");
  // The one time that D1 is asked: later parts, and all that applies them, go on without it.
  const { noteImport, sourceOfImport } = await import("../cold/imports.ts");
  const from: ImportSource | undefined = await reaching("D1", () => sourceOfImport(env.DB, workspace.id, source));
  if (from === undefined) {
    const fault = { parameter: "source", code: "unknown_source", message: "There is no source of this key." };
    return refuse("bad_request", undefined, { members: { errors: [fault] } });
  }
  const createdAt = Date.now();
  await reaching("D1", () => noteImport(env.DB, { workspace: workspace.id, id: importId, createdAt }, key.id));
  const job = { importId, workspace: workspace.id, jurisdiction: workspace.jurisdiction, settings, source: from, createdAt };
  const begun = await reaching("the import", () => stub.begin(job));
  return begun === "conflict" ? refuse("import_conflict") : undefined;
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

import { runDurableObjectAlarm } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { importStub } from "../../durable-objects/import/stub.ts";
import { testWorkspace } from "../../worker/cold/test-workspaces.ts";
import type { NewSource } from "../../worker/cold/workspaces.ts";

/** For tests of imports: a workspace with a source `store`, calls as a client makes them, and an import's way to its end. */

export interface ImportWorkspace {
  readonly id: string;
  readonly secret: string;
}

export function importWorkspace(source: Partial<NewSource> = {}): Promise<ImportWorkspace> {
  return testWorkspace({}, { key: "store", kind: "server", channel: "store", origins: [], ...source });
}

export interface Report {
  readonly importId: string;
  readonly state: "receiving" | "applying" | "done" | "failed";
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly refused: number;
  readonly bytes: { readonly done: number; readonly total: number };
  readonly nextPart: number | null;
  readonly waitingUntil: string | null;
  readonly report: {
    readonly failure: { readonly code: string; readonly column: string | null } | null;
    readonly codes: Readonly<Record<string, number>>;
    readonly rejected: readonly { readonly row: number; readonly code: string; readonly column?: string }[];
    readonly events: readonly { readonly row: number; readonly event: Readonly<Record<string, unknown>> }[];
  };
}

export interface Sent {
  readonly status: number;
  readonly body: {
    readonly importId?: string;
    readonly code?: string;
    readonly errors?: readonly { readonly parameter: string; readonly code: string }[];
  };
  readonly importId: string;
}

/** Sends a part. The query is as a client writes it, without what every test says: source `store`, type `track`. */
export async function sendPart(
  to: ImportWorkspace,
  query: Readonly<Record<string, string>>,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): Promise<Sent> {
  const search = new URLSearchParams({ source: "store", type: "track", format: "csv", ...query });
  const request = new Request(`http://tideline.test/v1/import?${search.toString()}`, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${to.secret}`, ...headers },
  });
  const response = await exports.default.fetch(request);
  return { status: response.status, body: await response.json(), importId: response.headers.get("import-id") ?? "" };
}

export async function reportOf(to: ImportWorkspace, importId: string): Promise<Report> {
  const request = new Request(`http://tideline.test/api/imports/${importId}`, {
    headers: { authorization: `Bearer ${to.secret}` },
  });
  return (await exports.default.fetch(request)).json();
}

/** Runs the import's alarms until it has nothing more to do. */
export async function finished(to: ImportWorkspace, importId: string): Promise<Report> {
  const stub = importStub(env, { id: to.id, jurisdiction: null }, importId);
  for (;;) {
    const report = await reportOf(to, importId);
    if (report.state !== "applying") return report;
    await runDurableObjectAlarm(stub);
  }
}

/** Sends a whole file and waits for its end. */
export async function imported(
  to: ImportWorkspace,
  query: Readonly<Record<string, string>>,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): Promise<Report> {
  const sent = await sendPart(to, query, body, headers);
  if (sent.status !== 202) throw new Error(`${sent.status} ${JSON.stringify(sent.body)}`);
  return finished(to, sent.importId);
}

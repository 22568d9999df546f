import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformWithOxc } from "vite";
import { serve, type Running } from "./serve.ts";

export interface FloorSettings {
  readonly data: string;
  /** What ours answered, to be answered alike. */
  readonly decideReply: string;
  readonly ingestReply: string;
  /** Size of the row ours writes. */
  readonly rowBytes: number;
  /** Under which the tokens of browsers are sealed, base64; where those are asked for. */
  readonly tokenKey?: string;
}

/** Starts the Worker of the floors: one file that imports nothing, so taking its types away is all it needs. */
export async function serveFloors({ data, decideReply, ingestReply, rowBytes, tokenKey = "" }: FloorSettings): Promise<Running> {
  const file = join(import.meta.dirname, "floors/worker.ts");
  const { code } = await transformWithOxc(readFileSync(file, "utf8"), file);
  const worker = {
    script: code,
    compatibilityDate: "2026-10-01",
    compatibilityFlags: ["nodejs_compat"],
    bindings: { DECIDE_REPLY: decideReply, INGEST_REPLY: ingestReply, ROW_BYTES: rowBytes, TOKEN_KEY: tokenKey },
    durableObjects: { FLOOR: { className: "FloorObject", useSQLite: true } },
  };
  return serve({ name: "floors", data, worker, inspect: false });
}

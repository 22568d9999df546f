import { ApiError, type Fault } from "../api/client.ts";

/** A part is at most so large: the API takes 90 MB. */
const PART_BYTES = 32_000_000;

/**
 * Sends a file part by part, each again where the network failed: the same part twice is one. Cut anywhere, since the import reads on over the ends of parts.
 * @param query of `POST /api/imports` @returns the import's id @throws ApiError
 */
export async function sendFile(file: File, query: URLSearchParams): Promise<string> {
  const importId = `${new Date().toISOString().slice(0, 10)}-${crypto.randomUUID().slice(0, 8)}`;
  const parts = Math.max(1, Math.ceil(file.size / PART_BYTES));
  for (let part = 1; part <= parts; part++) {
    const said = new URLSearchParams(query);
    if (parts > 1) said.set("part", String(part));
    if (parts > 1) said.set("parts", String(parts));
    await sendPart(importId, said, file.slice((part - 1) * PART_BYTES, part * PART_BYTES));
  }
  return importId;
}

const MOST_TRIES = 4;

async function sendPart(importId: string, query: URLSearchParams, body: Blob): Promise<void> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(`/api/imports?${query.toString()}`, {
      method: "POST",
      headers: { "import-id": importId, "content-type": "text/csv" },
      body,
    }).catch(() => undefined);
    if (response?.ok === true) return;
    const isFinal = response !== undefined && response.status < 500 && response.status !== 429;
    if (isFinal || tries === MOST_TRIES) throw await problemOf(response);
    await new Promise((done) => setTimeout(done, 500 * 2 ** tries));
  }
}

async function problemOf(response: Response | undefined): Promise<ApiError> {
  if (response === undefined) return new ApiError(0, "", "", []);
  const said = (await response.json().catch(() => ({}))) as { title?: string; detail?: string; errors?: readonly Fault[] };
  return new ApiError(response.status, said.title ?? "", said.detail ?? "", said.errors ?? []);
}

/** A JSON reply. What we answer is about a person or a key, so nothing on the way may keep it. */
export function jsonReply(body: unknown, status = 200, headers?: Readonly<Record<string, string>>): Response {
  return jsonTextReply(JSON.stringify(body), status, headers);
}

/** As `jsonReply`, for a text that is JSON already. */
export function jsonTextReply(text: string, status = 200, headers?: Readonly<Record<string, string>>): Response {
  return new Response(text, { status, headers: { "content-type": "application/json", "cache-control": "no-store", ...headers } });
}

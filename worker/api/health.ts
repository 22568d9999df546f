import { jsonReply } from "../wire/reply.ts";
import { VERSION } from "../wire/version.ts";

/** `GET /healthz`: open, and asks no store: it says that the Worker serves, not that all behind it does. */
export function health(): Response {
  return jsonReply({ ok: true, version: VERSION });
}

import type { StreamCall } from "../auth/guard.ts";
import { refuse } from "../wire/problem.ts";
import { jsonReply } from "../wire/reply.ts";
import { takePart } from "./take-part.ts";

/** `POST /v1/import`: 202 once the part is stored. */
export async function importRoute({ request, env, workspace, key }: StreamCall): Promise<Response> {
  const taken = await takePart({ request, env, workspace, by: `key:${key.id}` });
  if (taken.ok) return jsonReply(taken.value, 202, { "import-id": taken.value.importId });
  const { reason, detail, faults } = taken.error;
  return refuse(reason, detail, faults === undefined ? undefined : { members: { errors: faults } });
}

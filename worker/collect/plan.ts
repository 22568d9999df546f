import { createHash } from "node:crypto";
import { BoundedMap } from "../../core/model/bounded-map.ts";
import type { ProfileId, Identifier } from "../../core/model/ids.ts";
import type { Plan, PlanReader } from "../../core/quality/plan.ts";
import { readPlan } from "../cold/plans.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { parseJson } from "../wire/json.ts";
import { logFault } from "../wire/log.ts";
import { Unavailable } from "../wire/unavailable.ts";

interface Held {
  readonly version: number;
  readonly plan: Plan;
}

/** Plans of this isolate, by workspace: what is compiled of one is some KB, and a pattern in it more. */
const plans = new BoundedMap<string, Held>(500);

/**
 * The plan that holds in a workspace: at once where it has none, or where this isolate knows it.
 * @throws Unavailable (as a rejection) where it cannot be read and none before it is known here: nothing is taken that it might refuse
 */
export function planOf(
  env: Pick<Env, "PUBLISHED">,
  { id, plan: version }: Pick<WorkspaceRecord, "id" | "plan">,
): Plan | undefined | Promise<Plan> {
  if (version === undefined) return undefined;
  const held = plans.get(id);
  // A record that is read late names an older one: what is known since stands.
  return held !== undefined && held.version >= version ? held.plan : load(env.PUBLISHED, id, version, held);
}

async function load(bucket: R2Bucket, workspace: string, version: number, held: Held | undefined): Promise<Plan> {
  try {
    const stored = await readPlan(bucket, workspace, version);
    if (stored === undefined) throw new Unavailable("R2: the plan is not there yet");
    // Few workspaces have a plan: what reads it is loaded with the first.
    const { compilePlan } = await import("../../core/quality/plan.ts");
    const compiled = compilePlan(stored.document);
    if (!compiled.ok) throw new Error("a plan that was written does not compile");
    plans.put(workspace, { version, plan: compiled.value });
    return compiled.value;
  } catch (error) {
    if (held === undefined) throw error;
    logFault("collect.plan", error);
    return held.plan;
  }
}

/** What a plan needs to judge an event of a workspace. */
export function planReader(workspace: WorkspaceRecord, nameOf: (identifier: Identifier) => ProfileId): PlanReader {
  return {
    zone: workspace.timeZone,
    parseJson: (text) => {
      const parsed = parseJson(text);
      return parsed.ok ? parsed.value : undefined;
    },
    // Keyed, as all that we make of identifiers; under a type of its own, so that it leads to nobody's object.
    hash: (kind, normal) =>
      createHash("sha256")
        .update(nameOf({ type: `personal:${kind}`, value: normal }))
        .digest("base64url")
        .slice(0, 22),
  };
}

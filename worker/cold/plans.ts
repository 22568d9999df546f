import type { PlanDocument } from "../../core/quality/plan.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { readObject, replaceObject } from "./bucket.ts";
import { conditionsHold, type Conditions } from "./documents.ts";
import type { WorkspaceRecord } from "./records.ts";
import { readWorkspaceRecord, updateWorkspaceRecord } from "./workspace-record.ts";

/**
 * Tracking plans, in R2 alone: the data plane reads them there, and D1 has nothing to add. A version never changes once it is written;
 * the workspace's record names the one that holds. The format bears a number and only grows.
 */
export interface StoredPlan {
  readonly format: 1;
  readonly version: number;
  readonly document: PlanDocument;
  /** ms */
  readonly createdAt: number;
  /** As in the audit log. */
  readonly createdBy: string;
}

/** The plan of who has none yet. */
export const NO_PLAN: PlanDocument = { events: {}, unplanned: "allow", personal: { email: "allow", card: "allow" } };

/** Writers that collide more often than this are broken, not unlucky; numbers of versions whose writer was cut off are passed over. */
const MOST_TRIES = 20;

function planObjectKey(workspace: string, version: number): string {
  return `plans/${workspace}/${version}.json`;
}

/** @returns undefined where there is none of this version @throws Unavailable */
export async function readPlan(bucket: R2Bucket, workspace: string, version: number): Promise<StoredPlan | undefined> {
  return (await readObject<StoredPlan>(bucket, planObjectKey(workspace, version)))?.value;
}

/** The plan that holds, read now. */
export async function heldPlan(bucket: R2Bucket, workspace: string): Promise<StoredPlan | undefined> {
  const version = (await readWorkspaceRecord(bucket, workspace))?.plan;
  return version === undefined ? undefined : readPlan(bucket, workspace, version);
}

/** The tag by which a caller says what it has seen: `p0` before the first. */
export function planEtag(version: number): string {
  return `p${version}`;
}

/**
 * Writes the next version and lets it hold, so that no other writer's change between is lost. The same document again is no change.
 * @throws Unavailable
 */
export async function putPlan(
  bucket: R2Bucket,
  workspace: string,
  conditions: Conditions,
  { document, createdAt, createdBy }: Pick<StoredPlan, "document" | "createdAt" | "createdBy">,
): Promise<Result<{ readonly plan: StoredPlan; readonly record: WorkspaceRecord }, "precondition_failed">> {
  let taken = 0;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const record = await readWorkspaceRecord(bucket, workspace);
    if (record === undefined) throw new Unavailable("a workspace whose key is live has no record");
    const before = record.plan ?? 0;
    if (!conditionsHold(conditions, { key: "plan", etag: planEtag(before) })) return fail("precondition_failed");
    const held = before === 0 ? undefined : await readPlan(bucket, workspace, before);
    if (held !== undefined && JSON.stringify(held.document) === JSON.stringify(document)) return ok({ plan: held, record });
    const plan: StoredPlan = { format: 1, version: Math.max(before, taken) + 1, document, createdAt, createdBy };
    if (!(await replaceObject(bucket, planObjectKey(workspace, plan.version), plan, undefined))) {
      taken = plan.version;
      continue;
    }
    const written = await updateWorkspaceRecord(bucket, workspace, (present) => {
      if (present === undefined) throw new Unavailable("a workspace whose key is live has no record");
      return (present.plan ?? 0) === before ? { ...present, plan: plan.version } : present;
    });
    if (written.plan === plan.version) return ok({ plan, record: written });
  }
  throw new Unavailable("R2: too many writers of one plan");
}

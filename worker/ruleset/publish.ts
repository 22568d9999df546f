import type { PublishedRuleset } from "../../durable-objects/ruleset/load.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { database, type Stores } from "../cold/database.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { dropReservation, findVersion, reserveRollback, reserveVersion } from "../cold/ruleset-versions.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { compose, type DraftFault, type DraftFaults } from "./compose.ts";
import { goLive, readArtifact, readContent, storeArtifact, storeContent } from "./artifact-store.ts";
import { contentOf, type RulesetContent } from "./content.ts";
import { liveVersion } from "./versions.ts";

/** Who publishes, where, when (ms), and what they say about it. */
export interface PublishRequest {
  readonly workspace: string;
  /** As in the audit log: `key:ID`. */
  readonly actor: string;
  readonly note: string;
  readonly now: number;
}

export interface Published {
  readonly version: number;
  readonly audiences: number;
  readonly warnings: readonly DraftFault[];
  /** The workspace's record as it is now; its `ruleset` is higher where a later publish was faster. */
  readonly record: WorkspaceRecord;
}

/** A number that is taken in R2 but not in D1 means a database restored from before: it catches up with each try. */
const MOST_TRIES = 10;

/**
 * Publishes all drafts as the next version, or nothing. In this order: a number and the drafts are taken in one
 * transaction; the artifact is stored under its number, never over another, and beside it what it was made of; the pointer moves, only forward; the version
 * is noted as published. Cut off before the pointer moves, nothing has changed but a number that is never used; cut off
 * after, the version is live and the next publish notes it. So a publish may always be tried again.
 */
export async function publishDrafts(stores: Stores, request: PublishRequest): Promise<Result<Published, DraftFaults>> {
  const { workspace, actor, note, now } = request;
  const db = database(stores.DB);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const above = await liveVersion(stores, workspace);
    const reserved = await reserveVersion(db, { workspace, note, createdAt: now, createdBy: actor, above });
    if (reserved === undefined) throw new Unavailable("D1 does not know the workspace of a live key");
    const composed = compose(reserved, now);
    if (!composed.ok) {
      await dropReservation(db, workspace, reserved.version);
      return composed;
    }
    const { artifact, warnings } = composed.value;
    const published = await publish(stores, request, "ruleset.publish", artifact, contentOf(reserved));
    if (published !== undefined) return ok({ ...published, warnings });
  }
  throw new Unavailable("R2 has rulesets that D1 does not know");
}

/** Publishes the content of an old version as the next one. The drafts stay as they are. */
export async function rollBack(
  stores: Stores,
  request: PublishRequest,
  version: number,
): Promise<Result<Published, "not_found">> {
  const { workspace, actor, note, now } = request;
  const db = database(stores.DB);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const above = await liveVersion(stores, workspace);
    const from = await findVersion(db, workspace, version);
    if (from === undefined || (from.state === "reserved" && version !== above)) return fail("not_found");
    const old = await readArtifact(stores.PUBLISHED, workspace, version);
    if (old === undefined) return fail("not_found");
    const content = await readContent(stores.PUBLISHED, workspace, version);
    const next = await reserveRollback(db, { workspace, note, createdAt: now, createdBy: actor, above }, from);
    const artifact = { ...old, ruleset: { ...old.ruleset, version: next } };
    const published = await publish(stores, request, "ruleset.rollback", artifact, content);
    if (published !== undefined) return ok(published);
  }
  throw new Unavailable("R2 has rulesets that D1 does not know");
}

/** @returns undefined where the number is taken in R2 */
async function publish(
  stores: Stores,
  request: PublishRequest,
  action: string,
  artifact: PublishedRuleset,
  content: RulesetContent | undefined,
): Promise<Published | undefined> {
  if (!(await storeArtifact(stores.PUBLISHED, artifact))) return undefined;
  const { version } = artifact.ruleset;
  const { workspace, actor, now } = request;
  if (content !== undefined) await storeContent(stores.PUBLISHED, workspace, version, content);
  const record = await goLive(stores, artifact.ruleset, { workspace, at: now, actor, action, target: `ruleset:${version}` });
  return { version, audiences: artifact.audiences.length, warnings: [], record };
}

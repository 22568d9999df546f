import { inJurisdiction } from "../profile/stub.ts";
import type { ImportObject } from "./object.ts";
import type { ImportView } from "./view.ts";

interface Workspace {
  readonly id: string;
  readonly jurisdiction: string | null;
}

/** The object of an import: named by its workspace first, so that no id of one is an id of another. */
export function importStub(env: Env, workspace: Workspace, importId: string): DurableObjectStub<ImportObject> {
  const namespace = inJurisdiction(env.IMPORT, workspace.jurisdiction);
  return namespace.get(namespace.idFromName(`${workspace.id}/${importId}`));
}

/** Where the parts of an import lie in the bucket. */
export function importFolder(workspace: Workspace, importId: string): string {
  return `imports/${workspace.id}/${importId}/`;
}

/** How an import stands; undefined where there is none. */
export async function viewImport(env: Env, workspace: Workspace, importId: string): Promise<ImportView | undefined> {
  const text = await importStub(env, workspace, importId).view();
  return text === undefined ? undefined : (JSON.parse(text) as ImportView);
}

/** What an id of an import may look like: it is named by whoever sends the file. */
export const IMPORT_ID = /^[A-Za-z0-9_-]{1,64}$/;

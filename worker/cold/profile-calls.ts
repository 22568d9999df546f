import { ENVELOPE_VERSION, type CallEnvelope } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import { profileStub } from "../../durable-objects/profile/stub.ts";
import { reaching } from "../wire/unavailable.ts";
import { readMessage } from "./outbox-message.ts";
import type { WorkspaceRecord } from "./records.ts";

/** What the cold path asks of a profile object. Everything crosses as JSON text. */
export interface OutboxObject {
  outbox(envelope: CallEnvelope & { readonly from: number; readonly limitBytes: number }): Promise<string>;
  confirm(envelope: CallEnvelope & { readonly epoch: number; readonly to: number }): Promise<unknown>;
  sweep(envelope: CallEnvelope): Promise<string>;
}

/** Finds the object of a person; a test may give another. */
export type FindObject = (workspace: WorkspaceRecord, name: ProfileId) => OutboxObject;

/** An answer that is no message: nobody is there, or the name is a pointer to somebody else. */
export type Gone = "gone";

export function objectsOf(env: Env): FindObject {
  // The object's class names these calls itself; until it does, this is what they are.
  return (workspace, name) => profileStub(env, workspace, name) as unknown as OutboxObject;
}

/** Records of a journal from a sequence on. @throws Unavailable, or an error where the object answers what is none */
export async function pull(
  find: FindObject,
  workspace: WorkspaceRecord,
  name: ProfileId,
  from: number,
  limitBytes: number,
): Promise<OutboxMessage | Gone> {
  const text = await reaching("the profile", () =>
    find(workspace, name).outbox({ ...envelopeOf(workspace, name), from, limitBytes }),
  );
  if (!text.startsWith("{")) return "gone";
  const message = readMessage(text);
  if (!message.ok) throw new Error(`a profile object answered a pull with ${message.error}`);
  return message.value;
}

/** Tells a profile that its journal up to `to` is applied everywhere. @throws Unavailable */
export async function confirm(
  find: FindObject,
  workspace: WorkspaceRecord,
  name: ProfileId,
  { epoch, applied }: { readonly epoch: number; readonly applied: number },
): Promise<void> {
  await reaching("the profile", () => find(workspace, name).confirm({ ...envelopeOf(workspace, name), epoch, to: applied }));
}

/** What a sweep did to a profile: the ruleset it stands under now, whether a membership changed, and when time alone may change one next, if it says so. */
export interface Swept {
  readonly version: number;
  readonly changed: boolean;
  readonly nextChange?: number | null;
}

/** Tells a profile to catch up with the live ruleset and the clock. @throws Unavailable */
export async function sweepProfile(find: FindObject, workspace: WorkspaceRecord, name: ProfileId): Promise<Swept | Gone> {
  const text = await reaching("the profile", () => find(workspace, name).sweep(envelopeOf(workspace, name)));
  if (!text.startsWith("{")) return "gone";
  const swept: Swept = JSON.parse(text);
  return swept;
}

export function envelopeOf(workspace: WorkspaceRecord, name: ProfileId): CallEnvelope {
  const { id, jurisdiction, ruleset, retentionMs } = workspace;
  return { v: ENVELOPE_VERSION, workspace: id, jurisdiction, name, ruleset, retentionMs };
}

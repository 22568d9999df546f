import {
  ENVELOPE_VERSION,
  type CallEnvelope,
  type ConfirmEnvelope,
  type OutboxEnvelope,
  type SweepReply,
} from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import { profileStub } from "../../durable-objects/profile/stub.ts";
import { reaching } from "../wire/unavailable.ts";
import { readMessage } from "./outbox-message.ts";
import type { WorkspaceRecord } from "./records.ts";

/** What the cold path asks of a profile object. Everything crosses as JSON text. */
export interface OutboxObject {
  outbox(envelope: OutboxEnvelope): Promise<string>;
  confirm(envelope: ConfirmEnvelope): Promise<boolean>;
  sweep(envelope: CallEnvelope): Promise<string>;
}

/** Finds the object of a person; a test may give another. */
export type FindObject = (workspace: WorkspaceRecord, name: ProfileId) => OutboxObject;

/** Nobody is there by himself: nobody at all, or a pointer to somebody else. */
export type Gone = "gone";

export function objectsOf(env: Env): FindObject {
  return (workspace, name) => profileStub(env, workspace, name);
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
  const message = readMessage(text);
  if (!message.ok) throw new Error(`a profile object answered a pull with ${message.error}`);
  // A person says how he stands where there is nothing more to send; only who is none bears neither records nor that.
  return message.value.state === undefined && message.value.from === message.value.to ? "gone" : message.value;
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

/** Tells a profile to catch up with the live ruleset and the clock. @throws Unavailable */
export async function sweepProfile(find: FindObject, workspace: WorkspaceRecord, name: ProfileId): Promise<SweepReply | Gone> {
  const reply: SweepReply = JSON.parse(
    await reaching("the profile", () => find(workspace, name).sweep(envelopeOf(workspace, name))),
  );
  return reply.version === 0 ? "gone" : reply;
}

export function envelopeOf(workspace: WorkspaceRecord, name: ProfileId): CallEnvelope {
  const { id, jurisdiction, ruleset, retentionMs } = workspace;
  return { v: ENVELOPE_VERSION, workspace: id, jurisdiction, name, ruleset, retentionMs };
}

import { OUTBOX_VERSION, type OutboxMessage, type OutboxState } from "../../core/model/outbox.ts";
import { parseProfileId, type ProfileId } from "../../core/model/ids.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";

/** What makes a message poison: sending it again as it is cannot help. */
export type MessageFault = "not_a_message" | "unknown_version";

/** Reads a body of the queue, or the text an object answers a pull with. What it bears beyond what is known here is left alone: the format only grows. */
export function readMessage(body: unknown): Result<OutboxMessage, MessageFault> {
  const value = typeof body === "string" ? parsed(body) : body;
  if (!isRecord(value)) return fail("not_a_message");
  const { v, workspace, jurisdiction, profile, epoch, from, to, records, state } = value;
  if (typeof v !== "number") return fail("not_a_message");
  if (v !== OUTBOX_VERSION) return fail("unknown_version");
  const id = parseProfileId(profile);
  if (typeof workspace !== "string" || workspace === "" || id === undefined) return fail("not_a_message");
  if (jurisdiction !== null && typeof jurisdiction !== "string") return fail("not_a_message");
  if (!isCount(epoch) || !isCount(from) || !isCount(to) || to < from) return fail("not_a_message");
  if (records !== undefined && !(isTexts(records) && records.length === to - from)) return fail("not_a_message");
  if (state !== undefined && !isState(state)) return fail("not_a_message");
  return ok({
    v,
    workspace,
    jurisdiction,
    profile: id,
    epoch,
    from,
    to,
    ...(records === undefined ? {} : { records }),
    ...(state === undefined ? {} : { state }),
  });
}

/** The workspace that a body says it is of, even where it is poison; null where it says none. */
export function workspaceOfBody(body: unknown): string | null {
  const value = typeof body === "string" ? parsed(body) : body;
  return isRecord(value) && typeof value["workspace"] === "string" && value["workspace"] !== "" ? value["workspace"] : null;
}

/** A nudge: pull this profile from `from` on. */
export function nudge(
  of: Pick<OutboxMessage, "workspace" | "jurisdiction" | "epoch" | "from" | "to"> & { readonly profile: ProfileId },
): OutboxMessage {
  const { workspace, jurisdiction, profile, epoch, from, to } = of;
  return { v: OUTBOX_VERSION, workspace, jurisdiction, profile, epoch, from, to };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isState(value: unknown): value is OutboxState {
  if (!isRecord(value)) return false;
  const { members, ruleset, nextChange, identifiers, firstSeen, lastSeen } = value;
  if (!isRecord(members) || !Object.values(members).every((since) => typeof since === "number")) return false;
  if (!isCount(ruleset) || !(nextChange === null || typeof nextChange === "number")) return false;
  return Array.isArray(identifiers) && typeof firstSeen === "number" && typeof lastSeen === "number";
}

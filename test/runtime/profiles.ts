import { env } from "cloudflare:workers";
import {
  ENVELOPE_VERSION,
  type CallEnvelope,
  type DecideEnvelope,
  type IngestEnvelope,
  type IngestReply,
  type JournalEvent,
  type LinkItem,
} from "../../core/model/envelope.ts";
import { eventName, type EventType } from "../../core/model/event.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import type { JsonObject } from "../../core/model/json.ts";
import { flattenRuleset } from "../../core/rules/flatten.ts";
import { parseRule } from "../../core/rules/parse.ts";
import { profileName, profileStub } from "../../durable-objects/profile/stub.ts";
import type { ProfileObject } from "../../durable-objects/profile/object.ts";
import { rulesetObjectKey, type PublishedAudience, type PublishedRuleset } from "../../durable-objects/ruleset/load.ts";

/** Factories for tests of profile objects: identifiers, events, envelopes and rulesets. */

export const DAY_MS = 86_400_000;
export const RETENTION_MS = 400 * DAY_MS;

let counter = 0;
/** A text no other test has: storage lasts between the tests of a file. */
export function fresh(word: string): string {
  return `${word}-${++counter}-${crypto.randomUUID().slice(0, 8)}`;
}

export function identifier(workspace: string, type: string, value: string): HashedIdentifier {
  return { type, hash: profileName(env.NAME_KEY, workspace, { type, value }) };
}

export function stubOf(name: ProfileId): DurableObjectStub<ProfileObject> {
  return profileStub(env, { id: "any", jurisdiction: null }, name);
}

/** An accepted event; what is not said is a purchase a minute ago. */
export function event(origin: HashedIdentifier, said: Partial<JournalEvent> & { readonly event?: string } = {}): JournalEvent {
  const { event: trackName = "Order Completed", ...fields } = said;
  const type: EventType = fields.type ?? "track";
  const receivedAt = fields.receivedAt ?? Date.now();
  const time = fields.time ?? receivedAt - 60_000;
  return {
    messageId: fresh("m"),
    source: "store",
    channel: "store",
    party: "first",
    type,
    name: eventName(type, trackName),
    time,
    timestamp: new Date(time).toISOString(),
    receivedAt,
    origin,
    properties: {},
    ...fields,
  };
}

export function call(workspace: string, name: ProfileId, ruleset = 0): CallEnvelope {
  return { v: ENVELOPE_VERSION, workspace, jurisdiction: null, name, ruleset, retentionMs: RETENTION_MS };
}

/** Sends to the object that `to` names. */
export async function ingest(
  workspace: string,
  to: HashedIdentifier,
  items: readonly (JournalEvent | LinkItem)[],
  more: Partial<IngestEnvelope> = {},
): Promise<IngestReply> {
  const texts = items.map((item) => ("messageId" in item ? JSON.stringify(item) : item));
  const envelope: IngestEnvelope = { ...call(workspace, to.hash), receivedAt: Date.now(), items: texts, ...more };
  return JSON.parse(await stubOf(to.hash).ingest(envelope)) as IngestReply;
}

export interface DecideAnswer {
  readonly asOf: string;
  readonly ruleset: number;
  readonly known: boolean;
  readonly profileId?: string;
  readonly audiences?: readonly string[];
  readonly traits?: JsonObject;
  readonly reason?: string;
  readonly validUntil: string | null;
}

/** Decides at the object that `of` names; a pointer or a code is returned as it is. */
export async function decide(
  workspace: string,
  of: HashedIdentifier,
  more: Partial<DecideEnvelope> = {},
): Promise<DecideAnswer | string> {
  const text = await stubOf(of.hash).decide({
    ...call(workspace, of.hash),
    audiences: true,
    traits: false,
    explain: false,
    ...more,
  });
  return text.startsWith("=") ? (JSON.parse(`{${text.slice(1)}}`) as DecideAnswer) : text;
}

export function linkTo(to: HashedIdentifier, identify = true): LinkItem {
  return { to: to.hash, identify };
}

/** Events of the journal at the object that `of` names, newest first. */
export async function journalOf(
  workspace: string,
  of: HashedIdentifier,
): Promise<readonly { readonly messageId: string; readonly origin: HashedIdentifier }[]> {
  const text = await stubOf(of.hash).events({ ...call(workspace, of.hash), limit: 10_000 });
  if (!text.startsWith("=")) return [];
  return (JSON.parse(text.slice(1)) as { events: { messageId: string; origin: HashedIdentifier }[] }).events;
}

/** Stores a ruleset as a publish does. */
export async function publishRules(
  workspace: string,
  version: number,
  rules: Readonly<Record<string, JsonObject>>,
  purposes: Readonly<Record<string, "ads" | "content" | "measurement">> = {},
  publicKeys: readonly string[] = [],
  more: Readonly<Record<string, Partial<PublishedAudience>>> = {},
): Promise<void> {
  const audiences = Object.entries(rules).map(([key, json]) => {
    const rule = parseRule(json, { zone: "Europe/Paris", retentionMs: RETENTION_MS });
    if (!rule.ok) throw new Error(JSON.stringify(rule.error));
    return { key, rule: rule.value };
  });
  const published: PublishedRuleset = {
    format: 1,
    ruleset: flattenRuleset(audiences, { workspace, version, zone: "Europe/Paris", retentionMs: RETENTION_MS }),
    audiences: Object.keys(rules).map((key) => ({
      key,
      code: key.slice(0, 20),
      visibility: publicKeys.includes(key) ? "public" : "server",
      purpose: purposes[key] ?? "content",
      ...more[key],
    })),
  };
  await env.PUBLISHED.put(rulesetObjectKey(workspace, version), JSON.stringify(published));
}

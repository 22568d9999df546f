import { expect } from "vitest";
import type { Tideline } from "./tideline.ts";

/** What a person's journal holds, read as a tool would: over the API, with the demo's secret key. */

export interface JournalEvent {
  readonly name: string;
  readonly messageId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export type IdType = "anonymousId" | "userId" | "email";

const headers = { authorization: "Bearer sk_demo" };

/** The events of whoever the identifier leads to, the newest first; none for somebody unknown. */
export async function readJournal(at: Tideline, type: IdType, value: string): Promise<readonly JournalEvent[]> {
  const asked = { method: "POST", headers, body: JSON.stringify({ [type]: value }) };
  const found = (await (await fetch(`${at.url}/api/profiles/lookup`, asked)).json()) as { readonly profileId?: string };
  if (found.profileId === undefined) return [];
  const response = await fetch(`${at.url}/api/profiles/${found.profileId}/events`, { headers });
  return ((await response.json()) as { readonly events: readonly JournalEvent[] }).events;
}

/** As `readJournal`, once it holds exactly so many events. */
export async function journalOf(at: Tideline, type: IdType, value: string, count: number): Promise<readonly JournalEvent[]> {
  await expect.poll(() => readJournal(at, type, value), { timeout: 10_000 }).toHaveLength(count);
  return readJournal(at, type, value);
}

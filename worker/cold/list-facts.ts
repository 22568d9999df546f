import { listFact, type ListChange } from "../../core/identity/list-facts.ts";
import type { IngestEnvelope, IngestReply } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { profileStub } from "../../durable-objects/profile/stub.ts";
import { reaching } from "../wire/unavailable.ts";
import { atOnce } from "./at-once.ts";
import { envelopeOf } from "./profile-calls.ts";
import type { WorkspaceRecord } from "./records.ts";

/** Profile objects called at once. */
const MOST_CALLS = 16;

/** A change of a list, and somebody who bears the identifier. */
export interface PersonChange {
  readonly profile: ProfileId;
  /** Type of the identifier that the profile is named by. */
  readonly named: string;
  readonly change: ListChange;
}

/**
 * Gives people their facts, one call a person, and waits for all.
 * @returns those that people refuse who will not be known: nothing of them is kept there
 * @throws Unavailable where somebody could not be reached; what the others got stays, and is known again
 */
export async function giveFacts(
  env: Env,
  workspace: WorkspaceRecord,
  facts: readonly PersonChange[],
  now: number,
): Promise<readonly PersonChange[]> {
  const byPerson = [...Map.groupBy(facts, ({ profile }) => profile)];
  const settled = await atOnce(byPerson, MOST_CALLS, async ([profile, mine]) => {
    const items = mine.map(({ named, change }) =>
      JSON.stringify(listFact(change, { type: named, hash: profile }, Math.max(now, change.at))),
    );
    const envelope: IngestEnvelope = {
      ...envelopeOf(workspace, profile),
      receivedAt: now,
      items,
      onlyKnown: true,
      // A person on a thousand lists is no robot.
      mostAMinute: Number.MAX_SAFE_INTEGER,
    };
    const reply: IngestReply = JSON.parse(
      await reaching("the profile", () => profileStub(env, workspace, profile).ingest(envelope)),
    );
    return reply.refused === true ? mine : [];
  });
  const refused: PersonChange[] = [];
  for (const one of settled) {
    if (one.status === "rejected") throw one.reason;
    refused.push(...one.value);
  }
  return refused;
}

import type { Asked, HouseholdSaid } from "../../core/decide/choose.ts";
import { householdCaps } from "../../core/model/campaign.ts";
import type { CallEnvelope, DecideEnvelope, DecideReply } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { householdStub } from "./stub.ts";

/** What a household says within one decision: a second hop, taken only where a campaign is chosen that has a cap of the household. */
export class HouseholdRoom implements HouseholdSaid {
  /** How often it was asked. */
  hops = 0;
  readonly #env: Env;
  readonly #household: ProfileId;
  readonly #refused = new Set<string>();
  readonly #granted = new Set<string>();

  constructor(env: Env, household: ProfileId) {
    this.#env = env;
    this.#household = household;
  }

  hasRefused(campaign: string): boolean {
    return this.#refused.has(campaign);
  }

  hasGranted(id: string): boolean {
    return this.#granted.has(id);
  }

  /** Who cannot be asked, or not in time, has no room: nobody passes a cap because something is down. @param deadline ms */
  async ask(call: CallEnvelope, asks: readonly Asked[], deadline: number): Promise<void> {
    this.hops++;
    await Promise.all(asks.map((one) => this.#askFor(call, one, deadline)));
  }

  async #askFor(call: CallEnvelope, { id, campaign, until }: Asked, deadline: number): Promise<void> {
    const { v, workspace, jurisdiction, ruleset, retentionMs } = call;
    const asked = { id, campaign: campaign.key, caps: householdCaps(campaign), zone: campaign.schedule.timeZone, until };
    const home = { v, workspace, jurisdiction, ruleset, retentionMs, name: this.#household };
    const answer = Promise.resolve(householdStub(this.#env, call, this.#household).reserve({ ...home, ...asked })).catch(
      () => false,
    );
    const late = scheduler.wait(Math.max(0, deadline - Date.now())).then(() => false);
    if (await Promise.race([answer, late])) this.#granted.add(id);
    else this.#refused.add(campaign.key);
  }
}

/** Before the members of an answer: the household, where it was asked for, and how often it was. */
export function withHousehold(
  answer: DecideReply,
  at: ProfileId | null,
  { household }: Pick<DecideEnvelope, "household">,
  hops: number,
): DecideReply {
  if (!answer.startsWith("=") || (household !== true && hops === 0)) return answer;
  return `=${at ?? ""}+${hops}|${answer.slice(1)}`;
}

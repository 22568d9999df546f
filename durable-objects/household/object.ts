import { DurableObject } from "cloudflare:workers";
import { householdHasRoom } from "../../core/decide/household-cap.ts";
import { ENVELOPE_VERSION, type CallEnvelope, type SweepReply } from "../../core/model/envelope.ts";
import type {
  FeedEnvelope,
  FeedReply,
  HouseholdStanding,
  ReleaseEnvelope,
  ReserveEnvelope,
  StandingEnvelope,
} from "../../core/model/household.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { LiveHousehold, newHousehold } from "../../core/profile/household.ts";
import { profileStub } from "../profile/stub.ts";
import { newestRuleset, type LoadedRuleset } from "../ruleset/load.ts";
import { HouseholdStore } from "./store.ts";

/** How soon a member who could not be told is told again, ms. */
const TELL_AGAIN_MS = 5_000;
/** How soon a ruleset that could not be read is looked for again, ms. */
const LOOK_AGAIN_MS = 60_000;

/**
 * A household: it is fed what its members' journals hold, answers what rules ask of households, and tells its members each time that it
 * answers otherwise. A shell as the profile's; it calls members only after it has answered who calls it, so nobody waits in a circle.
 */
export class HouseholdObject extends DurableObject<Env> {
  readonly #store = new HouseholdStore(this.ctx.storage);
  /** Undefined where storage says it: at first, and after anything has failed. */
  #memory: LiveHousehold | undefined;
  #telling: Promise<void> | undefined;
  /** What the alarm is set for, as far as this life knows, ms. */
  #armed = Infinity;

  /** Takes in a page of a member's journal; durable when it returns. */
  async feed(envelope: FeedEnvelope): Promise<FeedReply> {
    const loaded = await this.#ruleset(envelope);
    const household = this.#open(envelope);
    return this.#changing(household, () => {
      const { reply, isNews } = household.feed(envelope);
      if (isNews) {
        household.told(envelope.ruleset, envelope.retentionMs);
        this.#settle(household, loaded);
        this.#commit(household);
      }
      return reply;
    });
  }

  /** A member's events leave; who is not known here is noted all the same, for his last words may be on their way. */
  async release(envelope: ReleaseEnvelope): Promise<void> {
    const loaded = await this.#ruleset(envelope);
    const household = this.#open(envelope);
    this.#changing(household, () => {
      if (!household.release(envelope.member, envelope.upTo)) return;
      this.#settle(household, loaded);
      this.#commit(household);
    });
  }

  /** Holds room under caps that all of the household share; durable when it returns. False where there is none, and where nobody lives here. */
  reserve(envelope: ReserveEnvelope): boolean {
    const household = this.#wake(envelope);
    if (household === undefined || household.members.length === 0) return false;
    return this.#changing(household, () => {
      const found = household.reserve(envelope, Date.now(), (...uses) => householdHasRoom(envelope, ...uses));
      if (found === "held") this.#commit(household);
      return found !== "full";
    });
  }

  /** How the household stands as if it were one person: JSON of a `HouseholdStanding` after `=`; `""` for none. */
  async standing(envelope: StandingEnvelope): Promise<string> {
    const loaded = await this.#ruleset(envelope);
    const household = this.#wake(envelope);
    if (household === undefined || household.members.length === 0) return "";
    if (loaded === undefined) throw new Error("the ruleset cannot be read");
    const now = Date.now();
    const keys = household.audiencesAt(loaded.rules, envelope.at ?? Math.max(now, household.head.clock), now);
    const isTold = (key: string): boolean => {
      const audience = loaded.audiences.get(key);
      return audience !== undefined && !envelope.denied.includes(audience.purpose);
    };
    const { length: events } = household.history.events;
    const standing = { ruleset: loaded.version, audiences: keys.filter(isTold), members: household.members, events };
    return `=${JSON.stringify(standing satisfies HouseholdStanding)}`;
  }

  /** Takes up the newest ruleset and what time has changed, and tells its members. @returns JSON of a `SweepReply` */
  async sweep(envelope: CallEnvelope): Promise<string> {
    const loaded = await this.#ruleset(envelope);
    const household = this.#wake(envelope);
    if (household === undefined || household.members.length === 0)
      return JSON.stringify({ version: 0, changed: 0 } satisfies SweepReply);
    if (loaded === undefined) throw new Error("the ruleset cannot be read");
    household.told(envelope.ruleset, envelope.retentionMs);
    const isOtherwise = this.#lookAgain(household, loaded);
    await this.#tellAll();
    return JSON.stringify({ version: loaded.version, changed: isOtherwise ? 1 : 0 } satisfies SweepReply);
  }

  /** Does what is due though nobody asks. Caught and armed again for ever: an alarm that fails its retries is deleted. */
  override async alarm(): Promise<void> {
    this.#armed = Infinity;
    try {
      const head = this.#memory?.head ?? this.#store.head()?.head;
      if (head === undefined) return;
      const loaded = await this.#ruleset(callOf(head, head.name));
      const household = this.#wake(head);
      if (household === undefined) return;
      if (loaded === undefined) throw new Error("the ruleset cannot be read");
      this.#lookAgain(household, loaded);
      await this.#tellAll();
    } catch {
      this.#arm(Date.now() + TELL_AGAIN_MS);
    }
  }

  #lookAgain(household: LiveHousehold, loaded: LoadedRuleset): boolean {
    return this.#changing(household, () => {
      const isOtherwise = this.#settle(household, loaded);
      const isShorter = household.compact(Math.max(Date.now(), household.head.clock));
      if (isOtherwise || isShorter) this.#commit(household);
      return isOtherwise;
    });
  }

  #settle(household: LiveHousehold, loaded: LoadedRuleset | undefined): boolean {
    // Where no ruleset can be read now, what is answered stands until one can.
    if (loaded === undefined) this.#arm(Date.now() + LOOK_AGAIN_MS);
    return loaded !== undefined && household.settle(loaded.version, loaded.households, Date.now());
  }

  /** Runs what changes memory; what throws takes the memory with it. The alarm and the members follow. */
  #changing<T>(household: LiveHousehold, work: () => T): T {
    this.#memory = undefined;
    const result = work();
    this.#memory = household;
    this.#arm(Math.min(household.nextChange, household.toTell.length > 0 ? Date.now() + TELL_AGAIN_MS : Infinity));
    if (household.toTell.length > 0) this.ctx.waitUntil(this.#tellAll().catch(() => undefined));
    return result;
  }

  #commit(household: LiveHousehold): void {
    this.#store.write(household.toWrite());
  }

  /** Tells each member what he has not been told yet; who is at it is waited for. @throws where one could not be */
  #tellAll(): Promise<void> {
    this.#telling ??= this.#tellEach().finally(() => (this.#telling = undefined));
    return this.#telling;
  }

  async #tellEach(): Promise<void> {
    for (;;) {
      const household = this.#memory;
      const members = household?.toTell ?? [];
      if (household === undefined || members.length === 0) return;
      await this.ctx.storage.sync();
      const { says } = household.head;
      await Promise.all(members.map((member) => this.#tell(household, member)));
      const now = this.#memory ?? this.#wake(household.head);
      if (now === undefined) return;
      this.#changing(now, () => {
        for (const member of members) now.hasTold(member, says.version);
        this.#commit(now);
      });
    }
  }

  async #tell({ head }: LiveHousehold, member: ProfileId): Promise<void> {
    const { version, at, answers } = head.says;
    const told = { household: head.name, version, at, answers };
    await profileStub(this.env, { id: head.workspace, jurisdiction: head.jurisdiction }, member).tell({
      ...callOf(head, member),
      ...told,
    });
  }

  /** As `#wake`; where nothing is here yet, a household without members, which nothing is written of before it has one. */
  #open(envelope: CallEnvelope): LiveHousehold {
    const held = this.#wake(envelope);
    if (held === undefined && this.#memory !== undefined) throw new Error("this object is another workspace's");
    return held ?? new LiveHousehold(newHousehold(envelope, envelope.name, Date.now()), [], this.#store);
  }

  /** What is here, for the workspace that asks: another's is nothing. */
  #wake({ workspace }: Pick<CallEnvelope, "workspace">): LiveHousehold | undefined {
    if (this.#memory === undefined) {
      const stored = this.#store.head();
      if (stored === undefined) return undefined;
      this.#memory = new LiveHousehold(stored.head, stored.open, this.#store);
    }
    return this.#memory.head.workspace === workspace ? this.#memory : undefined;
  }

  /** The newest ruleset that the caller or this object knows; undefined where it cannot be read. */
  #ruleset(call: CallEnvelope): Promise<LoadedRuleset | undefined> {
    return newestRuleset(this.env.PUBLISHED, call, () => this.#wake(call)?.head.ruleset ?? 0).catch(() => undefined);
  }

  #arm(at: number): void {
    if (at >= this.#armed) return;
    this.#armed = at;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
  }

  /** Rows this object has written since it woke, for tests of what a call costs. */
  get rowsWritten(): number {
    return this.#store.rowsWritten;
  }
}

function callOf({ workspace, jurisdiction, ruleset, retentionMs }: LiveHousehold["head"], name: ProfileId): CallEnvelope {
  return { v: ENVELOPE_VERSION, workspace, jurisdiction, name, ruleset, retentionMs };
}

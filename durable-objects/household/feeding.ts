import type { FeedEnvelope, Leaver } from "../../core/model/household.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { begunAnew, fedTo, isFeedDue, released, shutOut, type HouseholdTie } from "../../core/profile/household-tie.ts";
import { LiveProfile } from "../../core/profile/live.ts";
import { callFrom } from "../identifier/pointer.ts";
import type { Holding } from "../profile/holding.ts";
import { keepRejected } from "../quarantine/stub.ts";
import { householdStub } from "./stub.ts";

/** Characters of a page: far below what one call takes (32 MB), and of what one row does. */
const PAGE_CHARACTERS = 600_000;
/** A household that knows of something newer than there is: this often it is begun anew before that is a fault. */
const MOST_BEGINNINGS = 5;

/**
 * Tells households what they are to know of the person in an object: what is new in the journal of whom is in it, and who has left. It runs
 * after each write, by itself; what was cut off or has failed goes on by the alarm.
 */
export class Feeding {
  readonly #env: Env;
  readonly #holding: Holding;
  readonly #durably: (person: LiveProfile, work: () => boolean) => void;
  #isRunning = false;

  constructor(env: Env, holding: Holding, durably: (person: LiveProfile, work: () => boolean) => void) {
    this.#env = env;
    this.#holding = holding;
    this.#durably = durably;
  }

  get isDue(): boolean {
    const person = this.#holding.memory;
    return !this.#isRunning && person instanceof LiveProfile && isFeedDue(person.tie, person.head.seq);
  }

  /** @throws where a household could not be told */
  async run(): Promise<void> {
    // Who is at it looks again at the end.
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let beginnings = 0; beginnings < MOST_BEGINNINGS;) {
        const person = this.#holding.memory;
        if (!(person instanceof LiveProfile) || !isFeedDue(person.tie, person.head.seq)) return;
        const { generation } = person.tie;
        await this.#step(person);
        const now = this.#holding.memory;
        if (now instanceof LiveProfile && now.tie.generation !== generation) beginnings++;
      }
      throw new Error("a household is begun anew on and on");
    } finally {
      this.#isRunning = false;
    }
  }

  async #step(person: LiveProfile): Promise<void> {
    const { tie } = person;
    const elsewhere = tie.leaving.filter(({ household }) => household !== tie.at);
    if (elsewhere.length > 0) {
      await Promise.all(elsewhere.map((leaver) => this.#release(person, leaver)));
      this.#amend((now) => released(now, elsewhere));
    } else if (tie.at !== null) await this.#feed(person, tie, tie.at);
  }

  async #release(person: LiveProfile, { household, member, upTo }: Leaver): Promise<void> {
    await householdStub(this.#env, person.head, household).release({ ...this.#call(person, household), member, upTo });
  }

  async #feed(person: LiveProfile, tie: HouseholdTie, at: ProfileId): Promise<void> {
    const page = person.feedPage(PAGE_CHARACTERS);
    const { generation, fed, leaving } = tie;
    // News that are none to the household: what it told itself, and that an audience was entered.
    if (page.events.length === 0 && fed > 0 && leaving.length === 0) return this.#amend((now) => fedTo(now, generation, page.to));
    const call = this.#call(person, at);
    const feed: FeedEnvelope = { ...call, ...page, member: person.profileId, generation, instead: leaving, at: person.clock };
    const reply = await householdStub(this.#env, person.head, at).feed(feed);
    if (reply === "!full") return this.#shutOut(at, generation);
    if (reply === "!again" || reply === "!over")
      return this.#amend((now) => (now.generation === generation ? begunAnew(now, person.clock) : now));
    if (!reply.startsWith("=")) throw new Error("a household answered in no form known");
    const next = Number(reply.slice(1));
    // Where it wants what came before, it has taken nothing of this page, and let nobody go.
    this.#amend((now) => released(fedTo(now, generation, next), next < page.to ? [] : leaving));
  }

  /** A household of so many is a placeholder that a customer system writes where it knows none: it is reported, and nobody's. */
  async #shutOut(household: ProfileId, generation: number): Promise<void> {
    const person = this.#holding.memory;
    if (!(person instanceof LiveProfile)) return;
    const { workspace: id, jurisdiction } = person.head;
    const payload = JSON.stringify({ household, profile: person.profileId });
    const report = { source: "", messageId: null, code: "household_full", at: person.clock, payload };
    await keepRejected(this.#env, { id, jurisdiction }, [report]);
    if (this.#holding.memory !== person) return;
    this.#durably(person, () => {
      person.amendTie((now) => shutOut(now, generation));
      person.announce();
      return true;
    });
  }

  /** In memory: it is durable with the next write, and told again where it is lost. */
  #amend(amend: (tie: HouseholdTie) => HouseholdTie): void {
    const person = this.#holding.memory;
    if (person instanceof LiveProfile) person.amendTie(amend);
  }

  #call({ head, version }: LiveProfile, household: ProfileId): ReturnType<typeof callFrom> {
    const { newest = 0, retentionMs = 0 } = head;
    return { ...callFrom(head, household), ruleset: Math.max(version, newest), retentionMs };
  }
}

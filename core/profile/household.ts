import type { LogEvent } from "../model/event.ts";
import { SHOWN_FACTS } from "../model/campaign.ts";
import { MOST_MEMBERS, type FedEvent, type FeedEnvelope, type FeedReply, type Leaver } from "../model/household.ts";
import type { ProfileId } from "../model/ids.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { SEAL_BYTES, type Home } from "./head.ts";
import { History } from "./history.ts";
import { membershipsAt, openMemberships, type Memberships } from "./memberships.ts";

/** A member as the household keeps them. */
export interface Member {
  readonly generation: number;
  /** Records before it have come. */
  readonly next: number;
  /** False while more is to come before anything may be concluded. */
  readonly isWhole: boolean;
  /** Version of the answers that they were last told. */
  readonly told: number;
}

/** What rules ask of the household, and what it answers from an instant on. */
export interface Answers {
  /** Rises with each change, also over lives of the object. */
  readonly version: number;
  readonly at: number;
  readonly answers: Readonly<Record<string, boolean | "unknown">>;
}

/** The head row of a household. The format only grows. */
export interface HouseholdHead extends Home {
  readonly format: 1;
  readonly name: ProfileId;
  /** Greatest instant acted at, ms. */
  readonly clock: number;
  /** Newest ruleset heard of, and the workspace's retention, ms. */
  readonly ruleset: number;
  readonly retentionMs: number;
  /** Records there have been; the next one's number. */
  readonly seq: number;
  /** Number of the first record of the open chunk. */
  readonly openFrom: number;
  readonly members: Readonly<Record<ProfileId, Member>>;
  /** Who was let go, and in what generation: what of theirs is still on its way comes too late. The newest last. */
  readonly gone: readonly (readonly [ProfileId, number])[];
  readonly says: Answers;
  /** Room that decisions for members took under caps that all share, and that no impression has confirmed yet. */
  readonly reserved?: readonly HeldRoom[];
  /** ms: when the journal was last looked through for what is no longer retained. */
  readonly compacted: number;
}

export interface HeldRoom {
  readonly id: string;
  readonly campaign: string;
  readonly at: number;
  readonly until: number;
}

/** A record of the household's journal, as JSON text. */
export interface HouseholdRecord extends FedEvent {
  readonly member: ProfileId;
}

/** What lies in storage of the household's journal. */
export interface HouseholdJournal {
  /** Texts of all records, the oldest first. */
  records(): Iterable<string>;
}

/** What one step changes in storage. */
export interface HouseholdWrite {
  readonly head: HouseholdHead;
  readonly open: readonly string[];
  readonly sealed?: { readonly first: number; readonly records: readonly string[] };
  /** Which records stay; all where absent. It holds for the sealed ones: `open` holds none that leave. */
  readonly keeps?: (record: HouseholdRecord) => boolean;
}

/** Members let go that are remembered: those whose last words may still be on their way. */
const MOST_GONE = 200;
/** What is no longer retained is looked for this often, ms. */
const COMPACT_EVERY_MS = 86_400_000;

export function newHousehold({ workspace, jurisdiction }: Home, name: ProfileId, now: number): HouseholdHead {
  return {
    format: 1,
    name,
    workspace,
    jurisdiction,
    clock: now,
    ruleset: 0,
    retentionMs: 0,
    seq: 0,
    openFrom: 0,
    members: {},
    gone: [],
    says: { version: 0, at: now, answers: {} },
    compacted: now,
  };
}

/**
 * A household in memory: its members' journals as one, and what rules that ask of households find in it. A cache over its rows, as
 * `LiveProfile` is: whoever cannot make a change durable throws it away. Each change is followed by `toWrite`.
 */
export class LiveHousehold {
  head: HouseholdHead;
  #open: string[];
  #history: History | undefined;
  #engine: { readonly version: number; readonly of: Memberships } | undefined;
  #keeps: HouseholdWrite["keeps"];
  readonly #journal: HouseholdJournal;

  constructor(head: HouseholdHead, open: readonly string[], journal: HouseholdJournal) {
    this.head = head;
    this.#open = [...open];
    this.#journal = journal;
  }

  get open(): readonly string[] {
    return this.#open;
  }

  get members(): readonly ProfileId[] {
    return Object.keys(this.head.members) as ProfileId[];
  }

  /** The events of all members in the order of the log; of two people's under one id each counts. */
  get history(): History {
    if (this.#history !== undefined) return this.#history;
    const history = new History(this.head.name);
    for (const text of this.#journal.records()) {
      const record: HouseholdRecord = JSON.parse(text);
      if (this.#keeps?.(record) !== false) insert(history, record);
    }
    for (const text of this.#open) insert(history, JSON.parse(text));
    this.#history = history;
    return history;
  }

  /** Takes in a page of a member's journal. @returns the answer, and whether anything is new */
  feed({ member, generation, from, to, events, isWhole, instead, at }: FeedEnvelope): { reply: FeedReply; isNews: boolean } {
    const before = this.head.members[member];
    const goneAt = this.head.gone.find(([one]) => one === member)?.[1] ?? -1;
    if (generation < (before?.generation ?? 0) || generation <= goneAt) return { reply: "!over", isNews: false };
    const isNew = before === undefined || generation > before.generation;
    if (isNew && from > 0) return { reply: "!again", isNews: false };
    if (before === undefined && !this.#hasRoom(instead)) return { reply: "!full", isNews: false };
    if (!isNew && from > before.next) return { reply: `=${before.next}`, isNews: false };
    const next = isNew ? 0 : before.next;
    if (!isNew && to <= next && (before.isWhole || !isWhole) && instead.length === 0) return { reply: `=${next}`, isNews: false };
    this.#tick(at);
    for (const leaver of instead) this.#release(leaver.member, leaver.upTo);
    if (isNew && before !== undefined) this.#remove(member);
    // Of an earlier generation he may have been told before he left and came back.
    const told = isNew ? 0 : before.told;
    const now = { generation, next: Math.max(next, to), isWhole, told };
    this.head = { ...this.head, members: { ...this.head.members, [member]: now } };
    for (const text of events) {
      const fed: FedEvent = JSON.parse(text);
      // What has come stays; what compaction left of older events comes with the first page alone.
      if (fed.sequence >= next || (fed.sequence < 0 && next === 0)) this.#append({ member, ...fed });
    }
    return { reply: `=${now.next}`, isNews: true };
  }

  #hasRoom(instead: readonly Leaver[]): boolean {
    const leaving = instead.filter(({ member }) => this.head.members[member] !== undefined);
    return this.members.length - leaving.length < MOST_MEMBERS;
  }

  /** Lets a member go, in the state of a generation or any before. @returns whether that is news */
  release(member: ProfileId, upTo: number): boolean {
    const before = this.head;
    this.#release(member, upTo);
    return this.head !== before;
  }

  #release(member: ProfileId, upTo: number): void {
    const held = this.head.members[member];
    if (held !== undefined && held.generation > upTo) return;
    const noted = this.head.gone.find(([one]) => one === member)?.[1] ?? -1;
    if (held === undefined && noted >= upTo) return;
    const gone = [...this.head.gone.filter(([one]) => one !== member), [member, Math.max(noted, upTo)] as const];
    const { [member]: _, ...members } = this.head.members;
    this.head = { ...this.head, members, gone: gone.slice(-MOST_GONE) };
    if (held !== undefined) this.#remove(member);
  }

  /** The records of a member leave: what was concluded from them is found anew. */
  #remove(member: ProfileId): void {
    this.#drop((record) => record.member !== member);
  }

  #drop(keeps: (record: HouseholdRecord) => boolean): void {
    const before = this.#keeps;
    this.#keeps = before === undefined ? keeps : (record) => before(record) && keeps(record);
    this.#open = this.#open.filter((text) => keeps(JSON.parse(text)));
    this.#forget();
  }

  #forget(): void {
    this.#history = undefined;
    this.#engine = undefined;
  }

  #append(record: HouseholdRecord): void {
    this.#open.push(JSON.stringify(record));
    this.head = { ...this.head, seq: this.head.seq + 1 };
    // An impression counts from now on, in the place of what was held for it.
    if (record.event.name === SHOWN_FACTS.impression) this.#holdOnly(({ id }) => id !== record.event.messageId);
    if (this.#history === undefined) return;
    const logged = insert(this.#history, record);
    this.#engine?.of.apply(logged, this.head.clock);
  }

  #holdOnly(isHeld: (room: HeldRoom) => boolean): void {
    const { reserved, ...head } = this.head;
    const held = (reserved ?? []).filter(isHeld);
    if (held.length !== (reserved?.length ?? 0)) this.head = held.length === 0 ? head : { ...head, reserved: held };
  }

  /**
   * Holds room under caps, where there is any.
   * @param hasRoom beside what was shown of it, and the instants at which room is held
   * @returns `held` where that is news, `is` where it was held already or seen since
   */
  reserve(
    { id, campaign, until }: Pick<HeldRoom, "id" | "campaign" | "until">,
    now: number,
    hasRoom: (impressions: readonly LogEvent[], held: readonly number[], now: number) => boolean,
  ): "held" | "is" | "full" {
    this.#tick(now);
    const { clock } = this.head;
    const impressions = this.history.named(SHOWN_FACTS.impression);
    const isKnown = this.head.reserved?.some((room) => room.id === id) === true;
    if (isKnown || impressions.some(({ messageId }) => messageId.startsWith(`${id} `))) return "is";
    this.#holdOnly((room) => room.until > clock);
    const { reserved = [] } = this.head;
    const held = reserved.filter((room) => room.campaign === campaign).map(({ at }) => at);
    if (!hasRoom(impressions, held, clock)) return "full";
    this.head = { ...this.head, reserved: [...reserved, { id, campaign, at: clock, until }] };
    return "held";
  }

  #tick(now: number): void {
    if (now > this.head.clock) this.head = { ...this.head, clock: now };
  }

  /** Takes note of what an alarm must know. */
  told(ruleset: number, retentionMs: number): void {
    const { head } = this;
    this.head = {
      ...head,
      ruleset: Math.max(head.ruleset, ruleset),
      retentionMs: retentionMs > 0 ? retentionMs : head.retentionMs,
    };
  }

  /** False while a member's journal is on its way: nothing is concluded from half of it. */
  get isWhole(): boolean {
    return Object.values(this.head.members).every(({ isWhole }) => isWhole);
  }

  /**
   * Finds what the household answers under a ruleset, at an instant. @param questions the rules that households are asked; undefined where none is
   * @returns whether it answers otherwise than before
   */
  settle(version: number, questions: Ruleset | undefined, now: number): boolean {
    this.#tick(now);
    if (!this.isWhole) return false;
    const answers = questions === undefined ? {} : this.#answers(version, questions);
    const { says } = this.head;
    if (sameAnswers(answers, says.answers)) return false;
    const { clock } = this.head;
    this.head = { ...this.head, says: { version: Math.max(says.version + 1, clock), at: clock, answers } };
    return true;
  }

  #answers(version: number, questions: Ruleset): Answers["answers"] {
    const { clock } = this.head;
    if (this.#engine?.version !== version) this.#engine = { version, of: openMemberships(questions, this.history, clock) };
    const { of } = this.#engine;
    of.settle(clock);
    const asked = questions.audienceKeys.filter((key) => questions.audienceIndex(`!${key}`) !== undefined);
    return Object.fromEntries(asked.map((key) => [key, of.has(key) ? true : of.has(`!${key}`) ? false : "unknown"]));
  }

  /** ms: no later than the first instant at which time alone changes an answer; Infinity for never, or where it is not known. */
  get nextChange(): number {
    return this.#engine?.of.nextChange ?? Infinity;
  }

  /** Keys of the audiences that it is in under a ruleset as if it were one person, whoever is told of them. */
  audiencesAt(rules: Ruleset, now: number, present: number): readonly string[] {
    return membershipsAt(rules, this.history, { now, present: Math.max(present, this.head.clock) }).keys;
  }

  /** Members who have not been told what is answered now. */
  get toTell(): readonly ProfileId[] {
    const { says, members } = this.head;
    return this.members.filter((member) => (members[member]?.told ?? says.version) < says.version);
  }

  hasTold(member: ProfileId, version: number): void {
    const held = this.head.members[member];
    if (held === undefined || held.told >= version) return;
    this.head = { ...this.head, members: { ...this.head.members, [member]: { ...held, told: version } } };
  }

  /** What is no longer retained leaves, but for what outlasts events: traits and facts that stand. @returns whether that was due */
  compact(now: number): boolean {
    const { compacted, retentionMs } = this.head;
    if (retentionMs === 0 || now - compacted < COMPACT_EVERY_MS) return false;
    this.head = { ...this.head, compacted: now };
    this.#drop(({ event }) => event.time > now - retentionMs || event.type === "identify" || event.type === "fact");
    return true;
  }

  /** What makes durable what was learnt. */
  toWrite(): HouseholdWrite {
    const keeps = this.#keeps;
    this.#keeps = undefined;
    const isFull = this.#open.reduce((sum, text) => sum + text.length, 0) >= SEAL_BYTES;
    const sealed = isFull ? { first: this.head.openFrom, records: this.#open } : undefined;
    if (isFull) {
      this.#open = [];
      this.head = { ...this.head, openFrom: this.head.seq };
    }
    return {
      head: this.head,
      open: this.#open,
      ...(sealed === undefined ? {} : { sealed }),
      ...(keeps === undefined ? {} : { keeps }),
    };
  }
}

/** Into the log of the household: two people's events under one id are two. */
function insert(history: History, { member, event }: HouseholdRecord): LogEvent {
  const logged = { ...event, messageId: householdMessageId(event.messageId, member) };
  history.insert(logged);
  return logged;
}

/** Under which a household knows a member's event. */
export function householdMessageId(messageId: string, member: ProfileId): string {
  return `${messageId} ${member}`;
}

function sameAnswers(one: Answers["answers"], other: Answers["answers"]): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

import { DurableObject } from "cloudflare:workers";
import { featuresOf } from "../../core/measure/features.ts";
import type { LogEvent } from "../../core/model/event.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { MOST_IN_PANEL, PANEL_SALT, type JournalCopy } from "../../core/model/panel.ts";
import { History } from "../../core/profile/history.ts";
import { membershipsAt } from "../../core/profile/memberships.ts";
import { shareOf } from "../../core/rules/bucket.ts";
import { loadRuleset } from "../../core/rules/ruleset.ts";
import { profileStub } from "../profile/stub.ts";
import type { EffectCount, EffectEnvelope, MirrorEnvelope, PanelCount, PreviewEnvelope } from "./calls.ts";
import { PanelStore, type Held } from "./store.ts";
import { PANEL_SHARDS } from "./stub.ts";

/** People in a shard above which it holds a smaller share: more than fall to one of as many as the panel is for. */
const MOST_PEOPLE = Math.ceil((MOST_IN_PANEL / PANEL_SHARDS) * 1.28);
/** Journals copied at once. */
const MOST_CALLS = 8;
/** People shown of those who are hit. */
const MOST_SHOWN = 5;
/** Features that are told of: the most frequent among those who are hit. */
const MOST_FEATURES = 500;

interface Person {
  held: Held;
  readonly history: History;
}

/**
 * A shard of the panel: copies of the journals of a sample of people, on which a rule is tried by the same engine as everywhere. It copies from the people's
 * own objects, from where it ends: so what comes twice or in another order is nothing.
 */
export class PanelObject extends DurableObject<Env> {
  readonly #store = new PanelStore(this.ctx.storage);
  /** Undefined until somebody asks: it is all of the shard. */
  #people: Map<ProfileId, Person> | undefined;

  /** Copies what is new of these people. @throws where one cannot be asked: what was copied of others stays */
  async mirror(envelope: MirrorEnvelope): Promise<void> {
    const rate = this.#sampleAt(envelope);
    const people = envelope.people.filter((id) => isSampled(id, rate));
    for (let from = 0; from < people.length; from += MOST_CALLS) {
      const settled = await Promise.allSettled(people.slice(from, from + MOST_CALLS).map((id) => this.#copy(envelope, id)));
      const failed = settled.find((one) => one.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    }
    while (this.#load().size > MOST_PEOPLE) this.#sampleAt({ ...envelope, rate: (this.#store.head()?.rate ?? 1) / 2 });
  }

  /** Tries a rule on everybody here. @returns JSON of a `PanelCount` */
  preview(envelope: PreviewEnvelope): string {
    const rate = this.#sampleAt(envelope);
    const rules = loadRuleset(envelope.artifact);
    const now = Date.now();
    const overlap: Record<string, number> = {};
    const sample: ProfileId[] = [];
    const features = new Map<string, [hits: number, all: number]>();
    let hits = 0;
    const people = this.#load();
    for (const [id, { history, held }] of people) {
      const isHit = membershipsAt(rules, history, { now, present: now }).keys.includes("");
      if (isHit) {
        hits++;
        if (sample.length < MOST_SHOWN) sample.push(id);
        for (const key of held.members) overlap[key] = (overlap[key] ?? 0) + 1;
      }
      if (!envelope.composition) continue;
      for (const feature of featuresOf(history, now)) {
        const counted = features.get(feature) ?? [0, 0];
        features.set(feature, [counted[0] + (isHit ? 1 : 0), counted[1] + 1]);
      }
    }
    const frequent = [...features]
      .toSorted(([, one], [, other]) => other[0] - one[0] || other[1] - one[1])
      .slice(0, MOST_FEATURES);
    const count: PanelCount = {
      rate,
      people: people.size,
      hits,
      overlap,
      sample,
      ...(envelope.composition ? { features: Object.fromEntries(frequent) } : {}),
    };
    return JSON.stringify(count);
  }

  /** Tries two rulesets on everybody here, all audiences in one pass. @returns JSON of an `EffectCount` */
  effect(envelope: EffectEnvelope): string {
    const rate = this.#sampleAt(envelope);
    const [before, after] = [loadRuleset(envelope.before), loadRuleset(envelope.after)];
    const present = Date.now();
    const audiences = envelope.audiences.map((key) => ({ key, before: 0, after: 0, entered: 0, exited: 0 }));
    const people = this.#load();
    for (const { history } of people.values()) {
      const [was, is] = [before, after].map((rules) => new Set(membershipsAt(rules, history, { now: present, present }).keys));
      for (const counted of audiences) {
        const [wasIn, isIn] = [was?.has(counted.key) === true, is?.has(counted.key) === true];
        if (wasIn) counted.before++;
        if (isIn) counted.after++;
        if (isIn && !wasIn) counted.entered++;
        if (wasIn && !isIn) counted.exited++;
      }
    }
    const count: EffectCount = { rate, people: people.size, audiences };
    return JSON.stringify(count);
  }

  /** The share that is held from now on: a lower one than before lets go of who falls out of it. */
  #sampleAt({ workspace, rate }: Pick<MirrorEnvelope, "workspace" | "rate">): number {
    const head = this.#store.head();
    if (head !== undefined && head.workspace !== workspace) throw new Error("this object is another workspace's");
    const lowest = Math.min(rate, head?.rate ?? 1);
    if (head === undefined || lowest === head.rate) return lowest;
    const people = this.#load();
    const leaving = [...people.keys()].filter((id) => !isSampled(id, lowest));
    this.#store.transaction(() => {
      for (const id of leaving) this.#store.drop(id);
      this.#store.putHead({ workspace, rate: lowest });
    });
    for (const id of leaving) people.delete(id);
    return lowest;
  }

  async #copy(envelope: MirrorEnvelope, id: ProfileId): Promise<void> {
    const { v, workspace, jurisdiction, ruleset, retentionMs, rate } = envelope;
    const call = { v, workspace, jurisdiction, ruleset, retentionMs, name: id };
    for (;;) {
      const held = this.#load().get(id)?.held ?? { epoch: 0, rewrites: 0, next: 0, members: [] };
      const text = await profileStub(this.env, { id: workspace, jurisdiction }, id).copy({ ...call, held });
      if (!text.startsWith("=")) return this.#drop(id);
      const { isAnew, events, isWhole, ...copied }: JournalCopy = JSON.parse(text.slice(1));
      const now = this.#load().get(id)?.held;
      // Another call was faster: what it has taken in is not to come twice.
      if (now !== undefined && (now.next !== held.next || now.epoch !== held.epoch || now.rewrites !== held.rewrites)) continue;
      this.#store.transaction(() => {
        if (this.#store.head() === undefined) this.#store.putHead({ workspace, rate });
        this.#store.put(id, copied, events, isAnew);
      });
      this.#keep(id, copied, events, isAnew);
      if (isWhole) return;
    }
  }

  #keep(id: ProfileId, held: Held, events: readonly string[], isAnew: boolean): void {
    const people = this.#load();
    const person = isAnew ? undefined : people.get(id);
    const history = person?.history ?? new History(id);
    for (const text of events) history.insert(JSON.parse(text) as LogEvent);
    if (person === undefined) people.set(id, { held, history });
    else person.held = held;
  }

  /** Nobody by himself any more: a pointer to somebody else. */
  #drop(id: ProfileId): void {
    if (!this.#load().has(id)) return;
    this.#store.transaction(() => this.#store.drop(id));
    this.#people?.delete(id);
  }

  #load(): Map<ProfileId, Person> {
    if (this.#people !== undefined) return this.#people;
    const people = new Map<ProfileId, Person>();
    for (const [id, held] of this.#store.people()) people.set(id, { held, history: new History(id) });
    for (const { id, body } of this.#store.events()) {
      const history = people.get(id)?.history;
      const events: readonly LogEvent[] = JSON.parse(`[${body.replaceAll("\n", ",")}]`);
      for (const event of events) history?.insert(event);
    }
    this.#people = people;
    return people;
  }
}

function isSampled(id: ProfileId, rate: number): boolean {
  return rate >= 1 || shareOf(PANEL_SALT, id) < rate;
}

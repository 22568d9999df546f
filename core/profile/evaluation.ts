import type { Json } from "../model/json.ts";
import { countUntil } from "../model/log.ts";
import type { Scope, Standing } from "../rules/audience-graph.ts";
import { newFinding, type Finding } from "../rules/event-window.ts";
import { selectionsOf } from "../rules/artifact.ts";
import type { Lists } from "../rules/lists.ts";
import { triAt } from "../rules/logic-code.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { NOT_THE_SAME, type RulesetChange } from "../rules/ruleset-change.ts";
import type { TraitTable } from "../rules/trait-table.ts";
import { FALSE, TRUE, triOf, type Tri } from "../rules/truth.ts";
import { Deadlines } from "./deadlines.ts";
import type { ConditionReader, Instant } from "./reader.ts";

/**
 * The values of conditions and audiences of one profile at an instant that moves on, and when time alone changes them.
 * It begins as for an empty log; its owner says which conditions events have changed.
 */
export class Evaluation {
  /** ms: no later than the first instant at which time alone changes an audience; Infinity where it never does. */
  nextChange: number = Infinity;
  /** Rises whenever a membership or `nextChange` changes. */
  revision = 0;
  /** Conditions looked at so far. */
  touched = 0;
  /** Audiences of more than one condition evaluated so far. */
  evaluated = 0;
  /** By condition. */
  readonly values: Int8Array;
  /** Told of each audience that the profile comes into or leaves. */
  onChange: ((audience: number, entered: boolean, at: number) => void) | undefined;
  readonly #reader: ConditionReader;
  readonly #ruleset: Ruleset;
  readonly #deadlines: Deadlines;
  readonly #scope: Scope | undefined;
  /** By audience. */
  readonly #members: Uint8Array;
  readonly #finding: Finding = newFinding();
  #now: number;
  #present: number;
  /** Audiences of more than one condition, one of whose values changed at this instant, by rank. */
  #dirty: number[][] = [];
  /** What asks for some time, and may be answered otherwise since the past is known otherwise. */
  readonly #restless = new Set<Standing>();
  /** By what asks for some time: since when its audience is true. */
  readonly #since = new Map<Standing, number>();
  /** Until then what is retained stays the same. */
  readonly #retainedUntil: number;
  #isSettling = false;

  /** @param scope where given, only what lies in it is looked at, all of it at once */
  constructor(reader: ConditionReader, { now, present }: Instant, scope?: Scope) {
    const { ruleset } = reader;
    this.#reader = reader;
    this.#ruleset = ruleset;
    this.#deadlines = new Deadlines(ruleset.conditionCount);
    this.values = ruleset.emptyValues.slice();
    this.#members = ruleset.emptyMembers.slice();
    this.#now = now;
    this.#present = present;
    this.#retainedUntil = present;
    this.#scope = scope;
    if (scope === undefined) return;
    for (const condition of scope.conditions) if (ruleset.condition(condition).kind !== "audience") this.evaluate(condition);
    this.finish();
  }

  /** Goes on under another ruleset with what both have in common, and evaluates what only the other has. */
  carriedTo(reader: ConditionReader, { conditionFrom, newConditions, audienceFrom }: RulesetChange): Evaluation {
    const { ruleset } = reader;
    const next = new Evaluation(reader, { now: this.#now, present: this.#present });
    for (const [condition, old] of conditionFrom.entries()) {
      if (old === NOT_THE_SAME) continue;
      next.values[condition] = this.values[old] ?? FALSE;
      next.#deadlines.set(condition, this.#deadlines.of(old));
      const [standing, before] = [ruleset.graph.standing(condition), this.#ruleset.graph.standing(old)];
      const since = before && this.#since.get(before);
      if (standing && since !== undefined) next.#since.set(standing, since);
    }
    for (const [audience, old] of audienceFrom.entries()) {
      if (old === NOT_THE_SAME) next.#mark(audience);
      else next.#members[audience] = this.#members[old] ?? 0;
    }
    for (const condition of newConditions) {
      const { graph } = ruleset;
      const [standing, audience] = [graph.standing(condition), graph.audienceOf(condition)];
      if (standing) next.#restless.add(standing);
      else if (audience !== undefined) next.#setValue(condition, triOf(next.isMember(audience)));
      else if (ruleset.condition(condition).kind !== "audience") next.evaluate(condition);
    }
    next.finish();
    return next;
  }

  get now(): number {
    return this.#now;
  }

  isMember(audience: number): boolean {
    return this.#members[audience] === 1;
  }

  /** Indexes of the audiences the profile is in, ascending. */
  audiences(): number[] {
    const members = this.#members;
    const audiences: number[] = [];
    for (let audience = 0; audience < members.length; audience++) if (members[audience] === 1) audiences.push(audience);
    return audiences;
  }

  /** Lets time pass; what it changes is done at its own instant. Nothing where `now` is not later. */
  settle(now: number): void {
    if (now <= this.#now) return;
    this.#isSettling = true;
    while (this.nextChange <= now && this.nextChange < Infinity) {
      const at = this.nextChange;
      this.#moveTo(at);
      for (const condition of this.#deadlines.due(at)) {
        const standing = this.#ruleset.graph.standing(condition);
        if (standing === undefined) this.#find(condition);
        else if (at > this.#retainedUntil && this.#mayExpire(standing)) this.#restless.add(standing);
        else this.#stand(standing);
      }
      this.finish();
    }
    this.#isSettling = false;
    this.#moveTo(now);
  }

  /** Evaluates a condition that an event may have changed, in the past too. Audiences follow with `finish`. */
  evaluate(condition: number): void {
    this.#unsettle(condition);
    this.#find(condition);
  }

  /** As `evaluate`, for all conditions on a trait whose value is known and has no later one: without the search. */
  answer(table: TraitTable, value: Json | undefined): void {
    const { conditions, others } = table;
    this.unsettleAll(conditions);
    this.unsettleAll(others);
    this.touched += conditions.length + others.length;
    // What the table answers only events change, so it is due at none but theirs, and those are all past.
    const answers = table.ask(value);
    for (let place = 0; place < conditions.length; place++) this.#setValue(conditions[place] ?? 0, triAt(answers, place));
    for (const condition of others) {
      const program = this.#ruleset.program(condition);
      if (program.kind !== "trait") continue;
      this.#deadlines.set(condition, program.next?.(value, this.#now) ?? Infinity);
      this.#setValue(condition, program.check(value, this.#now));
    }
  }

  /** Notes that an event may have changed what conditions said in the past. */
  unsettleAll(conditions: readonly number[]): void {
    if (this.#ruleset.graph.standings.length === 0) return;
    for (const condition of conditions) this.#unsettle(condition);
  }

  #unsettle(condition: number): void {
    const { graph } = this.#ruleset;
    if (graph.standings.length === 0) return;
    for (const standing of graph.standingsOver(condition)) if (this.#isInScope(standing.condition)) this.#restless.add(standing);
  }

  /** Evaluates audiences once all conditions of an instant are known, so that none flickers in between. */
  finish(): void {
    for (const standing of this.#restless) this.#findStanding(standing);
    for (let rank = 0; rank < this.#dirty.length; rank++) {
      // While one rank is evaluated only higher ones are added to.
      for (const audience of this.#dirty[rank] ?? []) {
        this.#ruleset.marks[audience] = 0;
        this.evaluated += 1;
        this.#setMember(audience, this.#ruleset.audienceValue(audience, this.values) === TRUE);
      }
    }
    if (this.#dirty.length > 0) this.#dirty = [];
    this.#restless.clear();
    const nextChange = this.#deadlines.earliest();
    if (nextChange !== this.nextChange) this.revision += 1;
    this.nextChange = nextChange;
  }

  #moveTo(now: number): void {
    this.#now = now;
    if (now > this.#present) this.#present = now;
  }

  #find(condition: number): void {
    this.touched += 1;
    const finding = this.#finding;
    this.#reader.find(condition, { now: this.#now, present: this.#present }, finding);
    this.#deadlines.set(condition, finding.next);
    this.#setValue(condition, finding.value);
  }

  #setValue(condition: number, value: Tri): void {
    const before = this.values[condition];
    if (before === value) return;
    this.values[condition] = value;
    const { whenTrue, whenFalse } = this.#ruleset.affected;
    if (before === TRUE || value === TRUE) this.#tell(whenTrue, condition, value);
    if (before === FALSE || value === FALSE) this.#tell(whenFalse, condition, value);
  }

  /** Leads a change of a condition to the audiences that it may change. */
  #tell({ start, list }: Lists, condition: number, value: Tri): void {
    const ruleset = this.#ruleset;
    const end = start[condition + 1] ?? 0;
    for (let index = start[condition] ?? 0; index < end; index++) {
      const audience = list[index] ?? 0;
      if (this.#scope && !this.#scope.audiences.has(audience)) continue;
      if (!ruleset.affected.mayBeTrue(audience, this.values) && !this.isMember(audience)) continue;
      if (ruleset.bareCondition(audience) >= 0) this.#setMember(audience, value === TRUE);
      else this.#mark(audience);
    }
  }

  /** The marks are the ruleset's and may be in use above, so a scope does without: it is small. */
  #mark(audience: number): void {
    const { marks, graph } = this.#ruleset;
    if (this.#scope === undefined) {
      if (marks[audience] === 1) return;
      marks[audience] = 1;
    }
    const rank = graph.ranks[audience] ?? 0;
    while (this.#dirty.length <= rank) this.#dirty.push([]);
    this.#dirty[rank]?.push(audience);
  }

  #setMember(audience: number, is: boolean): void {
    const value = is ? 1 : 0;
    if (this.#members[audience] === value) return;
    this.#members[audience] = value;
    this.revision += 1;
    this.onChange?.(audience, is, this.#now);
    const { graph } = this.#ruleset;
    for (const condition of graph.naming(audience)) {
      if (!this.#isInScope(condition)) continue;
      const standing = graph.standing(condition);
      if (standing === undefined) this.#setValue(condition, triOf(is));
      else if (this.#isSettling && !this.#restless.has(standing)) this.#begin(standing, is ? this.#now : undefined);
      // Else an event did it, which has made what stands on it restless.
    }
  }

  #isInScope(condition: number): boolean {
    return this.#scope === undefined || this.#scope.conditions.has(condition);
  }

  /** From here on time alone decides: an audience is true since an instant, or not. */
  #begin(standing: Standing, since: number | undefined): void {
    if (since === undefined) this.#since.delete(standing);
    else this.#since.set(standing, since);
    this.#stand(standing);
  }

  #stand(standing: Standing): void {
    const enough = (this.#since.get(standing) ?? Infinity) + standing.forMs;
    this.touched += 1;
    this.#deadlines.set(standing.condition, Math.min(enough > this.#now ? enough : Infinity, this.#nextExpiry(standing)));
    this.#setValue(standing.condition, triOf(enough <= this.#now));
  }

  /** Whether an audience has been true for some time: goes through that time once more, over what is known now. */
  #findStanding(standing: Standing): void {
    const { audience, forMs, scope } = standing;
    const now = this.#now;
    const from = now - forMs;
    const past = new Evaluation(this.#reader, { now: from, present: this.#present }, scope);
    let since = past.isMember(audience) ? from : undefined;
    while (past.nextChange <= now) {
      past.settle(past.nextChange);
      if (!past.isMember(audience)) since = undefined;
      else since ??= past.now;
    }
    this.touched += past.touched;
    this.#begin(standing, since);
  }

  #mayExpire({ forMs, reachMs }: Standing): boolean {
    return forMs + reachMs > this.#ruleset.retentionMs;
  }

  /** When the next event is no longer retained that what is asked here may reach back to: with it the past changes. */
  #nextExpiry(standing: Standing): number {
    if (!this.#mayExpire(standing)) return Infinity;
    const { scope } = standing;
    const { retentionMs } = this.#ruleset;
    let next = Infinity;
    for (const condition of scope.conditions) {
      for (const selection of selectionsOf(this.#ruleset.condition(condition))) {
        const { events } = this.#reader.selected(selection);
        const oldest = events[countUntil(events, this.#present - retentionMs)];
        if (oldest) next = Math.min(next, oldest.time + retentionMs);
      }
    }
    return next;
  }
}

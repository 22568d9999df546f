import { LocalDays } from "../model/local-calendar.ts";
import { conditionsIn, type FlatLogic, type RulesetArtifact } from "./artifact.ts";
import { ofMissing } from "./checks.ts";
import type { EventProgram } from "./event-window.ts";
import { isKnownCondition, isKnownLogic, isKnownSelection } from "./known.ts";
import {
  compileEvent,
  compileLogic,
  compileSelection,
  compileTrait,
  type Logic,
  type Selects,
  type TraitProgram,
} from "./program.ts";
import { answerOfNothing } from "./tally-of.ts";
import { FALSE, TRUE, type Tri } from "./truth.ts";

/** For an audience whose logic is more than one condition; also an index that no condition has. */
const NONE = -1;

/** Many short lists in two flat arrays: that of `of` is `list[start[of]]` to `list[start[of + 1] - 1]`. */
export interface Lists {
  readonly start: Int32Array;
  readonly list: Int32Array;
}

/**
 * A ruleset, ready to maintain memberships with. One serves all profiles of an isolate: it holds nothing of any of them.
 * Conditions, selections and audiences are known by their index in the artifact.
 */
export class Ruleset {
  readonly workspace: string;
  readonly version: number;
  readonly zone: string;
  readonly retentionMs: number;
  readonly artifact: RulesetArtifact;
  readonly conditionCount: number;
  readonly audienceCount: number;
  /** Sorted. */
  readonly audienceKeys: readonly string[];
  /** Audiences that use something this engine does not know: they match no one, and are to be reported. */
  readonly brokenKeys: readonly string[];
  /** Values of all conditions for somebody of whom nothing is known: what every profile starts from. */
  readonly emptyValues: Int8Array;
  /** 1 for each audience that is true of an empty log. */
  readonly emptyMembers: Uint8Array;
  /** Keys of those audiences, sorted: the answer for an unknown person. */
  readonly emptyKeys: readonly string[];
  /** Conditions by the selection they read. */
  readonly conditionsBySelection: Lists;
  /** Audiences by the conditions their logic holds, each once. */
  readonly audiencesByCondition: Lists;
  /** By audience, all zero between two calls: room to mark what must be evaluated, lent to one profile at a time. */
  readonly marks: Uint8Array;
  readonly #broken: Uint8Array;
  /** For an audience that is one condition and nothing else, its index. */
  readonly #bare: Int32Array;
  readonly #selectionsByName = new Map<string, number[]>();
  readonly #selectionsOfAnyCall: number[] = [];
  readonly #conditionsByTrait = new Map<string, number[]>();
  readonly #programs: (EventProgram | TraitProgram | undefined)[];
  readonly #selects: (Selects | null | undefined)[];
  readonly #logics: (Logic | undefined)[];
  readonly #days = new Map<string, LocalDays>();
  #indexByKey: ReadonlyMap<string, number> | undefined;

  constructor(artifact: RulesetArtifact) {
    const { conditions, selections, audiences } = artifact;
    this.artifact = artifact;
    this.workspace = artifact.workspace;
    this.version = artifact.version;
    this.zone = artifact.zone;
    this.retentionMs = artifact.retentionMs;
    this.conditionCount = conditions.length;
    this.audienceCount = audiences.length;
    this.audienceKeys = audiences.map(({ key }) => key);
    this.marks = new Uint8Array(audiences.length);
    this.#programs = Array.from({ length: conditions.length }, () => undefined);
    this.#selects = Array.from({ length: selections.length }, () => undefined);
    this.#logics = Array.from({ length: audiences.length }, () => undefined);

    const knownSelections = selections.map(isKnownSelection);
    const knownConditions = conditions.map((condition) =>
      isKnownCondition(condition, (index) => knownSelections[index] === true),
    );
    this.#broken = Uint8Array.from(audiences, ({ logic }) =>
      isKnownLogic(logic, (index) => knownConditions[index] === true) ? 0 : 1,
    );
    this.brokenKeys = this.audienceKeys.filter((_, index) => this.#broken[index] === 1);

    this.emptyValues = Int8Array.from(conditions, (condition, index) => {
      if (knownConditions[index] !== true) return FALSE;
      return condition.kind === "trait" ? ofMissing(condition.test) : answerOfNothing(condition.aggregate);
    });
    this.conditionsBySelection = this.#indexConditions(knownConditions);
    this.#bare = Int32Array.from(audiences, ({ logic }) => (typeof logic === "number" ? logic : NONE));
    this.audiencesByCondition = this.#indexAudiences();
    this.emptyMembers = Uint8Array.from(audiences, (_, index) => (this.audienceValue(index, this.emptyValues) === TRUE ? 1 : 0));
    this.emptyKeys = this.audienceKeys.filter((_, index) => this.emptyMembers[index] === 1);
  }

  /** The audience of a key, if there is one. */
  audienceIndex(key: string): number | undefined {
    this.#indexByKey ??= new Map(this.audienceKeys.map((held, index) => [held, index]));
    return this.#indexByKey.get(key);
  }

  isBroken(audience: number): boolean {
    return this.#broken[audience] === 1;
  }

  /** Selections that name an event. */
  selectionsNamed(name: string): readonly number[] {
    return this.#selectionsByName.get(name) ?? [];
  }

  /** Selections of any track, page or screen call: `"event":"*"`. */
  get selectionsOfAnyCall(): readonly number[] {
    return this.#selectionsOfAnyCall;
  }

  /** Conditions that read a trait under this top-level key. */
  conditionsOnTrait(key: string): readonly number[] {
    return this.#conditionsByTrait.get(key) ?? [];
  }

  /** The audience's only condition where it is one condition and nothing else, else a negative number. */
  bareCondition(audience: number): number {
    return this.#bare[audience] ?? NONE;
  }

  /** The value of an audience, given those of all conditions. False for a broken one, whatever its other parts say. */
  audienceValue(audience: number, values: Int8Array): Tri {
    if (this.isBroken(audience)) return FALSE;
    const held = this.#logics[audience];
    if (held) return held(values);
    const logic = compileLogic(this.#flatLogic(audience));
    this.#logics[audience] = logic;
    return logic(values);
  }

  program(condition: number): EventProgram | TraitProgram {
    const held = this.#programs[condition];
    if (held) return held;
    const flat = this.artifact.conditions[condition];
    if (!flat) throw new Error(`no condition ${condition}`);
    const program = flat.kind === "trait" ? compileTrait(flat, this.zone) : compileEvent(flat, this);
    this.#programs[condition] = program;
    return program;
  }

  /** What selects the events of a selection among those of its names; undefined where all are. */
  selects(selection: number): Selects | undefined {
    const held = this.#selects[selection];
    if (held !== undefined) return held ?? undefined;
    const flat = this.artifact.selections[selection];
    if (!flat) throw new Error(`no selection ${selection}`);
    const selects = compileSelection(flat, this.zone);
    this.#selects[selection] = selects ?? null;
    return selects;
  }

  /** Dates of a time zone; what is known of them serves all profiles. */
  readonly daysIn = (zone: string): LocalDays => {
    const held = this.#days.get(zone);
    if (held) return held;
    const days = new LocalDays(zone);
    this.#days.set(zone, days);
    return days;
  };

  /** True of a selection that holds only events that sessions are made of: every such event may change what is asked of it. */
  isOfSessions(selection: number): boolean {
    return this.artifact.selections[selection]?.ofSessions === true;
  }

  #flatLogic(audience: number): FlatLogic {
    const flat = this.artifact.audiences[audience];
    if (!flat) throw new Error(`no audience ${audience}`);
    return flat.logic;
  }

  #indexConditions(known: readonly boolean[]): Lists {
    const { conditions, selections } = this.artifact;
    const pairs: [number, number][] = [];
    for (const [index, condition] of conditions.entries()) {
      if (known[index] !== true) continue;
      if (condition.kind === "event") pairs.push([condition.selection, index]);
      else addTo(this.#conditionsByTrait, condition.path[0] ?? "", index);
    }
    for (const [index, { names }] of selections.entries()) {
      if (names === "*") this.#selectionsOfAnyCall.push(index);
      else if (Array.isArray(names)) for (const name of names) addTo(this.#selectionsByName, name, index);
    }
    return gather(selections.length, pairs);
  }

  #indexAudiences(): Lists {
    const pairs: [number, number][] = [];
    for (const [index, { logic }] of this.artifact.audiences.entries()) {
      if (this.isBroken(index)) continue;
      if (typeof logic === "number") pairs.push([logic, index]);
      else for (const condition of conditionsIn(logic)) pairs.push([condition, index]);
    }
    return gather(this.conditionCount, pairs);
  }
}

/**
 * Links an artifact. Cheap next to reading its JSON: what needs a closure is built when it is first asked for. Of an
 * artifact of a format this engine does not know, only the keys of its audiences are read: they are all broken.
 */
export function loadRuleset(artifact: RulesetArtifact): Ruleset {
  const format: number = artifact.format;
  if (format === 1) return new Ruleset(artifact);
  const audiences = artifact.audiences.map(({ key }) => ({ key, logic: NONE }));
  return new Ruleset({ ...artifact, selections: [], conditions: [], audiences });
}

function addTo(lists: Map<string, number[]>, key: string, index: number): void {
  const list = lists.get(key);
  if (list) list.push(index);
  else lists.set(key, [index]);
}

/** Gathers (of, member) pairs into lists by `of`. */
function gather(count: number, pairs: readonly (readonly [number, number])[]): Lists {
  const start = new Int32Array(count + 1);
  for (const [of] of pairs) start[of + 1] = (start[of + 1] ?? 0) + 1;
  for (let of = 0; of < count; of++) start[of + 1] = (start[of + 1] ?? 0) + (start[of] ?? 0);
  const next = start.slice();
  const list = new Int32Array(pairs.length);
  for (const [of, member] of pairs) {
    const at = next[of] ?? 0;
    list[at] = member;
    next[of] = at + 1;
  }
  return { start, list };
}

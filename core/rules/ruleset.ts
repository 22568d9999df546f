import { COMPUTED } from "../model/event.ts";
import { LocalDays } from "../model/local-calendar.ts";
import { AffectedAudiences } from "./affected-audiences.ts";
import type { FlatCondition, FlatLogic, RulesetArtifact } from "./artifact.ts";
import { AudienceGraph } from "./audience-graph.ts";
import { ofMissing } from "./checks.ts";
import { ConditionIndex } from "./condition-index.ts";
import type { EventProgram } from "./event-window.ts";
import { GoldenPolicies } from "./golden-policy.ts";
import { isKnownCondition, isKnownLogic, isKnownSelection } from "./known.ts";
import { LogicCode } from "./logic-code.ts";
import { compileEvent, compileSelection, compileSequence, compileTrait, type Selects, type TraitProgram } from "./program.ts";
import type { SequenceProgram } from "./sequence-walk.ts";
import { answerOfNothing } from "./tally-of.ts";
import { TraitTable } from "./trait-table.ts";
import { FALSE, TRUE, UNKNOWN, type Tri } from "./truth.ts";

/** For an audience whose logic is more than one condition; also an index that no condition has. */
const NONE = -1;

/** Stands for the logic of an audience that cannot be evaluated. */
const NO_ONE: FlatLogic = { kind: "any", of: [] };

/** How the programs of conditions are told apart; the kinds that need none are answered without. */
export type Program = EventProgram | SequenceProgram | TraitProgram;

/**
 * A ruleset, ready to maintain memberships with. One serves all profiles of an isolate: it holds nothing of any of them.
 * Conditions, selections and audiences are known by their index in the artifact.
 */
export class Ruleset {
  readonly workspace: string;
  readonly version: number;
  readonly zone: string;
  readonly retentionMs: number;
  /** What says which value of a trait wins; undefined where that is the latest of each. */
  readonly golden: GoldenPolicies | undefined;
  readonly artifact: RulesetArtifact;
  readonly conditionCount: number;
  readonly audienceCount: number;
  /** Sorted. */
  readonly audienceKeys: readonly string[];
  /** Audiences that use something this engine does not know: they match no one, and are to be reported. */
  readonly brokenKeys: readonly string[];
  /** Values of all conditions for somebody of whom nothing is known, and who is of no share: what every profile starts from. */
  readonly emptyValues: Int8Array;
  /** 1 for each audience that is true of an empty log. */
  readonly emptyMembers: Uint8Array;
  /** Keys of those audiences, sorted. */
  readonly emptyKeys: readonly string[];
  readonly index: ConditionIndex;
  readonly graph: AudienceGraph;
  readonly affected: AffectedAudiences;
  /** By audience, all zero between two calls: room to mark what must be evaluated, lent to one profile at a time. */
  readonly marks: Uint8Array;
  /** For an audience that is one condition and nothing else, its index. */
  readonly #bare: Int32Array;
  readonly #programs: (Program | undefined)[];
  readonly #selects: (Selects | null | undefined)[];
  readonly #logics: LogicCode;
  readonly #traitTables = new Map<string, TraitTable>();
  readonly #days = new Map<string, LocalDays>();
  #indexByKey: ReadonlyMap<string, number> | undefined;

  constructor(artifact: RulesetArtifact) {
    const { conditions, selections, audiences } = artifact;
    this.artifact = artifact;
    this.workspace = artifact.workspace;
    this.version = artifact.version;
    this.zone = artifact.zone;
    this.retentionMs = artifact.retentionMs;
    this.golden = artifact.golden && new GoldenPolicies(artifact.golden);
    this.conditionCount = conditions.length;
    this.audienceCount = audiences.length;
    this.audienceKeys = audiences.map(({ key }) => key);
    this.marks = new Uint8Array(audiences.length);
    this.#programs = Array.from({ length: conditions.length }, () => undefined);
    this.#selects = Array.from({ length: selections.length }, () => undefined);

    const knownSelections = selections.map(isKnownSelection);
    const questions = new Set(artifact.households?.audiences.map(({ key }) => key));
    const known = conditions.map(
      (condition) =>
        isKnownCondition(condition, (index) => knownSelections[index] === true) &&
        (condition.kind !== "household" || questions.has(condition.question)) &&
        (condition.kind !== "trait" || condition.path[0] === COMPUTED || this.golden?.isKnown(condition.path[0] ?? "") !== false),
    );
    const broken = Uint8Array.from(audiences, ({ logic }) => (isKnownLogic(logic, (index) => known[index] === true) ? 0 : 1));
    this.index = new ConditionIndex(artifact, known);
    this.graph = new AudienceGraph(artifact, this.index.onAudience, (key) => this.audienceIndex(key), broken);
    this.#logics = new LogicCode(audiences.map(({ logic }, index) => (this.isBroken(index) ? NO_ONE : logic)));
    this.brokenKeys = this.audienceKeys.filter((_, index) => this.isBroken(index));

    this.#bare = Int32Array.from(audiences, ({ logic }) => (typeof logic === "number" ? logic : NONE));
    this.emptyValues = Int8Array.from(conditions, (condition, index) => (known[index] === true ? ofNothing(condition) : FALSE));
    this.emptyMembers = new Uint8Array(audiences.length);
    this.#fillEmptyMembers();
    this.affected = new AffectedAudiences(artifact, (audience) => this.isBroken(audience));
    this.emptyKeys = this.audienceKeys.filter((_, audience) => this.emptyMembers[audience] === 1);
  }

  /** The audience of a key, if there is one. */
  audienceIndex(key: string): number | undefined {
    this.#indexByKey ??= new Map(this.audienceKeys.map((held, index) => [held, index]));
    return this.#indexByKey.get(key);
  }

  /** Each audience after those that it names. */
  audiencesByRank(): readonly number[] {
    const { ranks } = this.graph;
    return [...ranks.keys()].toSorted((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
  }

  isBroken(audience: number): boolean {
    return this.graph.broken[audience] === 1;
  }

  /** The audience's only condition where it is one condition and nothing else, else a negative number. */
  bareCondition(audience: number): number {
    return this.#bare[audience] ?? NONE;
  }

  /** The value of an audience, given those of all conditions. False for a broken one, whatever its other parts say. */
  audienceValue(audience: number, values: Int8Array): Tri {
    return this.#logics.value(audience, values);
  }

  /** The program of a condition on events, a sequence or a trait. */
  program(condition: number): Program {
    const held = this.#programs[condition];
    if (held) return held;
    const program = this.#compile(this.condition(condition));
    this.#programs[condition] = program;
    return program;
  }

  /** All conditions on a trait. */
  traitTable(key: string): TraitTable {
    const held = this.#traitTables.get(key);
    if (held) return held;
    const table = new TraitTable(this.index.onTrait(key), (index) => this.condition(index));
    this.#traitTables.set(key, table);
    return table;
  }

  condition(index: number): FlatCondition {
    const flat = this.artifact.conditions[index];
    if (!flat) throw new Error(`no condition ${index}`);
    return flat;
  }

  logicOf(audience: number): FlatLogic {
    const flat = this.artifact.audiences[audience];
    if (!flat) throw new Error(`no audience ${audience}`);
    return flat.logic;
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

  #compile(condition: FlatCondition): Program {
    switch (condition.kind) {
      case "event":
        return compileEvent(condition, this);
      case "sequence":
        return compileSequence(condition, this);
      case "trait":
        return compileTrait(condition, this.zone);
      default:
        throw new Error(`a condition of kind ${condition.kind} has no program`);
    }
  }

  /** Audiences true of an empty log, those that others name before these: what never changed has been so for any time. */
  #fillEmptyMembers(): void {
    for (let rank = 0; rank <= this.graph.highestRank; rank++) {
      for (const [audience, ranked] of this.graph.ranks.entries()) {
        if (ranked !== rank || this.audienceValue(audience, this.emptyValues) !== TRUE) continue;
        this.emptyMembers[audience] = 1;
        for (const condition of this.graph.naming(audience)) this.emptyValues[condition] = TRUE;
      }
    }
  }
}

/** What a condition says of an empty log. Audiences and shares are filled in later. */
function ofNothing(condition: FlatCondition): Tri {
  switch (condition.kind) {
    case "event":
      return answerOfNothing(condition.aggregate);
    case "trait":
      return ofMissing(condition.test);
    case "household":
      return UNKNOWN;
    case "sequence":
    case "list":
    case "bucket":
    case "audience":
      return FALSE;
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

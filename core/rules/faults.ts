/** Stable: clients and translations rely on them. A new kind of fault is a new code, an old code keeps its meaning. */
export type FaultCode =
  | "wrong_type"
  | "unknown_key"
  | "unknown_operator"
  | "unknown_value"
  | "missing_condition"
  | "missing_operator"
  | "missing_key"
  | "several_conditions"
  | "several_operators"
  | "several_aggregates"
  | "empty_group"
  | "empty_list"
  | "list_too_long"
  | "bad_path"
  | "bad_event"
  | "bad_duration"
  | "bad_instant"
  | "bad_pattern"
  | "bad_version"
  | "bad_cidr"
  | "bad_time_zone"
  | "bad_range"
  | "bad_window"
  | "longer_than_retention"
  | "too_deep"
  | "too_many_nodes"
  | "too_many_operands"
  | "bad_sequence"
  | "unknown_audience"
  | "cycle"
  | "cut_by_retention";

/** Why a rule was refused (rules.md, "Limits and errors"). */
export interface RuleFault {
  /** JSON Pointer (RFC 6901) to the place; to the object that lacks something where something is missing. */
  readonly pointer: string;
  readonly code: FaultCode;
  /** A sentence that a marketer understands. */
  readonly message: string;
}

/** Where a rule names another audience. */
export interface AudienceReference {
  readonly key: string;
  readonly pointer: string;
}

/** Where a rule names a list. */
export type ListReference = AudienceReference;

/** The pointer to a member of what `pointer` points to. */
export function childPointer(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

const DEEPEST = 16;
const MOST_NODES = 500;
const MOST_OPERANDS = 10_000;

/**
 * One reading of one rule: gathers every fault, and keeps the limits. The depth limit also bounds the recursion of the
 * parser, so a rule ten thousand deep is refused like any other.
 */
export class Reading {
  readonly zone: string;
  readonly retentionMs: number;
  readonly #now: number | undefined;
  readonly faults: RuleFault[] = [];
  readonly warnings: RuleFault[] = [];
  readonly references: AudienceReference[] = [];
  readonly lists: ListReference[] = [];
  #nodes = 0;
  #operands = 0;

  constructor(settings: { readonly zone: string; readonly retentionMs: number; readonly now?: number }) {
    this.zone = settings.zone;
    this.retentionMs = settings.retentionMs;
    this.#now = settings.now;
  }

  /** Notes a fault. Returns undefined, which is what a reader returns for a part that cannot be read. */
  fault(pointer: string, code: FaultCode, message: string): undefined {
    this.faults.push({ pointer, code, message });
    return undefined;
  }

  /** Notes what is allowed and yet may not be what was meant. */
  warn(pointer: string, code: FaultCode, message: string): void {
    this.warnings.push({ pointer, code, message });
  }

  /**
   * Warns of a period that holds instants before what is kept: events are not there to be asked.
   * @param earliest the earliest instant in it, or a time ago after which it begins
   */
  warnIfCut(pointer: string, earliest: { readonly agoMs: number } | { readonly at: number }): void {
    const isKept =
      "agoMs" in earliest ? earliest.agoMs <= this.retentionMs : (this.#now ?? -Infinity) - earliest.at < this.retentionMs; // what is kept begins after the retention
    if (isKept) return;
    const days = Math.floor(this.retentionMs / 86_400_000);
    this.warn(pointer, "cut_by_retention", `Events are kept for ${days} days: what is older is not counted.`);
  }

  /** Notes that the rule names another audience. */
  refer(key: string, pointer: string): void {
    this.references.push({ key, pointer });
  }

  /**
   * Counts a rule or filter before it is read; the outermost has depth 1.
   * @returns false when it must not be read
   */
  enter(pointer: string, depth: number): boolean {
    if (depth > DEEPEST) {
      this.fault(pointer, "too_deep", `Conditions can be nested ${DEEPEST} deep at most.`);
      return false;
    }
    this.#nodes += 1;
    if (this.#nodes === MOST_NODES + 1) {
      this.fault(
        pointer,
        "too_many_nodes",
        `A rule can have ${MOST_NODES} conditions and groups at most. Larger sets are better kept as a list.`,
      );
    }
    return this.#nodes <= MOST_NODES;
  }

  /** Counts values that a rule compares with. */
  countOperands(pointer: string, count: number): void {
    const before = this.#operands;
    this.#operands += count;
    if (before <= MOST_OPERANDS && this.#operands > MOST_OPERANDS) {
      this.fault(
        pointer,
        "too_many_operands",
        "A rule can compare with 10,000 values at most. Larger sets are better kept as a list.",
      );
    }
  }

  /** True once the rule has too many nodes: then nothing more is worth reading. */
  get exhausted(): boolean {
    return this.#nodes > MOST_NODES;
  }
}

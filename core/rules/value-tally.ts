import type { LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { Path, ValueTest } from "./ast.ts";
import { compileTest, type Check, type NextChange } from "./checks.ts";
import { Positions } from "./columns.ts";
import { nextOfTest } from "./next-change.ts";
import { pathText, readPath } from "./path.ts";
import type { ColumnKind, SelectedEvents } from "./selected-events.ts";
import type { Tally } from "./tally.ts";
import { FALSE, TRUE, UNKNOWN, type Tri } from "./truth.ts";

/** Region where no event has a value; those of the three answers come after it. */
const NONE = 0;

/**
 * The value of the earliest or latest event that has one, asked any operator; of events of one instant the order of the
 * log decides. Time operators count from `now`, so time alone can change what is said of a value.
 */
export class ValueTally implements Tally {
  readonly next: Tally["next"];
  readonly #kind: "first" | "last";
  readonly #of: Path;
  readonly #check: Check;
  readonly #valued: ColumnKind<Positions>;

  /** @param zone the workspace's, in which dates alone begin */
  constructor(kind: "first" | "last", of: Path, test: ValueTest, zone: string) {
    this.#kind = kind;
    this.#of = of;
    this.#check = compileTest(test, zone);
    const next = nextOfTest(test, zone);
    this.next = next && ((selected, from, to, now) => this.#nextOf(next, this.#event(selected, from, to), now));
    const hasValue = (event: LogEvent): boolean => this.#valueOf(event) !== null;
    this.#valued = { key: `valued ${pathText(of)}`, is: Positions, make: (events) => new Positions(events, hasValue) };
  }

  region(selected: SelectedEvents, from: number, to: number, now: number): number {
    const event = this.#event(selected, from, to);
    return event ? 1 + this.#check(this.#valueOf(event), now) : NONE;
  }

  answer(region: number): Tri {
    if (region === 1 + TRUE) return TRUE;
    return region === 1 + FALSE ? FALSE : UNKNOWN;
  }

  /** The latest value stays until its event leaves, and no other is left then: true at any one `now`. */
  fallsOnly(): boolean {
    return this.#kind === "last";
  }

  growsWithEvents(): boolean {
    return false;
  }

  show(selected: SelectedEvents, from: number, to: number): Json {
    const event = this.#event(selected, from, to);
    return event ? this.#valueOf(event) : null;
  }

  counted(selected: SelectedEvents, from: number, to: number): readonly LogEvent[] {
    const event = this.#event(selected, from, to);
    return event ? [event] : [];
  }

  #event(selected: SelectedEvents, from: number, to: number): LogEvent | undefined {
    const valued = selected.column(this.#valued);
    return selected.events[this.#kind === "first" ? valued.first(from, to) : valued.last(from, to)];
  }

  #nextOf(next: NextChange, event: LogEvent | undefined, now: number): number {
    return event ? next(this.#valueOf(event), now) : Infinity;
  }

  #valueOf(event: LogEvent): Json {
    return readPath(event.properties, this.#of) ?? null;
  }
}

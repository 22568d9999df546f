import type { LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { Path, ValueTest } from "./ast.ts";
import { compileTest, type Check } from "./checks.ts";
import { Positions } from "./columns.ts";
import { pathText, readPath } from "./path.ts";
import type { ColumnKind, SelectedEvents } from "./selected-events.ts";
import type { Tally } from "./tally.ts";
import { FALSE, TRUE, UNKNOWN, type Tri } from "./truth.ts";

/** Region where no event has a value; those of the three answers come after it. */
const NONE = 0;

/**
 * The value of the earliest or latest event that has one, asked any operator; of events of one instant the order of the
 * log decides. An operator that counts from `now` would be asked here, and give its own next change.
 */
export class ValueTally implements Tally {
  readonly #kind: "first" | "last";
  readonly #of: Path;
  readonly #check: Check;
  readonly #valued: ColumnKind<Positions>;

  constructor(kind: "first" | "last", of: Path, test: ValueTest) {
    this.#kind = kind;
    this.#of = of;
    this.#check = compileTest(test);
    const hasValue = (event: LogEvent): boolean => this.#valueOf(event) !== null;
    this.#valued = { key: `valued ${pathText(of)}`, is: Positions, make: (events) => new Positions(events, hasValue) };
  }

  region(selected: SelectedEvents, from: number, to: number): number {
    const event = this.#event(selected, from, to);
    return event ? 1 + this.#check(this.#valueOf(event)) : NONE;
  }

  answer(region: number): Tri {
    if (region === 1 + TRUE) return TRUE;
    return region === 1 + FALSE ? FALSE : UNKNOWN;
  }

  /** The latest value stays until its event leaves, and no other is left then. */
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

  #valueOf(event: LogEvent): Json {
    return readPath(event.properties, this.#of) ?? null;
  }
}

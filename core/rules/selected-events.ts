import type { LogEvent } from "../model/event.ts";
import { insertInLogOrder, placeInLog } from "../model/log.ts";
import type { Column } from "./columns.ts";

/** A kind of column over lists of events; conditions that work out the same thing share it by its key. */
export interface ColumnKind<Of extends Column> {
  readonly key: string;
  /** The class of it. */
  readonly is: abstract new (...given: never) => Of;
  readonly make: (events: readonly LogEvent[]) => Of;
}

/** One profile's events that a selection selects, in log order, with the columns that conditions on them ask for. */
export class SelectedEvents {
  readonly events: readonly LogEvent[];
  readonly #own: LogEvent[] | undefined;
  #columns: Map<string, Column> | undefined;

  /**
   * @param events in log order
   * @param shared true where somebody else keeps the list and puts new events in
   */
  constructor(events: readonly LogEvent[], shared: boolean) {
    this.#own = shared ? undefined : events.slice(); // a copy without spare room: a profile holds hundreds of short lists
    this.events = this.#own ?? events;
  }

  /** Takes in a selected event; one that it holds already changes nothing. */
  insert(event: LogEvent): void {
    if (this.#own) insertInLogOrder(this.#own, event);
    const { events } = this;
    if (!this.#columns) return;
    for (const [key, column] of this.#columns) {
      if (column.size === events.length - 1) column.insert(events, placeInLog(events, event), event);
      else if (column.size !== events.length) this.#columns.delete(key); // the shared list was changed behind them
    }
  }

  /** A column, built when it is first asked for, and again where the shared list grew before the event was noted here. */
  column<Of extends Column>({ key, is, make }: ColumnKind<Of>): Of {
    const held = this.#columns?.get(key);
    if (held instanceof is && held.size === this.events.length) return held;
    const column = make(this.events);
    (this.#columns ??= new Map()).set(key, column);
    return column;
  }
}

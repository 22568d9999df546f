import type { LogEvent } from "../model/event.ts";
import { insertInLogOrder, placeInLog } from "../model/log.ts";
import type { Path } from "./ast.ts";
import { Totals } from "./totals.ts";

/** One profile's events that a selection selects, in log order, with the running totals that sums over them ask for. */
export class SelectedEvents {
  readonly events: readonly LogEvent[];
  readonly #own: LogEvent[] | undefined;
  #totals: Map<string, Totals> | undefined;

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
    if (!this.#totals) return;
    for (const [key, totals] of this.#totals) {
      if (totals.size === events.length - 1) totals.insert(events, placeInLog(events, event), event);
      else if (totals.size !== events.length) this.#totals.delete(key); // the shared list was changed behind them
    }
  }

  /**
   * Running totals of a property, built when they are first asked for.
   * @param key a text that stands for the path
   */
  totals(path: Path, key: string): Totals {
    const held = this.#totals?.get(key);
    if (held) return held;
    const totals = new Totals(path, this.events);
    (this.#totals ??= new Map()).set(key, totals);
    return totals;
  }
}

import { hourOf } from "./hours.ts";

export interface AudienceHour {
  readonly audience: string;
  readonly hour: number;
  entered: number;
  exited: number;
  publishEntered: number;
  publishExited: number;
}

export interface EventHour {
  readonly source: string;
  readonly name: string;
  readonly hour: number;
  events: number;
}

/** What a batch adds to series and rollups: one row for each audience and hour, and each source, name and hour, however many people did it. */
export class Tally {
  readonly #audiences = new Map<string, AudienceHour>();
  readonly #events = new Map<string, EventHour>();
  eventCount = 0;
  changeCount = 0;

  event(source: string, name: string, time: number): void {
    this.eventCount++;
    const hour = hourOf(time);
    const key = JSON.stringify([source, name, hour]);
    const row = this.#events.get(key) ?? { source, name, hour, events: 0 };
    row.events++;
    this.#events.set(key, row);
  }

  /** Takes back an event that was counted under another profile before. */
  uncount(source: string, name: string, time: number): void {
    const row = this.#events.get(JSON.stringify([source, name, hourOf(time)]));
    if (row === undefined || row.events === 0) throw new Error("an event is taken back that was not counted");
    row.events--;
    this.eventCount--;
  }

  change(audience: string, at: number, entered: boolean, published: boolean): void {
    this.changeCount++;
    const hour = hourOf(at);
    const key = `${audience} ${hour}`;
    const row = this.#audiences.get(key) ?? { audience, hour, entered: 0, exited: 0, publishEntered: 0, publishExited: 0 };
    if (published) row[entered ? "publishEntered" : "publishExited"]++;
    else row[entered ? "entered" : "exited"]++;
    this.#audiences.set(key, row);
  }

  /** Takes in what was counted apart, for a part that might have failed. */
  add(other: Tally): void {
    this.eventCount += other.eventCount;
    this.changeCount += other.changeCount;
    for (const [key, row] of other.#events) {
      const held = this.#events.get(key);
      if (held === undefined) this.#events.set(key, row);
      else held.events += row.events;
    }
    for (const [key, row] of other.#audiences) {
      const held = this.#audiences.get(key);
      if (held === undefined) this.#audiences.set(key, row);
      else for (const field of ["entered", "exited", "publishEntered", "publishExited"] as const) held[field] += row[field];
    }
  }

  get audienceHours(): readonly AudienceHour[] {
    return [...this.#audiences.values()];
  }

  get eventHours(): readonly EventHour[] {
    return [...this.#events.values()].filter(({ events }) => events > 0);
  }
}

import type { JournalEvent } from "../model/envelope.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import { walkProperties, type PropertyType } from "./catalogue-shape.ts";
import {
  HIDDEN_VALUES,
  isSettled,
  mayShowValues,
  NO_VALUES,
  seeValue,
  type Scalar,
  type ValueNotes,
} from "./catalogue-values.ts";

/**
 * Which events there are and what they bear, learnt from those that come. Names and keys from browsers are anybody's, so
 * all of it is bounded; what comes when it is full is not learnt.
 */
export const MOST_EVENTS = 1_000;
/** Properties of an event, each type of a property by itself; and of all events together. */
export const MOST_PROPERTIES = 500;
export const MOST_IN_ALL = 20_000;
/** In UTF-16 code units. */
const LONGEST_NAME = 200;
/** Notes that one batch makes at most: the events after it make the others. */
const MOST_NEWS = 1_000;

const DAY_MS = 86_400_000;

/** Days since 1970 in UTC on which it first and last arrived. */
export interface Span {
  readonly firstDay: number;
  readonly lastDay: number;
}

export interface SourceNote extends Span {
  readonly event: string;
  /** Key of the source that it came from. */
  readonly source: string;
}

/** A property in one of its types. */
export interface PropertyNote extends Span {
  readonly event: string;
  readonly path: string;
  readonly type: PropertyType;
  readonly values: ValueNotes;
}

interface EventNotes {
  readonly sources: Map<string, SourceNote>;
  readonly properties: Map<string, Map<PropertyType, PropertyNote>>;
  /** Of `properties`, each type by itself. */
  count: number;
}

/** A workspace's catalogue, or what is new of it. */
export class Catalogue {
  readonly #events = new Map<string, EventNotes>();
  #sources = 0;
  #properties = 0;

  /** Puts notes in place of those that were there. */
  put(sources: Iterable<SourceNote>, properties: Iterable<PropertyNote>): void {
    for (const note of sources) {
      const { sources: held } = this.#notesOf(note.event);
      if (!held.has(note.source)) this.#sources++;
      held.set(note.source, note);
    }
    for (const note of properties) {
      const notes = this.#notesOf(note.event);
      const types = notes.properties.get(note.path) ?? new Map<PropertyType, PropertyNote>();
      if (!types.has(note.type)) {
        notes.count++;
        this.#properties++;
      }
      notes.properties.set(note.path, types.set(note.type, note));
    }
  }

  #notesOf(event: string): EventNotes {
    const held = this.#events.get(event);
    if (held !== undefined) return held;
    const notes: EventNotes = { sources: new Map(), properties: new Map(), count: 0 };
    this.#events.set(event, notes);
    return notes;
  }

  has(event: string): boolean {
    return this.#events.has(event);
  }

  sourceOf(event: string, source: string): SourceNote | undefined {
    return this.#events.get(event)?.sources.get(source);
  }

  propertyOf(event: string, path: string, type: PropertyType): PropertyNote | undefined {
    return this.#events.get(event)?.properties.get(path)?.get(type);
  }

  countOf(event: string): number {
    return this.#events.get(event)?.count ?? 0;
  }

  get eventCount(): number {
    return this.#events.size;
  }

  get propertyCount(): number {
    return this.#properties;
  }

  /** Notes of sources and properties together. */
  get size(): number {
    return this.#sources + this.#properties;
  }

  get isFull(): boolean {
    return (
      this.#events.size >= MOST_EVENTS ||
      this.#properties >= MOST_IN_ALL ||
      [...this.#events.values()].some(({ count }) => count >= MOST_PROPERTIES)
    );
  }

  get sources(): readonly SourceNote[] {
    return [...this.#events.values()].flatMap(({ sources }) => [...sources.values()]);
  }

  get properties(): readonly PropertyNote[] {
    return [...this.#events.values()].flatMap(({ properties }) =>
      [...properties.values()].flatMap((types) => [...types.values()]),
    );
  }
}

/** A keyed hash of a value, so that one that is not shown cannot be found by trying. */
export type HashValue = (event: string, path: string, value: Scalar) => string;

/** What events tell that a catalogue does not say yet. It is not changed: what is new is put into it once it is stored. */
export function newsOf(known: Catalogue, events: Iterable<JournalEvent>, hashOf: HashValue): Catalogue {
  const lesson = new Lesson(known, hashOf);
  for (const event of events) lesson.learn(event);
  return lesson.news;
}

class Lesson {
  readonly news = new Catalogue();
  readonly #known: Catalogue;
  readonly #hashOf: HashValue;
  #newEvents = 0;
  #newProperties = 0;
  /** By event, how many of its properties are new. */
  readonly #newOf = new Map<string, number>();

  constructor(known: Catalogue, hashOf: HashValue) {
    this.#known = known;
    this.#hashOf = hashOf;
  }

  /** Facts of our own are not learnt: what they bear we know. */
  learn({ name, type, source, receivedAt, origin, properties }: JournalEvent): void {
    const day = Math.floor(receivedAt / DAY_MS);
    if (type === "fact" || !Number.isFinite(day) || !this.#learnName(name, source, day)) return;
    if (!isJsonObject(properties)) return;
    // The first character of a keyed hash: of three different ones there are three different people.
    const mark = origin.hash.charAt(0);
    walkProperties(properties, (path, of, value) => this.#learnProperty(name, path, of, value, day, mark));
  }

  /** @returns false where the event is not to be learnt */
  #learnName(event: string, source: string, day: number): boolean {
    const known = this.#known.sourceOf(event, source);
    if (covers(known, day)) return true;
    const noted = this.news.sourceOf(event, source) ?? known;
    if (covers(noted, day)) return true;
    const isNew = !this.#known.has(event) && !this.news.has(event);
    if (isNew && (this.#known.eventCount + this.#newEvents >= MOST_EVENTS || !isPlain(event))) return false;
    if (!this.#hasRoomFor(this.news.sourceOf(event, source))) return !isNew;
    if (isNew) this.#newEvents++;
    this.news.put([{ event, source, ...widened(noted, day) }], []);
    return true;
  }

  #learnProperty(event: string, path: string, type: PropertyType, value: Json, day: number, mark: string): void {
    const known = this.#known.propertyOf(event, path, type);
    if (covers(known, day) && isSettled(known.values, value)) return;
    const noted = this.news.propertyOf(event, path, type) ?? known;
    if (noted === undefined && !this.#hasRoomIn(event, path)) return;
    const before = noted?.values ?? firstValues(event, path, type);
    const hashOf = (of: Scalar): string => this.#hashOf(event, path, of);
    const values = isScalar(value) ? seeValue(before, value, mark, hashOf) : before;
    if (covers(noted, day) && values === noted.values) return;
    if (!this.#hasRoomFor(this.news.propertyOf(event, path, type))) return;
    if (noted === undefined) {
      this.#newProperties++;
      this.#newOf.set(event, (this.#newOf.get(event) ?? 0) + 1);
    }
    this.news.put([], [{ event, path, type, ...widened(noted, day), values }]);
  }

  /** Whether the event may have a property more. */
  #hasRoomIn(event: string, path: string): boolean {
    return (
      this.#known.countOf(event) + (this.#newOf.get(event) ?? 0) < MOST_PROPERTIES &&
      this.#known.propertyCount + this.#newProperties < MOST_IN_ALL &&
      isPlain(path)
    );
  }

  /** Whether this batch may make another note; one that it has made may always change. */
  #hasRoomFor(noted: Span | undefined): boolean {
    return noted !== undefined || this.news.size < MOST_NEWS;
  }
}

function covers<S extends Span>(span: S | undefined, day: number): span is S {
  return span !== undefined && span.firstDay <= day && day <= span.lastDay;
}

function widened(span: Span | undefined, day: number): Span {
  return { firstDay: Math.min(span?.firstDay ?? day, day), lastDay: Math.max(span?.lastDay ?? day, day) };
}

function firstValues(event: string, path: string, type: PropertyType): ValueNotes {
  if (type === "boolean") return NO_VALUES;
  return (type === "text" || type === "number") && mayShowValues(event, path) ? NO_VALUES : HIDDEN_VALUES;
}

function isScalar(value: Json): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** A name or path that can be stored and shown as it is: not too long, no control character, no half of a character. */
function isPlain(text: string): boolean {
  return text !== "" && text.length <= LONGEST_NAME && !/[\p{Cc}\p{Cs}]/u.test(text);
}

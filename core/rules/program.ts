import { isAnyCall, type LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { isSessionEvent } from "../model/sessions.ts";
import { COMPUTED } from "../model/event.ts";
import type { FlatEventCondition, FlatSequence, Selection } from "./artifact.ts";
import type { Filter, TraitCondition } from "./ast.ts";
import { compileTest, type NextChange } from "./checks.ts";
import { allOf, anyOf, not } from "./combine.ts";
import type { EventProgram } from "./event-window.ts";
import { nextOfTest } from "./next-change.ts";
import { readPath } from "./path.ts";
import type { SequenceProgram } from "./sequence-walk.ts";
import { spanOf, type SpanSettings } from "./spans.ts";
import { tallyOf, type TallySettings } from "./tally-of.ts";
import { TRUE, triOf, type Tri } from "./truth.ts";

/** Closures for the parts of an artifact. They are built when first asked for: most profiles ask for few. */

/** A condition on a trait, made ready. */
export interface TraitProgram {
  readonly kind: "trait";
  /** Top-level key that an `identify` sets, or the name of a computed trait. */
  readonly key: string;
  readonly isComputed: boolean;
  /** Asks the value of that key at an instant; undefined and null are none. */
  check(value: Json | undefined, now: number): Tri;
  /** When time alone changes the answer, the value of that key staying as it is; undefined where it never does. */
  readonly next: NextChange | undefined;
}

/** @param zone the workspace's, in which dates alone begin */
export function compileTrait({ path, test }: TraitCondition, zone: string): TraitProgram {
  const check = compileTest(test, zone);
  const next = nextOfTest(test, zone);
  const isComputed = path[0] === COMPUTED;
  const inside = isComputed ? 2 : 1;
  const key = path[inside - 1] ?? "";
  if (path.length === inside) return { kind: "trait", key, isComputed, check, next };
  return {
    kind: "trait",
    key,
    isComputed,
    check: (value, now) => check(readPath(value, path, inside), now),
    next: next && ((value, now) => next(readPath(value, path, inside), now)),
  };
}

export function compileSequence({ steps, window, without, sameSession }: FlatSequence, settings: SpanSettings): SequenceProgram {
  return { kind: "sequence", steps, span: spanOf(window, settings), without, sameSession };
}

export function compileEvent(
  { selection, window, aggregate }: FlatEventCondition,
  settings: SpanSettings & TallySettings,
): EventProgram {
  return { kind: "event", selection, span: spanOf(window, settings), tally: tallyOf(aggregate, settings) };
}

/** Whether an event is selected: of a name, and its filter true. */
export type Selects = (event: LogEvent) => boolean;

/** @returns undefined where the name alone decides */
export function compileSelection({ names, where, ofSessions }: Selection, zone: string): Selects | undefined {
  if (ofSessions) {
    const selects = compileSelection({ names, ...(where && { where }) }, zone);
    return (event) => isSessionEvent(event) && (selects?.(event) ?? true);
  }
  const filter = where && compileFilter(where, zone);
  if (names === "*") return filter ? (event) => isAnyCall(event) && filter(event) === TRUE : isAnyCall;
  return filter && ((event) => filter(event) === TRUE);
}

/** Its time operators count from the event's own time, so what it says of an event never changes. */
function compileFilter(filter: Filter, zone: string): (event: LogEvent) => Tri {
  switch (filter.kind) {
    case "all":
      return allOf(filter.of.map((part) => compileFilter(part, zone)));
    case "any":
      return anyOf(filter.of.map((part) => compileFilter(part, zone)));
    case "none":
      return not(anyOf(filter.of.map((part) => compileFilter(part, zone))));
    case "not":
      return not(compileFilter(filter.part, zone));
    case "property": {
      const { path } = filter;
      const check = compileTest(filter.test, zone);
      return (event) => check(readPath(event.properties, path), event.time);
    }
    case "source":
    case "party":
    case "channel": {
      const { kind, is } = filter;
      return (event) => triOf(event[kind] === is);
    }
  }
}

import { isAnyCall, type LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { isSessionEvent } from "../model/sessions.ts";
import type { FlatEventCondition, FlatLogic, Selection } from "./artifact.ts";
import type { Filter, TraitCondition } from "./ast.ts";
import { compileTest } from "./checks.ts";
import type { EventProgram } from "./event-window.ts";
import { readPath } from "./path.ts";
import { spanOf, type SpanSettings } from "./spans.ts";
import { tallyOf } from "./tally-of.ts";
import { FALSE, negated, TRUE, triOf, UNKNOWN, type Tri } from "./truth.ts";

/** Closures for the parts of an artifact. They are built when first asked for: most profiles ask for few. */

/** A condition on a trait, made ready. */
export interface TraitProgram {
  readonly kind: "trait";
  /** Top-level key that an `identify` sets. */
  readonly key: string;
  /** Asks the value of that key; undefined and null are none. */
  check(value: Json | undefined): Tri;
}

export function compileTrait({ path, test }: TraitCondition): TraitProgram {
  const check = compileTest(test);
  const key = path[0] ?? "";
  return { kind: "trait", key, check: path.length === 1 ? check : (value) => check(readPath(value, path, 1)) };
}

export function compileEvent({ selection, window, aggregate }: FlatEventCondition, settings: SpanSettings): EventProgram {
  return { kind: "event", selection, span: spanOf(window, settings), tally: tallyOf(aggregate, settings.daysIn) };
}

/** Whether an event is selected: of a name, and its filter true. */
export type Selects = (event: LogEvent) => boolean;

/** @returns undefined where the name alone decides */
export function compileSelection({ names, where, ofSessions }: Selection): Selects | undefined {
  if (ofSessions) {
    const selects = compileSelection({ names, ...(where && { where }) });
    return (event) => isSessionEvent(event) && (selects?.(event) ?? true);
  }
  const filter = where && compileFilter(where);
  if (names === "*") return filter ? (event) => isAnyCall(event) && filter(event) === TRUE : isAnyCall;
  return filter && ((event) => filter(event) === TRUE);
}

function compileFilter(filter: Filter): (event: LogEvent) => Tri {
  switch (filter.kind) {
    case "all":
      return allOf(filter.of.map(compileFilter));
    case "any":
      return anyOf(filter.of.map(compileFilter));
    case "none":
      return not(anyOf(filter.of.map(compileFilter)));
    case "not":
      return not(compileFilter(filter.part));
    case "property": {
      const { path } = filter;
      const check = compileTest(filter.test);
      return (event) => check(readPath(event.properties, path));
    }
    case "source":
    case "party":
    case "channel": {
      const { kind, is } = filter;
      return (event) => triOf(event[kind] === is);
    }
  }
}

/** The logic of an audience over the values of all conditions. */
export type Logic = (values: Int8Array) => Tri;

export function compileLogic(logic: FlatLogic): Logic {
  if (typeof logic === "number") return (values) => triAt(values, logic);
  switch (logic.kind) {
    case "all":
      return allOf(logic.of.map(compileLogic));
    case "any":
      return anyOf(logic.of.map(compileLogic));
    case "none":
      return not(anyOf(logic.of.map(compileLogic)));
    case "not":
      return not(compileLogic(logic.part));
    case "atLeast":
      return atLeast(logic.least, logic.of.map(compileLogic));
    case "everyone":
      return () => TRUE;
  }
}

/** A value of a condition as it is stored: one signed byte. */
export function triAt(values: Int8Array, index: number): Tri {
  const value = values[index];
  return value === TRUE ? TRUE : value === FALSE ? FALSE : UNKNOWN;
}

type Ask<Of> = (of: Of) => Tri;

function allOf<Of>(parts: readonly Ask<Of>[]): Ask<Of> {
  return (of) => {
    let all: Tri = TRUE;
    for (const part of parts) {
      const value = part(of);
      if (value === FALSE) return FALSE;
      if (value === UNKNOWN) all = UNKNOWN;
    }
    return all;
  };
}

function anyOf<Of>(parts: readonly Ask<Of>[]): Ask<Of> {
  return (of) => {
    let any: Tri = FALSE;
    for (const part of parts) {
      const value = part(of);
      if (value === TRUE) return TRUE;
      if (value === UNKNOWN) any = UNKNOWN;
    }
    return any;
  };
}

function not<Of>(part: Ask<Of>): Ask<Of> {
  return (of) => negated(part(of));
}

function atLeast<Of>(least: number, parts: readonly Ask<Of>[]): Ask<Of> {
  return (of) => {
    let trues = 0;
    let unknowns = 0;
    for (const part of parts) {
      const value = part(of);
      if (value === TRUE) trues += 1;
      else if (value === UNKNOWN) unknowns += 1;
    }
    if (trues >= least) return TRUE;
    return trues + unknowns < least ? FALSE : UNKNOWN;
  };
}

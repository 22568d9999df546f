import { isJsonObject } from "../model/json.ts";
import type { EventMatch, SequenceCondition, SequenceStep } from "./ast.ts";
import { readMatch, readWhere } from "./event-syntax.ts";
import { childPointer, type Reading } from "./faults.ts";
import { refuseOtherKeys } from "./group-syntax.ts";
import { readRetainedSpan, readWindow } from "./window-syntax.ts";

type Written = Readonly<Record<string, unknown>>;

const FEWEST_STEPS = 2;
const MOST_STEPS = 10;

/** Reads a sequence (rules.md, "Sequence"). */
export function readSequence(reading: Reading, written: Written, pointer: string, depth: number): SequenceCondition | undefined {
  const faultsBefore = reading.faults.length;
  refuseOtherKeys(reading, written, pointer, ["sequence", "within", "without", "sameSession"]);
  const steps = readSteps(reading, written["sequence"], childPointer(pointer, "sequence"), depth);
  const window = Object.hasOwn(written, "within")
    ? readWindow(reading, written["within"], childPointer(pointer, "within"))
    : ({ kind: "retained" } as const);
  const without = Object.hasOwn(written, "without")
    ? readEventsAt(reading, written["without"], childPointer(pointer, "without"), depth)
    : undefined;
  const { sameSession = false } = written;
  if (typeof sameSession !== "boolean")
    return reading.fault(childPointer(pointer, "sameSession"), "wrong_type", `"sameSession" is true or false.`);
  if (reading.faults.length > faultsBefore || !steps || !window) return undefined;
  return { kind: "sequence", steps, window, ...(without && { without }), sameSession };
}

function readSteps(reading: Reading, written: unknown, pointer: string, depth: number): readonly SequenceStep[] | undefined {
  if (!Array.isArray(written))
    return reading.fault(pointer, "wrong_type", `A sequence is a list of steps, as [{"event":"Viewed"},{"event":"Bought"}].`);
  const list: readonly unknown[] = written;
  if (list.length < FEWEST_STEPS || list.length > MOST_STEPS)
    reading.fault(pointer, "bad_sequence", `A sequence has ${FEWEST_STEPS} to ${MOST_STEPS} steps.`);
  if (list.length > MOST_STEPS) return undefined;
  const steps = list.map((step, index) => readStep(reading, step, childPointer(pointer, index), depth, index === 0));
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

function readStep(
  reading: Reading,
  written: unknown,
  pointer: string,
  depth: number,
  isFirst: boolean,
): SequenceStep | undefined {
  if (!isJsonObject(written)) return refuseEvents(reading, pointer);
  const { within, ...match } = written;
  const place = childPointer(pointer, "within");
  const events = readEventsAt(reading, match, pointer, depth);
  if (within === undefined) return events;
  if (isFirst) return reading.fault(place, "bad_sequence", "The first step has none before it to be within some time of.");
  if (typeof within !== "string") return reading.fault(place, "wrong_type", `A span is a text, as "1h".`);
  const withinMs = readRetainedSpan(reading, within, place);
  return events && withinMs !== undefined ? { ...events, withinMs } : undefined;
}

/** Events of a step or of `without`, which count as a condition each. */
function readEventsAt(reading: Reading, written: unknown, pointer: string, depth: number): EventMatch | undefined {
  if (!isJsonObject(written)) return refuseEvents(reading, pointer);
  if (!reading.enter(pointer, depth + 1)) return undefined;
  refuseOtherKeys(reading, written, pointer, ["event", "where"]);
  if (!Object.hasOwn(written, "event")) {
    reading.fault(pointer, "missing_key", `Say which event, as "event".`);
    readWhere(reading, written, pointer, depth + 1);
    return undefined;
  }
  return readMatch(reading, written, pointer, depth + 1);
}

function refuseEvents(reading: Reading, pointer: string): undefined {
  return reading.fault(pointer, "wrong_type", `Say which event, as {"event":"Product Viewed"}.`);
}

import type { AtLeast, Group, Negation, Rule } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";

type Written = Readonly<Record<string, unknown>>;
type ReadPart<Part> = (reading: Reading, written: unknown, pointer: string, depth: number) => Part | undefined;

/** Names every key that does not belong to a condition of this kind. */
export function refuseOtherKeys(reading: Reading, written: Written, pointer: string, known: readonly string[]): void {
  for (const key of Object.keys(written)) {
    if (!known.includes(key))
      reading.fault(childPointer(pointer, key), "unknown_key", `“${key}” does not belong beside “${known[0]}”.`);
  }
}

/** Reads `all`, `any` or `none`, over rules or over filters. */
export function readGroup<Part>(
  reading: Reading,
  written: Written,
  pointer: string,
  depth: number,
  kind: Group<Part>["kind"],
  readPart: ReadPart<Part>,
): Group<Part> | undefined {
  refuseOtherKeys(reading, written, pointer, [kind]);
  const of = readParts(reading, written[kind], childPointer(pointer, kind), depth, readPart);
  return of && { kind, of };
}

export function readNegation<Part>(
  reading: Reading,
  written: Written,
  pointer: string,
  depth: number,
  readPart: ReadPart<Part>,
): Negation<Part> | undefined {
  refuseOtherKeys(reading, written, pointer, ["not"]);
  const part = readPart(reading, written["not"], childPointer(pointer, "not"), depth + 1);
  return part && { kind: "not", part };
}

export function readAtLeast(
  reading: Reading,
  written: Written,
  pointer: string,
  depth: number,
  readPart: ReadPart<Rule>,
): AtLeast | undefined {
  refuseOtherKeys(reading, written, pointer, ["atLeast", "of"]);
  const place = childPointer(pointer, "atLeast");
  if (!Object.hasOwn(written, "of")) return reading.fault(pointer, "missing_key", `Give the conditions to count, as "of".`);
  const list = written["of"];
  const of = readParts(reading, list, childPointer(pointer, "of"), depth, readPart);
  const least = written["atLeast"];
  if (typeof least !== "number") return reading.fault(place, "wrong_type", "Give a whole number of conditions.");
  const size = Array.isArray(list) ? list.length : 0;
  if (size > 0 && !(Number.isInteger(least) && least >= 1 && least <= size)) {
    return reading.fault(place, "bad_range", `Give a whole number from 1 to ${size}, which is how many conditions there are.`);
  }
  return of && { kind: "atLeast", least, of };
}

function readParts<Part>(
  reading: Reading,
  written: unknown,
  pointer: string,
  depth: number,
  readPart: ReadPart<Part>,
): readonly Part[] | undefined {
  if (!Array.isArray(written)) return reading.fault(pointer, "wrong_type", "A group is a list of conditions.");
  const list: readonly unknown[] = written;
  if (list.length === 0) return reading.fault(pointer, "empty_group", "A group needs at least one condition.");
  const parts: Part[] = [];
  for (const [index, item] of list.entries()) {
    const part = readPart(reading, item, childPointer(pointer, index), depth + 1);
    if (part !== undefined) parts.push(part);
    if (reading.exhausted) return undefined;
  }
  return parts.length === list.length ? parts : undefined;
}

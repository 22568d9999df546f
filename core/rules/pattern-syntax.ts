import type { Reading } from "./faults.ts";
import { parseGlob } from "./glob.ts";
import { readText } from "./operand-syntax.ts";
import { compilePattern, LONGEST_PATTERN } from "./pattern.ts";

/** Reads the pattern of `glob`. */
export function readGlob(reading: Reading, operand: unknown, pointer: string): string | undefined {
  const pattern = readShort(reading, operand, pointer);
  if (pattern === undefined || parseGlob(pattern, false)) return pattern;
  return reading.fault(pointer, "bad_pattern", "The pattern ends in a lone \\: write \\\\ for a backslash of the text.");
}

/** Reads the pattern of `matches`. */
export function readPattern(reading: Reading, operand: unknown, pointer: string, ignoreCase: boolean): string | undefined {
  const pattern = readShort(reading, operand, pointer);
  if (pattern === undefined || compilePattern(pattern, ignoreCase)) return pattern;
  return reading.fault(
    pointer,
    "bad_pattern",
    "This is no pattern of the RE2 syntax, or it repeats too much. Look-arounds and back-references are not in it.",
  );
}

function readShort(reading: Reading, operand: unknown, pointer: string): string | undefined {
  const pattern = readText(reading, operand, pointer);
  if (pattern === undefined || pattern.length <= LONGEST_PATTERN) return pattern;
  return reading.fault(pointer, "bad_pattern", "A pattern can be 1,000 characters long at most.");
}

import { parseInstant } from "../model/instant.ts";
import type { Json } from "../model/json.ts";
import { Anniversaries } from "./anniversary.ts";
import type { ValueTest } from "./ast.ts";
import type { Check, NextChange } from "./checks.ts";
import { UNKNOWN, triOf } from "./truth.ts";

/** The operators that compare an instant: with a fixed one, or with the instant they are asked at. */
export type MomentTest = ValueTest<"before" | "after" | "withinLast" | "olderThan" | "withinNext" | "anniversary">;

/** @param zone in which a date alone begins */
export function checkMoment(test: MomentTest, zone: string): Check {
  switch (test.op) {
    case "before":
      return ofInstant(zone, (value) => value < test.operand.ms);
    case "after":
      return ofInstant(zone, (value) => value >= test.operand.ms);
    case "withinLast":
      return ofInstant(zone, (value, now) => now - test.operand < value && value <= now);
    case "olderThan":
      return ofInstant(zone, (value, now) => value <= now - test.operand);
    case "withinNext":
      return ofInstant(zone, (value, now) => now < value && value <= now + test.operand);
    case "anniversary": {
      const { withinNext } = test.operand;
      return ofInstant(zone, (value, now) => new Anniversaries(value, zone).after(now) <= now + withinNext);
    }
  }
}

/** When a value that stays as it is comes to be answered otherwise; undefined for what does not change with time. */
export function nextOfMoment(test: MomentTest, zone: string): NextChange | undefined {
  switch (test.op) {
    case "before":
    case "after":
      return undefined;
    case "withinLast":
      return later(zone, (value, now) => (now < value ? value : value + test.operand));
    case "olderThan":
      return later(zone, (value) => value + test.operand);
    case "withinNext":
      return later(zone, (value, now) => (now < value - test.operand ? value - test.operand : value));
    case "anniversary": {
      const { withinNext } = test.operand;
      return later(zone, (value, now) => new Anniversaries(value, zone).nextChange(now, withinNext));
    }
  }
}

function ofInstant(zone: string, holds: (value: number, now: number) => boolean): Check {
  return (value, now) => {
    const instant = instantOf(value, zone);
    return instant === undefined ? UNKNOWN : triOf(holds(instant, now));
  };
}

/** Infinity where the only change left is in the past, or there is no instant. */
function later(zone: string, change: (value: number, now: number) => number): NextChange {
  return (value, now) => {
    const instant = instantOf(value, zone);
    const at = instant === undefined ? Infinity : change(instant, now);
    return at > now ? at : Infinity;
  };
}

function instantOf(value: Json | undefined, zone: string): number | undefined {
  return typeof value === "string" ? parseInstant(value, zone) : undefined;
}

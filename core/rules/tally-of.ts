import type { LocalDays } from "../model/local-calendar.ts";
import type { Aggregate } from "./ast.ts";
import { Bounds } from "./bounds.ts";
import { ofMissing } from "./checks.ts";
import { AverageTally, DatesTally, DistinctTally, GreatestTally } from "./number-tallies.ts";
import { CountTally, SumTally, type Tally } from "./tally.ts";
import { UNKNOWN, type Tri } from "./truth.ts";
import { ValueTally } from "./value-tally.ts";

/** What aggregates need to know of their workspace. */
export interface TallySettings {
  readonly zone: string;
  /** The dates of a time zone. */
  readonly daysIn: (zone: string) => LocalDays;
}

/** The tally of each aggregate: one case each (rules.md, "Events"). */
export function tallyOf(aggregate: Aggregate, { zone, daysIn }: TallySettings): Tally {
  switch (aggregate.kind) {
    case "count":
      return new CountTally(aggregate.compare);
    case "sum":
      return new SumTally(aggregate.of, aggregate.compare);
    case "days":
      return new DatesTally(daysIn(aggregate.zone), aggregate.zone, aggregate.compare);
    case "avg":
      return new AverageTally(aggregate.of, aggregate.compare);
    case "min":
    case "max":
      return new GreatestTally(aggregate.kind, aggregate.of, aggregate.compare);
    case "distinct":
      return new DistinctTally(aggregate.of, aggregate.compare);
    case "first":
    case "last":
      return new ValueTally(aggregate.kind, aggregate.of, aggregate.test, zone);
  }
}

/** What a condition says of no events at all: some aggregates are 0 of them, the others unknown (rules.md, "Logic"). */
export function answerOfNothing(aggregate: Aggregate): Tri {
  switch (aggregate.kind) {
    case "count":
    case "sum":
    case "days":
    case "distinct": {
      const bounds = new Bounds(aggregate.compare);
      return bounds.answer(bounds.region(0));
    }
    case "avg":
    case "min":
    case "max":
      return UNKNOWN;
    case "first":
    case "last":
      return ofMissing(aggregate.test);
  }
}

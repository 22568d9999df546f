import type { Compare } from "./ast.ts";
import { fractionDigits, scaled, type Scaled } from "./decimal.ts";
import { triOf, type Tri } from "./truth.ts";

/**
 * COMPARE, made ready to be asked often. The numbers it names cut the line into regions, numbered upwards: below the
 * first (0), at it (1), between it and the second (2) and so on. Within a region the answer is one. So an aggregate that
 * only falls changes its answer only where its region falls, which a binary search finds.
 */
export class Bounds {
  readonly #points: readonly number[];
  readonly #answers: readonly Tri[];
  /** Digits after the point of the finest number named. */
  readonly digits: number;
  #scaledBy = 0;
  #scaledPoints: readonly Scaled[];

  constructor(compare: Compare) {
    const { between, ...single } = compare;
    this.#points = [...new Set([...Object.values(single), ...(between ?? [])])].toSorted((a, b) => a - b);
    this.#scaledPoints = this.#points;
    this.digits = Math.max(0, ...this.#points.map(fractionDigits));
    this.#answers = Array.from({ length: this.#points.length * 2 + 1 }, (_, region) =>
      triOf(holds(compare, region, (bound) => this.#points.indexOf(bound) * 2 + 1)),
    );
  }

  /** The region of a plain number. */
  region(value: number): number {
    return regionAmong(this.#points, value);
  }

  /**
   * The region of a scaled number.
   * @param digits what it is scaled by, no less than those of these bounds
   */
  scaledRegion(value: Scaled, digits: number): number {
    this.#scale(digits);
    return regionAmong(this.#scaledPoints, value);
  }

  #scale(digits: number): void {
    if (digits === this.#scaledBy) return;
    this.#scaledBy = digits;
    this.#scaledPoints = this.#points.map((point) => scaled(point, digits));
  }

  /**
   * The region of an average, without dividing: of the number that `count` of make up a sum.
   * @param sum scaled by `digits`, which are no less than those of these bounds
   */
  averageRegion(sum: Scaled, digits: number, count: number): number {
    this.#scale(digits);
    return regionAmong(this.#scaledPoints, sum, count);
  }

  /** The highest number a region can have. */
  get highest(): number {
    return this.#answers.length - 1;
  }

  answer(region: number): Tri {
    return this.#answers[region] ?? triOf(false);
  }
}

/** @param times what each point is multiplied by */
function regionAmong(points: readonly Scaled[], value: Scaled, times = 1): number {
  let region = 0;
  for (const single of points) {
    const point = times === 1 ? single : product(single, times);
    if (value < point) return region;
    region += value > point ? 2 : 1;
    if (region % 2 === 1) return region;
  }
  return region;
}

function product(value: Scaled, times: number): Scaled {
  if (typeof value === "number" && Number.isSafeInteger(value * times)) return value * times;
  return BigInt(value) * BigInt(times);
}

/** Whether all bounds hold of a region, each bound standing for the region it is. */
function holds(compare: Compare, region: number, at: (bound: number) => number): boolean {
  const { eq, ne, lt, lte, gt, gte, between } = compare;
  return (
    (eq === undefined || region === at(eq)) &&
    (ne === undefined || region !== at(ne)) &&
    (lt === undefined || region < at(lt)) &&
    (lte === undefined || region <= at(lte)) &&
    (gt === undefined || region > at(gt)) &&
    (gte === undefined || region >= at(gte)) &&
    (between === undefined || (at(between[0]) <= region && region <= at(between[1])))
  );
}

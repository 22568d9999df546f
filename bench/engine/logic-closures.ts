import type { Json } from "../../core/model/json.ts";
import type { Logic, Test, TestOfValue } from "./rules.ts";

/** The part of the closures that conditions on traits and filters of events share. */
export type Ask<Subject> = (subject: Subject, now: number) => boolean;

/**
 * Whether logic is surely true or, where false is wanted, surely false: with that, "unknown" needs no value of its own,
 * and a negation costs nothing.
 */
export function logicClosure<Condition extends object, Subject>(
  logic: Logic<Condition>,
  wanted: boolean,
  leaf: (condition: Condition, wanted: boolean) => Ask<Subject>,
): Ask<Subject> {
  if ("not" in logic) return logicClosure(logic.not, !wanted, leaf);
  if ("all" in logic) return joinedClosure(logic.all.map((part) => logicClosure(part, wanted, leaf)), wanted); // prettier-ignore
  if ("any" in logic) return joinedClosure(logic.any.map((part) => logicClosure(part, wanted, leaf)), !wanted); // prettier-ignore
  return leaf(logic, wanted);
}

/** The usual sizes without a loop, as one would write them who measures. */
function joinedClosure<Subject>(closures: readonly Ask<Subject>[], every: boolean): Ask<Subject> {
  const [first, second, third] = closures;
  if (closures.length === 2 && first && second) {
    return every
      ? (subject, now) => first(subject, now) && second(subject, now)
      : (subject, now) => first(subject, now) || second(subject, now);
  }
  if (closures.length === 3 && first && second && third) {
    return every
      ? (subject, now) => first(subject, now) && second(subject, now) && third(subject, now)
      : (subject, now) => first(subject, now) || second(subject, now) || third(subject, now);
  }
  return (subject, now) => {
    for (const closure of closures) if (closure(subject, now) !== every) return !every;
    return every;
  };
}

/** A person or an event. */
export interface Fields {
  /** Of a person the traits. */
  readonly properties: Readonly<Record<string, Json>>;
}

/** Whether a test of one of the properties is surely true or surely false. */
export function testClosure(name: string, test: Test, wanted: boolean): Ask<Fields> {
  if ("exists" in test) return existsClosure(name, test.exists === wanted);
  return wanted ? trueClosure(name, test) : falseClosure(name, test);
}

function existsClosure(name: string, present: boolean): Ask<Fields> {
  return ({ properties }) => isPresent(properties[name]) === present;
}

function trueClosure(name: string, test: TestOfValue): Ask<Fields> {
  if ("eq" in test) {
    const { eq } = test;
    return ({ properties }) => properties[name] === eq;
  }
  if ("in" in test) {
    const list: readonly (Json | undefined)[] = test.in; // short lists, which a search beats a set in
    return ({ properties }) => list.includes(properties[name]);
  }
  if ("gte" in test) {
    const { gte } = test;
    return ({ properties }) => {
      const value = properties[name];
      return typeof value === "number" && value >= gte;
    };
  }
  if ("between" in test) {
    const [low, high] = test.between;
    return ({ properties }) => {
      const value = properties[name];
      return typeof value === "number" && low <= value && value <= high;
    };
  }
  const { contains } = test;
  return ({ properties }) => {
    const value = properties[name];
    return typeof value === "string" && value.includes(contains);
  };
}

/** What is missing or of another type is not surely false. */
function falseClosure(name: string, test: TestOfValue): Ask<Fields> {
  if ("gte" in test) {
    const { gte } = test;
    return ({ properties }) => {
      const value = properties[name];
      return typeof value === "number" && value < gte;
    };
  }
  const holds = trueClosure(name, test);
  if ("between" in test) return (fields, now) => typeof fields.properties[name] === "number" && !holds(fields, now);
  if ("contains" in test) return (fields, now) => typeof fields.properties[name] === "string" && !holds(fields, now);
  return (fields, now) => isPresent(fields.properties[name]) && !holds(fields, now);
}

function isPresent(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

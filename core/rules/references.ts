import type { AudienceReference, FaultCode } from "./faults.ts";
import { NO_RANK, ranksOf } from "./ranks.ts";

/** An audience with the places at which its rule names others. */
export interface Referring {
  readonly key: string;
  readonly references: readonly AudienceReference[];
}

export interface ReferenceFault {
  /** Key of the audience whose rule is at fault. */
  readonly audience: string;
  readonly pointer: string;
  readonly code: FaultCode;
  readonly message: string;
}

/** Audiences in a row, each named by the next: as many as conditions may be nested. */
export const LONGEST_CHAIN = 16;

/** What is wrong with how audiences name each other: one that is not there, a circle, a chain that is too long. */
export function checkReferences(audiences: readonly Referring[]): readonly ReferenceFault[] {
  const indexOf = new Map(audiences.map(({ key }, index) => [key, index]));
  const named = audiences.map(({ references }) => references.map(({ key }) => indexOf.get(key) ?? NOT_THERE));
  const there = named.map((indexes) => indexes.filter((index) => index !== NOT_THERE));
  const ranks = ranksOf(audiences.length, (vertex) => there[vertex] ?? []);
  const circles = circlesAmong(there, ranks);

  return audiences.flatMap(({ key, references }, index) =>
    references.flatMap((reference, place): ReferenceFault[] => {
      const other = named[index]?.[place] ?? NOT_THERE;
      const fault = (code: FaultCode, message: string): ReferenceFault[] => [
        { audience: key, pointer: reference.pointer, code, message },
      ];
      if (other === NOT_THERE) return fault("unknown_audience", `There is no audience “${reference.key}”.`);
      if (circles[index] !== NO_CIRCLE && circles[index] === circles[other])
        return fault("cycle", `“${key}” and “${reference.key}” lead back to each other: none can be found out first.`);
      if ((ranks[index] ?? 0) >= LONGEST_CHAIN && ranks[other] === (ranks[index] ?? 0) - 1)
        return fault("too_deep", `Audiences can name each other ${LONGEST_CHAIN} deep at most.`);
      return [];
    }),
  );
}

const NOT_THERE = -1;
const NO_CIRCLE = -1;

/** By vertex, the circle it lies in, told by one of its vertices: all of a circle lead to each other. */
function circlesAmong(names: readonly (readonly number[])[], ranks: Int32Array): Int32Array {
  const namedBy: number[][] = names.map(() => []);
  for (const [vertex, named] of names.entries()) for (const other of named) namedBy[other]?.push(vertex);
  const circles = new Int32Array(names.length).fill(NO_CIRCLE);
  for (const vertex of names.keys()) {
    if (ranks[vertex] !== NO_RANK || circles[vertex] !== NO_CIRCLE) continue;
    const before = reachable(vertex, namedBy);
    const after = reachable(vertex, names);
    for (const other of after) if (before.has(other)) circles[other] = vertex;
  }
  return circles;
}

/** What a vertex leads to in one step or more; itself only by a circle. */
function reachable(vertex: number, names: readonly (readonly number[])[]): ReadonlySet<number> {
  const reached = new Set<number>();
  const open = [...(names[vertex] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(names[next] ?? []));
  }
  return reached;
}

/** Audiences to decide by: so many of them hold everybody, whatever the number of all. */
export const MATCHING = 10;

/** Traits a person of the benchmark has, and names of events that happen: as many as budgets.md says for the engine. */
export const TRAITS = 40;
export const EVENTS = 30;

export interface BenchAudience {
  readonly key: string;
  readonly name: string;
  readonly rule: object;
}

export function benchAudiences(count: number): BenchAudience[] {
  return Array.from({ length: count }, (_, at) => {
    const rule = at < MATCHING ? matchingRule(at) : otherRule(at);
    return { key: `bench-${String(at).padStart(5, "0")}`, name: `Benchmark ${at}`, rule };
  });
}

export function eventName(at: number): string {
  return `Event ${String(at % EVENTS).padStart(2, "0")}`;
}

export function traitName(at: number): string {
  return `trait${String(at % TRAITS).padStart(2, "0")}`;
}

/** True of everybody who has the traits and events of `people.ts`. */
function matchingRule(at: number): object {
  const rules = [
    { trait: traitName(at), eq: "gold" },
    { trait: traitName(at), in: ["silver", "gold"] },
    { trait: traitName(at), exists: true },
    { trait: traitName(at), contains: "ol" },
    { event: "*", count: { gte: 10 } },
    { event: eventName(at), within: "400d" },
    { event: "*", where: { property: "value", gte: 1 }, count: { gte: 2 } },
    { event: "*", sum: { of: "value", gte: 1 } },
    {
      all: [
        { trait: traitName(at), eq: "gold" },
        { event: "*", within: "300d" },
      ],
    },
    {
      any: [
        { trait: traitName(at), eq: "none" },
        { event: "*", within: { after: "2020-01-01" } },
      ],
    },
  ];
  return rules[at] ?? { everyone: true };
}

/** True of nobody, each in its own way: plain traits, counts, filters, windows, sums, groups. */
function otherRule(at: number): object {
  const event = eventName(at);
  const trait = traitName(at);
  switch (at % 6) {
    case 0:
      return { trait, eq: `value ${at}` };
    case 1:
      return { trait, in: [`one ${at}`, `two ${at}`, `three ${at}`] };
    case 2:
      return { event, count: { gte: 100_000 + at } };
    case 3:
      return { event, where: { property: "category", eq: `category ${at}` }, within: "30d" };
    case 4:
      return { event, within: `${30 + (at % 60)}d`, sum: { of: "value", gte: 1_000_000 + at } };
    default:
      return { all: [{ trait, eq: "gold" }, { not: { event, count: { lt: 200_000 + at } } }] };
  }
}

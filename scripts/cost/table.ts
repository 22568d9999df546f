/**
 * What Tideline costs per million, from counted operations (docs/cost-counts.json, which worker/cold/cost.test.ts keeps
 * true) and the platform's list prices.
 */

/** US dollars per million, list prices of November 2026, before what a plan includes. */
export const PRICES = {
  "Worker request": 0.3,
  "Worker CPU, ms": 0.02,
  "object request": 0.15,
  "object duration, GB-s": 12.5,
  "object row written": 1,
  "queue operation": 0.4,
  "D1 row written": 1,
  "D1 row read": 0.001,
  "R2 class A": 4.5,
  "R2 class B": 0.36,
} as const;

/** Operations of one event, decision or profile, as counted. */
export interface Counts {
  readonly objectCalls: number;
  readonly objectRows: number;
  /** Alarms set; each is a row. */
  readonly alarms: number;
  readonly alarmsGoneOff: number;
  readonly messages: number;
  readonly d1Written: number;
  readonly d1Read: number;
  readonly r2Puts: number;
  readonly r2Gets: number;
}

/** The two that the local runtime does not meter: assumed, not measured. */
export const CPU_MS_A_CALL = 0.5;
const OBJECT_SECONDS_A_CALL = 0.002;
const OBJECT_GB = 0.128;
/** A message is written, read and deleted. */
const OPERATIONS_A_MESSAGE = 3;
/** Messages of a batch that the consumer is called with. */
const BATCH = 50;

export const PARTS = ["Worker", "object", "rows", "alarms", "queue", "D1", "R2"] as const;
export type Costs = Readonly<Record<(typeof PARTS)[number] | "total", number>>;

/**
 * Dollars per million of whatever was counted.
 * @param requests of the Worker for one of them, the consumer's own left out
 */
export function costsOf(counts: Counts, requests: number): Costs {
  const calls = counts.objectCalls + counts.alarmsGoneOff;
  const consumer = counts.messages / BATCH;
  const invocations = requests + consumer;
  const costs = {
    Worker: invocations * PRICES["Worker request"] + invocations * CPU_MS_A_CALL * PRICES["Worker CPU, ms"],
    object: calls * (PRICES["object request"] + OBJECT_SECONDS_A_CALL * OBJECT_GB * PRICES["object duration, GB-s"]),
    rows: counts.objectRows * PRICES["object row written"],
    alarms: counts.alarms * PRICES["object row written"],
    queue: counts.messages * OPERATIONS_A_MESSAGE * PRICES["queue operation"],
    D1: counts.d1Written * PRICES["D1 row written"] + counts.d1Read * PRICES["D1 row read"],
    R2: counts.r2Puts * PRICES["R2 class A"] + counts.r2Gets * PRICES["R2 class B"],
  };
  return { ...costs, total: Object.values(costs).reduce((sum, one) => sum + one, 0) };
}

/** A row of the table: which counts, how many Worker requests each, and the bar of the budgets where there is one. */
interface Row {
  readonly what: string;
  readonly counts: string;
  readonly requests: number;
  readonly per: string;
  readonly bar?: number;
  /** How many of what was counted make one of `per`. */
  readonly times?: number;
}

const ROWS: readonly Row[] = [
  { what: "hot profile, one by one", counts: "hot, one by one", requests: 1, per: "events", bar: 2 },
  { what: "hot profile, in batches of 10", counts: "hot, in batches of 10", requests: 0.1, per: "events", bar: 0.4 },
  { what: "sparse profile, an event a minute", counts: "sparse, one a minute", requests: 1, per: "events" },
  { what: "new people, three events each", counts: "new people, 3 events each", requests: 1, per: "events" },
  { what: "the same, by person", counts: "new people, 3 events each", requests: 1, per: "people", times: 3 },
  { what: "decisions, one hop", counts: "decision, one hop", requests: 1, per: "decisions", bar: 0.5 },
  { what: "decisions, from a membership token", counts: "decision, from a token", requests: 1, per: "decisions", bar: 0.33 },
  { what: "a sweep that changes nothing", counts: "sweep, a profile", requests: 1 / 4_000, per: "profiles" },
];

/** The table of docs/cost.md. */
export function costTable(counted: Readonly<Record<string, Counts>>): string {
  const head = ["per million", ...PARTS, "all in", "bar"];
  const rows = ROWS.map(({ what, counts, requests, per, bar, times = 1 }) => {
    const found = counted[counts];
    if (found === undefined) throw new Error(`nothing was counted for ${counts}`);
    const costs = costsOf(found, requests);
    const parts = PARTS.map((part) => dollars(costs[part] * times));
    return [`${per}: ${what}`, ...parts, `**${dollars(costs.total * times)}**`, bar === undefined ? "" : `≤ ${dollars(bar)}`];
  });
  return [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

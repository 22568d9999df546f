import type { LogEvent } from "../model/event.ts";
import { isJsonObject, ownProperty, type Json } from "../model/json.ts";
import { countUntil } from "../model/log.ts";
import type { Finding } from "./event-window.ts";
import { triOf, UNKNOWN, type Tri } from "./truth.ts";

/** What facts taken in one after the other come to say. */
interface Standing {
  take(fact: LogEvent): void;
  readonly answer: Tri;
}

/** Whether any identifier of the profile is on a list. @param facts of that list, in log order */
export function findListed(facts: readonly LogEvent[], now: number, finding: Finding): void {
  const on = new Set<Json | undefined>();
  findStanding(facts, now, finding, {
    take: ({ properties }) => {
      if (properties["on"] === true) on.add(properties["identifier"]);
      else on.delete(properties["identifier"]);
    },
    get answer() {
      return triOf(on.size > 0);
    },
  });
}

/** What the household that the profile is in last answered to a question. @param facts in log order */
export function findAnswer(question: string, facts: readonly LogEvent[], now: number, finding: Finding): void {
  let household: Json | undefined;
  let answer: Tri = UNKNOWN;
  findStanding(facts, now, finding, {
    take: ({ properties }) => {
      if (properties["household"] !== household) answer = UNKNOWN; // what another household said is void
      household = properties["household"];
      const { answers } = properties;
      const told = isJsonObject(answers) ? ownProperty(answers, question) : undefined;
      if (told === true || told === false || told === "unknown") answer = told === "unknown" ? UNKNOWN : triOf(told);
    },
    get answer() {
      return household === undefined || household === null ? UNKNOWN : answer;
    },
  });
}

/** The answer at `now`, and the first later instant at which facts that are known already change it. */
function findStanding(facts: readonly LogEvent[], now: number, finding: Finding, standing: Standing): void {
  const to = countUntil(facts, now);
  finding.from = 0;
  finding.to = to;
  for (let at = 0; at < to; at++) takeAt(facts, at, standing);
  finding.value = standing.answer;
  finding.next = Infinity;
  for (let at = to; at < facts.length; at++) {
    takeAt(facts, at, standing);
    const { time = Infinity } = facts[at] ?? {};
    if (facts[at + 1]?.time === time) continue; // of those at one instant the last counts
    if (standing.answer === finding.value) continue;
    finding.next = time;
    return;
  }
}

function takeAt(facts: readonly LogEvent[], at: number, standing: Standing): void {
  const fact = facts[at];
  if (fact) standing.take(fact);
}

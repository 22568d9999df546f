/** A fault to plant in the engine: `find` stands once in the file, and is replaced. */
export interface Mutant {
  readonly file: string;
  readonly what: string;
  readonly find: string;
  readonly replace: string;
}

const mutant = (file: string, what: string, find: string, replace: string): Mutant => ({ file, what, find, replace });

/** Windows and when they change. */
const WINDOWS: readonly Mutant[] = [
  mutant(
    "core/rules/spans.ts",
    "an event enters a window a millisecond late",
    "return time + this.#toMs;",
    "return time + this.#toMs + 1;",
  ),
  mutant(
    "core/rules/spans.ts",
    "an event leaves a window a millisecond late",
    "return time + this.#fromMs;",
    "return time + this.#fromMs + 1;",
  ),
  mutant(
    "core/rules/spans.ts",
    "the older edge of a window is included",
    "return countUntil(events, now - this.#fromMs);",
    "return countBefore(events, now - this.#fromMs);",
  ),
  mutant(
    "core/rules/spans.ts",
    "the newer edge of a window is not included",
    "return countUntil(events, now - this.#toMs);",
    "return countBefore(events, now - this.#toMs);",
  ),
  mutant(
    "core/rules/spans.ts",
    "a window outlasts the retention",
    "new RollingSpan(Math.min(window.ms, retentionMs), 0)",
    "new RollingSpan(window.ms, 0)",
  ),
  mutant(
    "core/rules/spans.ts",
    "a calendar window is a unit too short",
    "number - this.#last + 1);",
    "number - this.#last + 2);",
  ),
  mutant(
    "core/rules/spans.ts",
    "full units begin with the current one",
    "this.#complete ? countBefore(events, this.#ends)",
    "this.#complete ? countUntil(events, now)",
  ),
  mutant(
    "core/rules/spans.ts",
    "a session ends at 30 min, not after",
    "sessions.endOf(time) + SESSION_GAP_MS + 1",
    "sessions.endOf(time) + SESSION_GAP_MS",
  ),
  mutant(
    "core/model/sessions.ts",
    "a gap of 30 min cuts a session",
    "time - (ends[next - 1] ?? 0) <= SESSION_GAP_MS",
    "time - (ends[next - 1] ?? 0) < SESSION_GAP_MS",
  ),
  mutant(
    "core/model/sessions.ts",
    "a late event does not join two sessions",
    "if (joinsBefore && joinsNext) {",
    "if (false as boolean) {",
  ),
  mutant("core/model/local-calendar.ts", "weeks begin on Sunday", "Math.floor((day + 3) / 7)", "Math.floor((day + 4) / 7)"),
  mutant("core/rules/event-window.ts", "events after an absolute end count", "countBefore(events, before);", "events.length;"),
  mutant(
    "core/rules/event-window.ts",
    "the horizon of a question about the past is forgotten",
    "horizon === -Infinity ? 0 : countUntil(events, horizon)",
    "horizon === -Infinity ? 0 : 0",
  ),
  mutant(
    "core/rules/event-window.ts",
    "a change by time comes after the next event",
    "if (turns < instant) return turns;",
    "if (turns < instant && turns < 0) return turns;",
  ),
];

/** What is made of the events, and of values. */
const VALUES: readonly Mutant[] = [
  mutant(
    "core/rules/bounds.ts",
    "at most is less than",
    "(lte === undefined || region <= at(lte))",
    "(lte === undefined || region < at(lte))",
  ),
  mutant(
    "core/rules/bounds.ts",
    "at least is more than",
    "(gte === undefined || region >= at(gte))",
    "(gte === undefined || region > at(gte))",
  ),
  mutant("core/rules/bounds.ts", "the upper end of between is left out", "region <= at(between[1])", "region < at(between[1])"),
  mutant(
    "core/rules/checks.ts",
    "less than is at most",
    "ofNumber((value) => value < operand)",
    "ofNumber((value) => value <= operand)",
  ),
  mutant(
    "core/rules/checks.ts",
    "null exists",
    "value === undefined || value === null ? missing : present",
    "value === undefined ? missing : present",
  ),
  mutant(
    "core/rules/checks.ts",
    "near leaves its edge out",
    "distanceKm(operand, place) <= operand.km",
    "distanceKm(operand, place) < operand.km",
  ),
  mutant(
    "core/rules/moments.ts",
    "within the last includes its older edge",
    "now - test.operand < value && value <= now",
    "now - test.operand <= value && value <= now",
  ),
  mutant(
    "core/rules/moments.ts",
    "before includes its instant",
    "(value) => value < test.operand.ms",
    "(value) => value <= test.operand.ms",
  ),
  mutant(
    "core/rules/anniversary.ts",
    "an anniversary of 29 February is on 28 February",
    "{ year, month: 3, day: 1 }",
    "{ year, month: 2, day: 28 }",
  ),
  mutant("core/rules/combine.ts", "what is unknown is true for all of a filter", "if (value === UNKNOWN) all = UNKNOWN;", ""),
  mutant("core/rules/logic-code.ts", "what is unknown is true for all of a rule", "if (value === UNKNOWN) lowest = UNKNOWN;", ""),
  mutant(
    "core/rules/logic-code.ts",
    "at least k is more than k",
    "if (trues >= least) return TRUE;",
    "if (trues > least) return TRUE;",
  ),
  mutant("core/rules/truth.ts", "not unknown is true", "value === FALSE ? TRUE : UNKNOWN", "TRUE"),
  mutant(
    "core/rules/decimal.ts",
    "an amount loses its last digit",
    "export function fractionDigits(",
    "export function fractionDigits(value: number): number {\n  return Math.min(1, digitsOf(value));\n}\n\nfunction digitsOf(",
  ),
  mutant(
    "core/model/event.ts",
    "ties of time and message are not told apart by source",
    "if (a.source !== b.source) return a.source < b.source ? -1 : 1;",
    "",
  ),
];

/** Sequences, audiences, facts. */
const CONDITIONS: readonly Mutant[] = [
  mutant("core/rules/sequence-walk.ts", "a step's time is not inclusive", "instant - taken <=", "instant - taken <"),
  mutant(
    "core/rules/facts.ts",
    "an identifier off a list takes all others off",
    'else on.delete(properties["identifier"]);',
    "else on.clear();",
  ),
  mutant(
    "core/rules/facts.ts",
    "another household keeps what the one before told",
    'if (properties["household"] !== household) answer = UNKNOWN;',
    "",
  ),
  mutant("core/rules/bucket.ts", "a share includes its end", "share < to", "share <= to"),
  mutant("core/rules/bucket.ts", "all salts split alike", "`${salt.length}:${salt}${profileId}`", "profileId"),
  mutant(
    "core/profile/evaluation.ts",
    "for some time begins a millisecond late",
    "const from = now - forMs;",
    "const from = now - forMs + 1;",
  ),
  mutant(
    "core/profile/evaluation.ts",
    "a break is overlooked where it ends again",
    "if (!past.isMember(audience)) since = undefined;",
    "if (!past.isMember(audience)) since ??= past.now;",
  ),
  mutant(
    "core/profile/evaluation.ts",
    "an expiry does not change the past",
    "return forMs + reachMs > this.#ruleset.retentionMs;",
    "return forMs + reachMs < 0;",
  ),
  mutant(
    "core/rules/audience-graph.ts",
    "an audience that names a broken one is not broken",
    "rank === NO_RANK || rank >= LONGEST_CHAIN || !isSound",
    "rank === NO_RANK || rank >= LONGEST_CHAIN",
  ),
];

/** What is kept up, and when. */
const UPKEEP: readonly Mutant[] = [
  mutant(
    "core/profile/history.ts",
    "a late event is put last",
    "if (list) insertInLogOrder(list, event);",
    "if (list) list.push(event);",
  ),
  mutant(
    "core/profile/history.ts",
    "a computed trait is never heard of",
    "insertUnder(this.#byComputed, key, fact)",
    "void fact",
  ),
  mutant(
    "core/profile/memberships.ts",
    "a repeated trait is taken for known though it was cleared between",
    "else this.#traits.delete(key);",
    "",
  ),
  mutant(
    "core/profile/memberships.ts",
    "an event of a session does not move the others",
    "if (isSessionEvent(event)) this.#evaluateSelections(this.#ofSessions, true);",
    "",
  ),
  mutant(
    "core/profile/reader.ts",
    "of identifies at one instant the first counts",
    "if (!setter || setters[at + 1]?.time === setter.time) continue;",
    "if (!setter) continue;",
  ),
  mutant(
    "core/profile/deadlines.ts",
    "a deadline that moved later is believed to be where it was",
    "this.#stale.add(index);",
    "",
  ),
  mutant(
    "core/profile/deadlines.ts",
    "a deadline at this very instant is not due",
    "if (deadline <= at) due.push",
    "if (deadline < at) due.push",
  ),
  mutant(
    "core/rules/selected-events.ts",
    "what is worked out of a list that grew is believed",
    "held instanceof is && held.size === this.events.length",
    "held instanceof is",
  ),
  mutant(
    "core/rules/ruleset-change.ts",
    "an audience is the same though one that it names is not",
    "else for (const condition of after.graph.naming(audience)) conditionFrom[condition] = NOT_THE_SAME;",
    "",
  ),
];

export const MUTANTS: readonly Mutant[] = [...WINDOWS, ...VALUES, ...CONDITIONS, ...UPKEEP];

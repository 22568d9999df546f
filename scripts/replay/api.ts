/** A running Tideline as this script talks to it. */
export interface Tideline {
  readonly url: string;
  readonly secretKey: string;
}

/** How often is asked what failed for a reason that passes: no connection, 429, 5xx. A busy machine takes its half minute. */
const TRIES = 8;

/** Before the next try: twice as long each time, and as long as the server asks for. @param tried tries so far */
function pause(tried: number, askedForMs = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(askedForMs, 250 * 2 ** tried)));
}

function passes(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Calls with a JSON body, under the secret key. @throws what the server said, for any answer but 2xx */
export async function callJson(tideline: Tideline, method: "PUT" | "POST", path: string, body: unknown): Promise<unknown> {
  for (let tried = 1; ; tried++) {
    const answer = await send(tideline, method, path, body).catch((error: unknown) => ({
      passes: true,
      said: String(error),
      retryAfterMs: 0,
    }));
    if ("json" in answer) return answer.json;
    if (!answer.passes || tried >= TRIES) throw new Error(`${method} ${path}: ${answer.said}`);
    await pause(tried, answer.retryAfterMs);
  }
}

async function send(
  { url, secretKey }: Tideline,
  method: string,
  path: string,
  body: unknown,
): Promise<{ readonly json: unknown } | { readonly passes: boolean; readonly said: string; readonly retryAfterMs: number }> {
  const headers = { authorization: `Bearer ${secretKey}`, "content-type": "application/json" };
  const response = await fetch(new URL(path, url), { method, headers, body: JSON.stringify(body) });
  if (response.ok) return { json: await response.json() };
  const said = `${response.status} ${await response.text()}`;
  const retryAfter = Number(response.headers.get("retry-after") ?? 0);
  return { passes: passes(response.status), said, retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1_000 : 0 };
}

/** Creates or replaces audiences and publishes them. @returns the version they are live in */
export async function publishAudiences(
  tideline: Tideline,
  audiences: readonly { readonly key: string; readonly name: string; readonly rule: object }[],
  note: string,
): Promise<number> {
  for (const { key, name, rule } of audiences) await callJson(tideline, "PUT", `/api/audiences/${key}`, { name, rule });
  const { version } = (await callJson(tideline, "POST", "/api/ruleset/publish", { note })) as { readonly version: unknown };
  if (typeof version !== "number") throw new Error("publish answered without a version");
  return version;
}

/** A decision as far as it is looked at. */
export interface Decision {
  readonly known: boolean;
  readonly ruleset: number;
  readonly audiences: readonly string[];
}

/** Who is asked about, and at which instant; without one at present. */
export interface Question {
  readonly userId: string;
  readonly at: string | undefined;
}

/** Most requests a call takes. */
const MOST_REQUESTS = 100;
const CALLS_AT_ONCE = 4;
const TIMEOUT_MS = 30_000;

/** Decides in the order of the questions. @throws when any of the answers is none */
export async function decideAll(
  tideline: Tideline,
  questions: readonly Question[],
  minRuleset: number,
  onDecided: (count: number) => void,
  callsAtOnce = CALLS_AT_ONCE,
): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let from = next; from < questions.length; from = next) {
      next = from + MOST_REQUESTS;
      const some = await decideSome(tideline, questions.slice(from, from + MOST_REQUESTS), minRuleset);
      for (const [at, decision] of some.entries()) decisions[from + at] = decision;
      onDecided(some.length);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  return decisions;
}

/** Asks about all of them at once, and again about those whom a busy server could not decide about. */
async function decideSome(tideline: Tideline, questions: readonly Question[], minRuleset: number): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  let open = questions.map((question, place) => ({ question, place }));
  for (let tried = 1; open.length > 0; tried++) {
    if (tried > 1) await pause(tried - 1);
    const responses = await askBatch(
      tideline,
      open.map(({ question }) => question),
      minRuleset,
    );
    const again: typeof open = [];
    for (const [at, asked] of open.entries()) {
      const response = responses[at];
      const decision = decisionOf(response, minRuleset);
      if (decision !== undefined) decisions[asked.place] = decision;
      else if (passes(response?.status ?? 0) && tried < TRIES) again.push(asked);
      else throw new Error(`no decision for user ${asked.question.userId}: ${JSON.stringify(response)}`);
    }
    open = again;
  }
  return decisions;
}

/** An answer in a batch: a decision, or the problem of one that failed. */
type BatchAnswer = Partial<Decision> & { readonly reason?: string; readonly status?: number };

async function askBatch(tideline: Tideline, questions: readonly Question[], minRuleset: number): Promise<readonly BatchAnswer[]> {
  const requests = questions.map(({ userId, at }) => ({
    identity: { userId },
    minRuleset,
    timeoutMs: TIMEOUT_MS,
    ...(at === undefined ? {} : { at }),
  }));
  const { responses } = (await callJson(tideline, "POST", "/v1/decide/batch", { requests })) as {
    readonly responses: readonly BatchAnswer[];
  };
  if (responses.length !== questions.length)
    throw new Error(`${questions.length} decisions were asked for and ${responses.length} answered`);
  return responses;
}

function decisionOf(response: BatchAnswer | undefined, minRuleset: number): Decision | undefined {
  const { known, ruleset, audiences, reason } = response ?? {};
  const isWhole =
    typeof known === "boolean" &&
    typeof ruleset === "number" &&
    ruleset >= minRuleset &&
    audiences !== undefined &&
    reason === undefined;
  return isWhole ? { known, ruleset, audiences } : undefined;
}

import { createHmac } from "node:crypto";
import { profileName } from "../durable-objects/profile/stub.ts";
import { tlIdCookie } from "../worker/collect/tl-id.ts";
import { MATCHING } from "./audiences.ts";
import { serveFloors } from "./floors.ts";
import { CONNECTIONS, middle, people, rounds, type Settings, type Tools } from "./harness.ts";
import type { Load } from "./load.ts";
import { benchRow, type BenchRow } from "./results.ts";
import type { Running } from "./serve.ts";
import { interleaved } from "./stats.ts";
import { NAME_KEY, workspaceId, type BenchWorkspace } from "./tideline.ts";

/** Every one has a token of its own; one holds 60 s, so new ones are asked for before each run. */
interface Tokens {
  readonly cookies: readonly string[];
  /** What is answered by them. */
  readonly reply: string;
}

const BODY = JSON.stringify({ placements: [], consent: {} });

/**
 * Decisions of browsers from their membership tokens, without a hop, beside a Worker that reads the same call, opens the same token and answers the same bytes.
 * @param ours its people are there, and its audiences are public
 */
export async function tokenRow(
  ours: Running,
  workspace: BenchWorkspace,
  settings: Settings,
  tools: Tools,
  folder: string,
): Promise<BenchRow> {
  const { reply, cookies } = await freshTokens(ours, workspace);
  settings.log(`  a membership token of ${MATCHING} audiences is ${tokenOf(cookies[0] ?? "").length} bytes`);
  const tokenKey = createHmac("sha256", NAME_KEY).update("membership").digest("base64");
  const floors = await serveFloors({ data: folder, decideReply: reply, ingestReply: "", rowBytes: 0, tokenKey });
  tools.running.add(floors);
  const run = (url: string) => async () => {
    const tokens = await freshTokens(ours, workspace);
    return tools.loader.run(loadOf(url, workspace, tokens.cookies, settings.quick ? 2 : 5));
  };
  const contenders = { ours: run(`${ours.url}/v1/decide`), floor: run(`${floors.url}/token`) };
  await interleaved(1, contenders);
  const runs = await interleaved(rounds(settings), contenders);
  await floors.stop();
  tools.running.delete(floors);
  return benchRow(
    {
      area: "decide",
      what: "decide from a membership token, no hop",
      ours: middle(runs.ours).perSecond,
      unit: "req/s",
      reference: middle(runs.floor).perSecond,
      referenceName: "opens the same token",
    },
    { least: 0.85 },
  );
}

function loadOf(url: string, workspace: BenchWorkspace, cookies: readonly string[], seconds: number): Load {
  const headers = headersOf(workspace);
  return { url, headers, cookies, bodies: cookies.map(() => BODY), connections: CONNECTIONS, seconds };
}

function headersOf({ writeKey }: BenchWorkspace): Record<string, string> {
  return { "content-type": "text/plain", "x-write-key": writeKey };
}

/** The cookies of each person's browser: as collecting gave the one, and a decision with a hop the other. */
async function freshTokens({ url }: Running, workspace: BenchWorkspace): Promise<Tokens> {
  const id = workspaceId(workspace);
  const ask = (cookie: string): Promise<Response> =>
    fetch(`${url}/v1/decide`, { method: "POST", body: BODY, headers: { ...headersOf(workspace), cookie } });
  const cookies: string[] = [];
  for (const user of people("warm")) {
    const profileId = profileName(NAME_KEY, id, { type: "userId", value: user });
    const person = valueOf(tlIdCookie({ NAME_KEY }, id, Date.now(), { profileId, kind: "person" }, undefined));
    const response = await ask(person);
    await response.text();
    cookies.push(`${person}; ${valueOf(response.headers.getSetCookie().find((one) => one.startsWith("tl_m=")))}`);
  }
  const again = await ask(cookies[0] ?? "");
  const reply = await again.text();
  const { audiences = [] } = JSON.parse(reply) as { readonly audiences?: readonly string[] };
  if (audiences.length !== MATCHING || again.headers.getSetCookie().length > 0)
    throw new Error(`a decision from a token was expected, of ${MATCHING} audiences, but it says ${reply}`);
  return { cookies, reply };
}

function valueOf(cookie: string | undefined): string {
  if (cookie === undefined) throw new Error("a cookie is missing");
  return cookie.split(";", 1)[0] ?? "";
}

function tokenOf(cookies: string): string {
  return /tl_m=(\S+)/.exec(cookies)?.[1] ?? "";
}

import type { Extension } from "../extension.ts";

/** What fills a placement (http.md, "Decide"), its URLs whole. */
export interface Filling {
  readonly content: unknown;
  readonly reason: string;
  readonly holdout: boolean;
  readonly campaign?: string;
  readonly creative?: string;
  impressionUrl?: string;
  clickUrl?: string;
}

export type Fillings = Readonly<Record<string, Filling | undefined>>;

/** What comes later would change a page that is being read, ms: its own content stands then. */
const LATEST_MS = 2_000;

/** Asks for all of them at once. @returns nothing where nothing came in time, for whatever reason. Never rejects */
export async function decide([host, writeKey, , statement, person]: Extension, placements: readonly string[]): Promise<Fillings> {
  try {
    const { anonymousId } = person();
    const asked = { writeKey, identity: { anonymousId }, placements, consent: statement(), timeoutMs: LATEST_MS / 2 };
    const body = JSON.stringify(asked);
    const response = await fetch(`${host}/v1/decide`, { method: "POST", body, signal: AbortSignal.timeout(LATEST_MS) });
    const { placements: filled = {} } = (await response.json()) as { readonly placements?: Record<string, Filling> };
    for (const filling of Object.values(filled))
      for (const name of ["impressionUrl", "clickUrl"] as const)
        if (filling[name]) filling[name] = new URL(filling[name], host).href;
    return filled;
  } catch {
    // No network, a blocker, too late, or no answer of ours.
    return {};
  }
}

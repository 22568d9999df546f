import { createHash } from "node:crypto";
import type { Json } from "../../core/model/json.ts";
import type { PublicPlacement } from "../decide/public.ts";

/** An evaluated flag of OFREP: a placement, as a decision fills it. */
export interface Flag {
  readonly key: string;
  readonly value: Json;
  /** Of a creative; absent with the default. */
  readonly variant?: string;
  readonly reason: string;
  /** Primitives alone: clients drop the rest. */
  readonly metadata: Readonly<Record<string, string | boolean>>;
}

/** What an evaluation answers in the place of a flag. */
export type FlagFault = "PARSE_ERROR" | "TARGETING_KEY_MISSING" | "INVALID_CONTEXT" | "FLAG_NOT_FOUND" | "GENERAL";

export function flagOf(key: string, decisionId: string, placement: PublicPlacement): Flag {
  const { campaign, creative, content, reason, holdout, impressionUrl, clickUrl } = placement;
  const metadata = { decisionId, holdout, ...defined({ campaign, impressionUrl, clickUrl }) };
  return { key, value: content, ...(creative === undefined ? {} : { variant: creative }), reason, metadata };
}

function defined(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** Of what flags say, not of which decision said it: the same while nothing changes. */
export function etagOf(flags: readonly Flag[]): string {
  const said = flags.map(({ key, value, variant, reason }) => [key, value, variant ?? null, reason]);
  return `"${createHash("sha256").update(JSON.stringify(said)).digest("base64url").slice(0, 22)}"`;
}

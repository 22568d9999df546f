import type { Consent } from "../../core/model/consent.ts";
import { readConsent, type GppReader } from "../../core/consent/read.ts";
import { parseIdentity, type Identity } from "../../core/model/ids.ts";
import { isJsonArray, isJsonObject, ownProperty, type Json } from "../../core/model/json.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { parseTimestamp } from "../../core/model/timestamp.ts";

/** A decision asked for (http.md, "Decide"). */
export interface DecideRequest {
  readonly identity: Identity;
  readonly consent: Consent;
  readonly audiences: boolean;
  readonly traits: boolean;
  readonly explain: boolean;
  /** The audiences of the household that the person is in, too: a second hop. */
  readonly household: boolean;
  /** What a browser may be decided by for a while without asking; for us, nobody can ask for it. */
  readonly membership?: true;
  /** Keys of the placements to be filled. */
  readonly placements: readonly string[];
  readonly trace: boolean;
  /** Where what is decided is kept, and perhaps never shown: nothing is reserved, so no campaign with a cap is chosen. */
  readonly unreserved?: boolean;
  /** The caller's name for this request: the same one is decided alike. Empty where there is none. */
  readonly requestId: string;
  readonly minRuleset: number;
  readonly timeoutMs: number;
  readonly at: number | undefined;
}

export type DecideFault = "bad_request" | "bad_identity";

/** http.md, "Decide". */
const TIMEOUT_MS = 1_000;
/** A caller who waits longer has lost the impression long ago. */
const LONGEST_TIMEOUT_MS = 30_000;

const LONGEST_REQUEST_ID = 255;
/** More than a page has. */
const MOST_PLACEMENTS = 100;

const INCLUDES: ReadonlySet<Json> = new Set(["audiences", "traits", "explain", "trace", "household"]);

/**
 * Reads a request. A field of a wrong type is refused and not passed over: a decision taken on half a request is one
 * that nobody asked for.
 */
export function parseDecideRequest(json: Json, gvlId: number | undefined, gpp: GppReader): Result<DecideRequest, DecideFault> {
  if (!isJsonObject(json)) return fail("bad_request");
  const field = (name: string): Json | undefined => ownProperty(json, name) ?? undefined;
  const identity = parseIdentity(field("identity"));
  if (!identity.ok) return identity;
  const consent = readConsent(field("consent"), gvlId, gpp);
  const include = field("include") ?? ["audiences"];
  const placements = field("placements") ?? [];
  const minRuleset = field("minRuleset") ?? 0;
  const timeoutMs = field("timeoutMs") ?? TIMEOUT_MS;
  const at = readAt(field("at"));
  const rest = { context: field("context") ?? {}, requestId: field("requestId") ?? "" };
  if (!consent.ok || !at.ok) return fail("bad_request");
  if (!isJsonArray(include) || !include.every((name) => INCLUDES.has(name))) return fail("bad_request");
  if (!isJsonArray(placements) || placements.length > MOST_PLACEMENTS) return fail("bad_request");
  if (!placements.every((key) => typeof key === "string")) return fail("bad_request");
  if (!isCount(minRuleset, Number.MAX_SAFE_INTEGER) || !isCount(timeoutMs, LONGEST_TIMEOUT_MS)) return fail("bad_request");
  if (!isJsonObject(rest.context) || typeof rest.requestId !== "string" || rest.requestId.length > LONGEST_REQUEST_ID)
    return fail("bad_request");
  return ok({
    identity: identity.value,
    consent: consent.value,
    audiences: include.includes("audiences"),
    traits: include.includes("traits"),
    explain: include.includes("explain"),
    household: include.includes("household"),
    placements,
    trace: include.includes("trace"),
    requestId: rest.requestId,
    minRuleset,
    timeoutMs,
    at: at.value,
  });
}

function readAt(value: Json | undefined): Result<number | undefined, "bad_request"> {
  if (value === undefined) return ok(undefined);
  const at = typeof value === "string" ? parseTimestamp(value) : undefined;
  return at === undefined ? fail("bad_request") : ok(at);
}

function isCount(value: Json, most: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most;
}

import type { Identity } from "../../core/model/ids.ts";
import type { SecretCall } from "../auth/guard.ts";
import { jsonReply } from "../wire/reply.ts";
import { adDeadline, adTiming, audiencesForAds, NOTHING_TOLD, type Told } from "./ad-call.ts";
import { adConsent } from "./ad-consent.ts";
import { identityFor, identityForDevice } from "./ad-identity.ts";
import { signalsOfQuery, timeoutOfQuery } from "./query-signals.ts";
import { userData } from "./user-data.ts";

/**
 * Prefixes of ids that Prebid Server Java's module `optable-targeting` sends (its `IdsMapper`), each with the kind that it is here. Addresses
 * (`i4`, `i6`) and postal codes (`z`) name no person, and are passed over. `c` is the id that the site itself gave; `c1` to
 * `c19` are what the module's `ppid-mapping` makes of them.
 */
const KINDS: Readonly<Record<string, string>> = {
  c: "userId",
  v: "anonymousId",
  e: "emailSha256",
  p: "phone",
  id5: "id5",
  utiq: "utiq",
  n: "netid",
};
const DEVICES: ReadonlySet<string> = new Set(["a", "g", "r", "s", "f"]);
const CUSTOM = /^c(?:[1-9]|1\d)$/;

/** The key under which GAM takes them, as in `GET /v1/audiences?format=gam`. */
const KEYSPACE = "seg";

/**
 * `GET /v1/optable-compatible` under a secret key: the query and the reply of Prebid Server Java's module `optable-targeting`, so that it
 * needs no module of ours. The ids are asked in the order of the query (the module's `id-prefix-order`): the first that can name a person does.
 */
export async function optableRoute(call: SecretCall): Promise<Response> {
  const told = await toldOf(call, new URL(call.request.url).searchParams);
  const ids = told.audiences.map(({ code }) => ({ id: code }));
  const audience = ids.length === 0 ? [] : [{ provider: "tideline", ids, keyspace: KEYSPACE }];
  return jsonReply({ audience, ortb2: { user: { data: userData(told.audiences, true) } } }, 200, adTiming(told));
}

async function toldOf(call: SecretCall, asked: URLSearchParams): Promise<Told> {
  const deadline = adDeadline(call.began, timeoutOfQuery(asked));
  const person = personOf(asked.getAll("id"));
  if (person === undefined) return NOTHING_TOLD;
  const consent = await adConsent(signalsOfQuery(asked), call.workspace.gvlId);
  return consent === undefined ? NOTHING_TOLD : audiencesForAds(call, person, consent, deadline);
}

function personOf(ids: readonly string[]): Identity | undefined {
  for (const id of ids) {
    const colon = id.indexOf(":");
    const person = identityOf(id.slice(0, Math.max(0, colon)), id.slice(colon + 1));
    if (person !== undefined) return person;
  }
  return undefined;
}

function identityOf(prefix: string, value: string): Identity | undefined {
  if (DEVICES.has(prefix)) return identityForDevice(value);
  const kind = CUSTOM.test(prefix) ? prefix : Object.hasOwn(KINDS, prefix) ? KINDS[prefix] : undefined;
  return kind === undefined ? undefined : identityFor(kind, value);
}

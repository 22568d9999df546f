import { createHash } from "node:crypto";
import type { Channel, Party } from "../../core/model/event.ts";
import type { IdentifierSettings } from "../../core/model/identifier-settings.ts";

/**
 * What a change in the control plane publishes to R2, and all that the data plane reads of it: with these records a
 * fresh isolate takes events and decides while D1 is down. The formats bear a version and only grow.
 */

/** What a secret key may do. `admin` is managing the workspace, its sources and keys; it implies none of the others. */
export const SCOPES = [
  "collect",
  "decide",
  "profiles:read",
  "profiles:write",
  "rules:write",
  "rules:publish",
  "kpis:read",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

export type SourceKind = "browser" | "app" | "server";

/** Of a source, what collecting an event needs. */
export interface SourceRecord {
  readonly key: string;
  readonly kind: SourceKind;
  readonly channel: Channel;
  readonly party: Party;
  /** Browser origins it takes calls from; see `worker/auth/origins.ts` for the form. */
  readonly origins: readonly string[];
  readonly identify: "open" | "signed";
  /** What silence about consent means. */
  readonly consent: "required" | "assumed";
}

export interface WriteKeyRecord {
  readonly v: 1;
  readonly workspace: string;
  readonly type: "write";
  readonly source: SourceRecord;
}

export interface SecretKeyRecord {
  readonly v: 1;
  readonly workspace: string;
  readonly type: "secret";
  readonly id: string;
  readonly scopes: readonly Scope[];
}

export type KeyRecord = WriteKeyRecord | SecretKeyRecord;

/** A public key of P-256 as a JWK (RFC 7518, 6.2), nothing else of it. */
export interface PublicKey {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

/** A key under which a site signs user tokens. Of an HS256 key the secret is derived, and so not here (`user-token-keys.ts`). */
export type UserTokenKey = {
  readonly kid: string;
  readonly name: string;
  /** ms */
  readonly createdAt: number;
} & ({ readonly algorithm: "HS256" } | { readonly algorithm: "ES256"; readonly publicKey: PublicKey });

/** Settings of a workspace, and the pointer to its live ruleset. */
export interface WorkspaceRecord {
  readonly v: 1;
  readonly id: string;
  /** Counts the rewrites of this record, so that of two readings the newer is known. */
  readonly revision: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly retentionMs: number;
  readonly jurisdiction: string | null;
  /** Version of the live ruleset; 0 where nothing is published. Never goes back. */
  readonly ruleset: number;
  /** Version of the tracking plan that holds; absent where there is none. Never goes back. */
  readonly plan?: number;
  /** Keys under which its user tokens are signed; absent where there never was one. */
  readonly userTokenKeys?: readonly UserTokenKey[];
  /** Our vendor number in the IAB's global vendor list. */
  readonly gvlId?: number;
  /** Figures about fewer people than this are not shown; 0 shows all. */
  readonly smallCount: number;
  /** Which identifiers go before which, and how many of a kind a person may have; absent where all is as usual. */
  readonly identifiers?: IdentifierSettings;
  /** ms: until then somebody may be watching what arrives; absent where nobody ever did. */
  readonly watchedUntil?: number;
}

/** Whether what arrives may be shown to somebody. Of no cost: what takes events has read the record anyway. */
export function isWatched({ watchedUntil }: WorkspaceRecord, now: number): boolean {
  return watchedUntil !== undefined && now < watchedUntil;
}

export const DAY_MS = 86_400_000;

/**
 * SHA-256 of a key, base64url. A secret key has 256 random bits, so a plain hash cannot be turned round; and as a key is
 * only ever found by its hash, how long a comparison takes says nothing about any key.
 */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("base64url");
}

export function keyObjectKey(hash: string): string {
  return `keys/${hash}.json`;
}

export function workspaceObjectKey(id: string): string {
  return `workspaces/${id}.json`;
}

/** Says by being there that some source allows the origin: a CORS preflight bears no key to ask for more. */
export function originObjectKey(origin: string): string {
  return `origins/${createHash("sha256").update(origin).digest("base64url")}.json`;
}

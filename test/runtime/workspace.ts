import { env, exports } from "cloudflare:workers";
import {
  hashKey,
  keyObjectKey,
  SCOPES,
  workspaceObjectKey,
  type KeyRecord,
  type SourceRecord,
  type WorkspaceRecord,
} from "../../worker/cold/records.ts";
import { DAY_MS, fresh, publishRules, type DecideAnswer } from "./profiles.ts";
import type { JsonObject } from "../../core/model/json.ts";

/**
 * A workspace as the data plane sees it: only the published records, nothing in D1. That everything the data plane does
 * works with it shows that D1 is not on its way.
 */
export interface TestWorkspace {
  readonly id: string;
  readonly secret: string;
  /** Write keys by kind of source: `web`, `app`, `store` (server), `strict` (browser; silence is no). */
  readonly writeKeys: Readonly<Record<"web" | "app" | "store" | "strict", string>>;
}

export async function makeWorkspace(
  rules: Readonly<Record<string, JsonObject>> = {},
  more: Partial<WorkspaceRecord> = {},
): Promise<TestWorkspace> {
  const id = fresh("ws");
  const workspace = {
    id,
    secret: `sk_${fresh("s")}`,
    writeKeys: { web: `wk_${fresh("k")}`, app: `wk_${fresh("k")}`, store: `wk_${fresh("k")}`, strict: `wk_${fresh("k")}` },
  };
  const ruleset = Object.keys(rules).length === 0 ? 0 : 1;
  if (ruleset === 1) await publishRules(id, 1, rules);
  const record: WorkspaceRecord = {
    v: 1,
    id,
    revision: 1,
    timeZone: "Europe/Paris",
    retentionMs: 400 * DAY_MS,
    jurisdiction: null,
    ruleset,
    smallCount: 0,
    ...more,
  };
  await env.PUBLISHED.put(workspaceObjectKey(id), JSON.stringify(record));
  await putKey(workspace.secret, { v: 1, workspace: id, type: "secret", id: "test", scopes: SCOPES });
  const local = ["http://localhost:*"];
  const source = (
    key: string,
    kind: SourceRecord["kind"],
    channel: SourceRecord["channel"],
    consent: SourceRecord["consent"] = "assumed",
  ): SourceRecord => ({
    key,
    kind,
    channel,
    party: "first",
    origins: kind === "browser" ? local : [],
    identify: "open",
    consent,
  });
  await putKey(workspace.writeKeys.web, { v: 1, workspace: id, type: "write", source: source("web", "browser", "web") });
  await putKey(workspace.writeKeys.app, { v: 1, workspace: id, type: "write", source: source("app", "app", "app") });
  await putKey(workspace.writeKeys.store, { v: 1, workspace: id, type: "write", source: source("store", "server", "store") });
  await putKey(workspace.writeKeys.strict, {
    v: 1,
    workspace: id,
    type: "write",
    source: source("strict", "browser", "web", "required"),
  });
  return workspace;
}

export async function putKey(key: string, record: KeyRecord): Promise<void> {
  await env.PUBLISHED.put(keyObjectKey(hashKey(key)), JSON.stringify(record));
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** A call to the Worker. A text body goes as it is, anything else as JSON. */
export async function request<T = Record<string, unknown>>(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const payload = typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body);
  const response = await exports.default.fetch(
    new Request(`http://tideline.test${path}`, { method: "POST", body: payload, headers }),
  );
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as T, headers: response.headers };
}

export interface CollectAnswer {
  readonly success?: boolean;
  readonly accepted?: number;
  readonly refused?: number;
  readonly rejected?: number;
  readonly errors?: readonly { readonly index: number; readonly messageId: string | null; readonly code: string }[];
  readonly code?: string;
}

export function collect(
  writeKey: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<CollectAnswer>> {
  return request<CollectAnswer>(`/v1/${path}`, body, { authorization: `Basic ${btoa(`${writeKey}:`)}`, ...headers });
}

export interface DecideBody extends DecideAnswer {
  readonly decisionId: string;
  readonly code?: string;
  readonly explain?: Readonly<Record<string, object>>;
}

export function decideOver(secret: string, body: unknown): Promise<Answer<DecideBody>> {
  return request<DecideBody>("/v1/decide", body, { authorization: `Bearer ${secret}` });
}

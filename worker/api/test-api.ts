import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { expect } from "vitest";
import type { JsonObject } from "../../core/model/json.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { profileName, profileStub } from "../../durable-objects/profile/stub.ts";
import { envelopeOf, objectsOf } from "../cold/profile-calls.ts";
import { consumed } from "../cold/test-journal.ts";
import type { TestWorkspace } from "../cold/test-workspaces.ts";
import { readWorkspaceRecord } from "../cold/workspace-record.ts";
import { createApi, type Api } from "./app.ts";
import { ROUTES } from "./routes.ts";

/** For tests: calls of the control plane as a client makes them. */

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Undefined where the reply is not JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test reads of a reply, it states
  readonly json: any;
}

export interface CallOptions {
  readonly key?: string;
  readonly body?: unknown;
  /** Instead of `body`: sent as it is. */
  readonly raw?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly env?: Env;
  readonly api?: Api;
}

const theApi = createApi(ROUTES);

export async function call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const { key, body, raw, headers, api = theApi } = options;
  const request = new Request(`https://tideline.example${path}`, {
    method,
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(raw === undefined ? {} : { body: raw }),
  });
  const response = await api.fetch(request, options.env ?? env, createExecutionContext());
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, bytes, json: isJson ? JSON.parse(text) : undefined };
}

/** Lets a person be seen: one `track` call for each `[event, properties]`. @returns the profile's id */
export async function testPerson(
  workspace: string,
  userId: string,
  events: readonly (readonly [string, JsonObject])[],
): Promise<ProfileId> {
  const name = profileName(env.NAME_KEY, workspace, { type: "userId", value: userId });
  const now = Date.now();
  const items = events.map(([event, properties], index) =>
    JSON.stringify({
      name: event,
      type: "track",
      time: now - events.length + index,
      receivedAt: now,
      messageId: `m${index}`,
      source: "web",
      channel: "web",
      party: "first",
      origin: { type: "userId", hash: name },
      properties,
    }),
  );
  const home = { v: 1 as const, workspace, jurisdiction: null, name, ruleset: 0, retentionMs: 400 * 86_400_000 };
  await profileStub(env, { id: workspace, jurisdiction: null }, name).ingest({ ...home, receivedAt: now, items });
  return name;
}

/** Lets people `u0`, `u1`, ... be seen, counted and mirrored by the panel. @param eventsOf what each of them did */
export async function testPanel(shop: TestWorkspace, count: number, eventsOf: (n: number) => readonly string[]): Promise<void> {
  const record = await readWorkspaceRecord(env.PUBLISHED, shop.id);
  if (record === undefined) throw new Error("no workspace");
  const messages: OutboxMessage[] = [];
  for (let n = 0; n < count; n++) {
    const events = eventsOf(n).map((event): [string, JsonObject] => [event, {}]);
    const name = await testPerson(shop.id, `u${n}`, events);
    const object = profileStub(env, record, name);
    await object.sweep(envelopeOf(record, name));
    messages.push(JSON.parse(await object.outbox({ ...envelopeOf(record, name), from: 0, limitBytes: 100_000 })));
  }
  expect(await consumed(objectsOf(env), messages)).toEqual({ acked: count, retried: 0 });
}

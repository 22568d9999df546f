import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Identifier, ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { listStub } from "../../durable-objects/list/stub.ts";
import type { ListObject } from "../../durable-objects/list/object.ts";
import { call } from "../../worker/api/test-api.ts";
import { nudge } from "../../worker/cold/outbox-message.ts";
import { objectsOf } from "../../worker/cold/profile-calls.ts";
import { consumed } from "../../worker/cold/test-journal.ts";
import type { TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { collect, decideOver } from "./workspace.ts";

/** For tests: lists as their owner uses them, and people as they come to be known. */

export function stubOfList(workspace: TestWorkspace, list: string): DurableObjectStub<ListObject> {
  return listStub(env, { id: workspace.id, jurisdiction: null }, list);
}

export async function makeList(workspace: TestWorkspace, list: string, body: object = {}): Promise<void> {
  const made = await call("PUT", `/api/lists/${list}`, {
    key: workspace.secret,
    body: { name: list, identifier: "userId", ...body },
  });
  expect([made.status, made.text]).toEqual([200, made.text]);
}

/** Starts an upload. @returns its id */
export async function startUpload(workspace: TestWorkspace, list: string, lines: readonly string[], query = ""): Promise<string> {
  const reply = await call("POST", `/api/lists/${list}/members?${query}`, { key: workspace.secret, raw: lines.join("\n") });
  expect([reply.status, reply.text]).toEqual([202, reply.text]);
  return reply.json.uploadId;
}

/** What an upload has come to, as the API says it. */
// oxlint-disable-next-line typescript/no-explicit-any -- what a test reads of a reply, it states
export async function uploadOf(workspace: TestWorkspace, list: string, id: string): Promise<any> {
  const reply = await call("GET", `/api/lists/${list}/uploads/${id}`, { key: workspace.secret });
  expect(reply.status).toBe(200);
  return reply.json;
}

/** Lets the list do all that is due now. */
export async function settleList(workspace: TestWorkspace, list: string): Promise<void> {
  const stub = stubOfList(workspace, list);
  const home = { v: 1, workspace: workspace.id, jurisdiction: null, list } as const;
  for (let before = ""; ;) {
    await runDurableObjectAlarm(stub);
    const { jobs } = await stub.state(home);
    const now = JSON.stringify(jobs);
    if (now === before && jobs.every(({ state }) => state === "done" || state === "failed")) return;
    before = now;
  }
}

export async function upload(
  workspace: TestWorkspace,
  list: string,
  lines: readonly string[],
  query = "",
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
): Promise<any> {
  const id = await startUpload(workspace, list, lines, query);
  await settleList(workspace, list);
  return uploadOf(workspace, list, id);
}

export function nameOf(workspace: TestWorkspace, identifier: Identifier): ProfileId {
  return profileName(env.NAME_KEY, workspace.id, identifier);
}

/** A person does something; nothing of it has reached the index yet. */
export async function act(workspace: TestWorkspace, event: object): Promise<void> {
  const reply = await collect(workspace.writeKey, "batch", {
    batch: [{ type: "track", event: "Seen", messageId: crypto.randomUUID(), ...event }],
  });
  expect(reply.body).toEqual({ success: true });
}

/** Lets everything these people did reach the index. */
export async function reachIndex(workspace: TestWorkspace, profiles: readonly ProfileId[]): Promise<void> {
  const messages = profiles.map((profile) =>
    nudge({ workspace: workspace.id, jurisdiction: null, profile, epoch: 1, from: 0, to: 1_000_000 }),
  );
  expect(await consumed(objectsOf(env), messages, {}, Date.now())).toEqual({ acked: messages.length, retried: 0 });
}

/** As `act` and `reachIndex` for a user. */
export async function know(workspace: TestWorkspace, userId: string, event: object = {}): Promise<ProfileId> {
  await act(workspace, { userId, ...event });
  const profile = nameOf(workspace, { type: "userId", value: userId });
  await reachIndex(workspace, [profile]);
  return profile;
}

export async function audiencesOf(workspace: TestWorkspace, identity: object): Promise<readonly string[]> {
  const { status, body } = await decideOver(workspace.secret, { identity });
  expect(status).toBe(200);
  return body.audiences ?? [];
}

/** Publishes one audience a list, `on-LIST`, and `off-LIST` of who is not on it. */
export async function publishOn(workspace: TestWorkspace, ...lists: readonly string[]): Promise<void> {
  for (const list of lists) {
    for (const [key, rule] of [
      [`on-${list}`, { list }],
      [`off-${list}`, { not: { list } }],
    ] as const) {
      const put = await call("PUT", `/api/audiences/${key}`, { key: workspace.secret, body: { name: key, rule } });
      expect([put.status, put.text]).toEqual([200, put.text]);
    }
  }
  expect((await call("POST", "/api/ruleset/publish", { key: workspace.secret, body: {} })).status).toBe(200);
}

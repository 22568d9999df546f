import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { residentMegabytes } from "./resident.ts";
import { makeTideline, type Tideline } from "./tideline.ts";

const FULL = process.env["TIDELINE_FULL"] === "1";
/** A million hashed e-mails, 65 MB, under `npm run test:full`. */
const LINES = FULL ? 1_000_000 : 20_000;
const WITHIN_MS = 900_000;
const GUIDE = readFileSync(join(resolve(import.meta.dirname, "../.."), "docs/guides/lists.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, block = ""]) => block);

let at: Tideline;
beforeAll(async () => {
  at = await makeTideline();
  await at.start();
});
afterAll(async () => {
  await at.remove();
});

interface Upload {
  readonly state: string;
  readonly bytesDone: number;
  readonly rows: number;
  readonly rejected: number;
}

async function api(method: string, path: string, body?: string): Promise<Response> {
  return fetch(`${at.url}${path}`, {
    method,
    headers: { authorization: "Bearer sk_demo" },
    ...(body === undefined ? {} : { body }),
  });
}

async function json<T>(method: string, path: string, body?: string): Promise<T> {
  const response = await api(method, path, body);
  expect([path, response.ok]).toEqual([path, true]);
  return (await response.json()) as T;
}

async function until(path: string, isThere: (upload: Upload) => boolean, look: () => void = () => undefined): Promise<Upload> {
  for (const end = Date.now() + WITHIN_MS; ;) {
    const upload = await json<Upload>("GET", path);
    if (isThere(upload) || Date.now() > end) return upload;
    look();
    await delay(100);
  }
}

describe("the guide to lists", () => {
  const run = (block: string): string =>
    execFileSync("bash", ["-euc", block.replaceAll("localhost:8787", `localhost:${at.port}`)], { encoding: "utf8" });

  it("says what happens, call by call", async () => {
    const [make = "", fill = "", look = "", leaveOut = "", ask = "", show = ""] = blocks("sh");
    const [, progress = "", answer = "", shown = ""] = blocks("json");
    expect(JSON.parse(run(make))).toMatchObject({ key: "customers", identifier: "email", expires: null });
    const { uploadId }: { uploadId: string } = JSON.parse(run(fill));
    const path = `/api/lists/customers/uploads/${uploadId}`;
    await until(path, ({ state }) => state === "done");
    const told: Record<string, unknown> = JSON.parse(run(look.replace("UPLOAD", uploadId)));
    expect({ ...told, id: "…", acceptedAt: "…" }).toEqual(JSON.parse(progress));
    expect(JSON.parse(run(leaveOut))).toMatchObject({ key: "may-write" });
    expect(JSON.parse(run(ask))).toEqual(JSON.parse(answer));
    const list: { filter: { key: string } } = JSON.parse(run(show));
    const printed: { filter: { falsePositives: object } } = JSON.parse(shown);
    expect(list).toMatchObject({
      ...printed,
      filter: {
        ...printed.filter,
        falsePositives: { nominal: 0.001, probes: 10_000, measured: expect.any(Number) },
        key: expect.any(String),
      },
    });
    const refused = await api("DELETE", "/api/lists/customers");
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([409, "in_use"]);

    const [script = ""] = blocks("js");
    const module = join(at.data, "guide.mjs");
    writeFileSync(module, script);
    const { mayBeOnList } = (await import(pathToFileURL(module).href)) as {
      mayBeOnList: (file: Buffer, key: string, type: string, value: string) => boolean;
    };
    const file = Buffer.from(await (await api("GET", "/api/lists/customers/filter")).arrayBuffer());
    const tried = (email: string): boolean =>
      mayBeOnList(file, list.filter.key, "emailSha256", createHash("sha256").update(email).digest("hex"));
    expect(tried("ann@shop.example")).toBe(true);
    expect(Array.from({ length: 100 }, (_, n) => tried(`stranger-${n}@shop.example`)).filter(Boolean).length).toBeLessThan(10);
  });
});

describe(`an upload of ${LINES} lines`, () => {
  it("goes on after a kill -9 in its middle, and holds each of them", async () => {
    const hashOf = (line: number): string => createHash("sha256").update(`person-${line}@shop.example`).digest("hex");
    const body = `${Array.from({ length: LINES }, (_, line) => hashOf(line)).join("\n")}\n`;
    await json("PUT", "/api/lists/big", JSON.stringify({ name: "Big", identifier: "emailSha256" }));
    const before = residentMegabytes(at.processes().workerd);
    let most = before;
    const see = (): void => {
      most = Math.max(most, residentMegabytes(at.processes().workerd));
    };
    const began = performance.now();
    const { uploadId } = await json<{ uploadId: string }>("POST", "/api/lists/big/members?mode=replace", body);
    see();
    const taken = performance.now();
    const path = `/api/lists/big/uploads/${uploadId}`;
    const middle = await until(path, ({ bytesDone, state }) => bytesDone > 0 || state === "done", see);
    for (const pid of at.processes().workerd) process.kill(pid, "SIGKILL");
    await at.ended();
    await at.start();
    const done = await until(path, ({ state }) => state === "done", see);
    const ended = performance.now();
    expect(done).toMatchObject({ state: "done", rows: LINES, rejected: 0, bytesDone: body.length });
    const list = await json<{
      members: number;
      filter: { bytes: number; falsePositives: { nominal: number; measured: number } };
    }>("GET", "/api/lists/big");
    expect(list.members).toBe(LINES);
    expect(Math.abs(list.filter.falsePositives.measured / list.filter.falsePositives.nominal - 1)).toBeLessThan(0.2);
    const asked = Array.from({ length: 500 }, (_, n) => hashOf(n * Math.floor(LINES / 500)));
    const { matched } = await json<{ matched: number }>("POST", "/api/lists/big/match", JSON.stringify({ identifiers: asked }));
    expect(matched).toBe(500);
    process.stdout.write(
      `lists: ${LINES} lines, ${(body.length / 1e6).toFixed(1)} MB stored in ${((taken - began) / 1e3).toFixed(1)} s, killed after ${(middle.bytesDone / 1e6).toFixed(1)} MB, done after ${((ended - began) / 1e3).toFixed(1)} s with the restart; filter ${(list.filter.bytes / 1e6).toFixed(2)} MB, errs ${list.filter.falsePositives.measured}; workerd ${before.toFixed(0)} -> ${most.toFixed(0)} MB\n`,
    );
  }, 1_200_000);
});

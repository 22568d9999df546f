import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTideline, type Tideline } from "./tideline.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const GUIDE = readFileSync(join(ROOT, "docs/guides/user-tokens.md"), "utf8");
/** Snippets import from npm: they must lie where the project's packages are found. */
const FOLDER = join(ROOT, "node_modules/.cache/user-tokens-guide");

let at: Tideline;
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  at = await makeTideline();
  await at.start();
  await api("PUT", "/api/sources/web", { name: "Web shop", kind: "browser", identify: "signed", consent: "assumed" });
});
afterAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  await at.remove();
});

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const headers = { authorization: "Bearer sk_demo" };
  const response = await fetch(`${at.url}${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  expect([path, response.ok]).toEqual([path, true]);
  return (await response.json()) as T;
}

/** The one block that holds these words. Nothing is changed but the port. */
function block(words: string): string {
  const blocks = [...GUIDE.matchAll(/```(?:js|sh)\n([\s\S]*?)```/g)].flatMap(([, text = ""]) =>
    text.includes(words) ? [text] : [],
  );
  expect(blocks).toHaveLength(1);
  return (blocks[0] ?? "").replaceAll("localhost:8787", `localhost:${at.port}`);
}

type Sign = (user: { readonly id: string; readonly email: string }, settings: object) => string | Promise<string>;

async function signerOf(words: string, name: string): Promise<Sign> {
  const file = join(FOLDER, `${name}.mjs`);
  writeFileSync(file, block(words));
  return ((await import(pathToFileURL(file).href)) as { readonly userToken: Sign }).userToken;
}

/** Sends what the guide's page sends. */
async function page(words: Readonly<Record<"token" | "anonymousId" | "userId" | "messageId", string>>): Promise<unknown> {
  const file = join(FOLDER, `${words.messageId}.mjs`);
  const constants = Object.entries(words).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`);
  writeFileSync(
    file,
    `${constants.join("")}const response = ${block('"X-User-Token"')}\nexport const reply = await response.json();\n`,
  );
  return ((await import(pathToFileURL(file).href)) as { readonly reply: unknown }).reply;
}

async function expectTaken(userId: string, token: string): Promise<void> {
  const named = { anonymousId: `a-${userId}`, userId };
  expect(await page({ token: "none", messageId: `${userId}-0`, ...named })).toEqual({ success: true, userToken: "invalid" });
  const decide = { identity: { userId }, include: ["traits"] };
  expect(await api("POST", "/v1/decide", decide)).toMatchObject({ known: false });
  expect(await page({ token, messageId: `${userId}-1`, ...named })).toEqual({ success: true });
  expect(await api("POST", "/v1/decide", decide)).toMatchObject({ known: true, traits: { plan: "gold" } });
}

describe("docs/guides/user-tokens.md, as printed", () => {
  it("a key, a token of Node alone, a page", async () => {
    const key: { readonly kid: string; readonly secret: string } = JSON.parse(
      execFileSync("bash", ["-euc", block("user-token-keys")], { encoding: "utf8" }),
    );
    const sign = await signerOf("createHmac", "hmac");
    const { id } = await api<{ readonly id: string }>("GET", "/api/workspace");
    await expectTaken("ann", await sign({ id: "ann", email: "ann@shop.example" }, { ...key, workspace: id }));
  });

  it("a token of jose under a pair of keys", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const made = { name: "Shop", algorithm: "ES256", publicKey: publicKey.export({ format: "jwk" }) };
    const { kid } = await api<{ readonly kid: string }>("POST", "/api/user-token-keys", made);
    const sign = await signerOf("SignJWT", "jose");
    await expectTaken("bob", await sign({ id: "bob", email: "bob@shop.example" }, { kid, privateKey, workspace: "demo" }));
  });
});

import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTideline, type Tideline } from "./tideline.ts";

const README = readFileSync(join(resolve(import.meta.dirname, "../.."), "README.md"), "utf8");

/** The `sh` blocks of the README that call Tideline, in their order. */
const CALLS = [...README.matchAll(/```sh\n([\s\S]*?)```/g)]
  .map(([, block = ""]) => block)
  .filter((block) => block.includes("curl"));

/** The README is for curl, so it is run with curl: from Debian where it is missing and we may install it. */
function needCurl(): void {
  if (spawnSync("curl", ["--version"]).status === 0) return;
  if (process.getuid?.() !== 0) throw new Error("the README's calls are tested with curl: install it (apt-get install curl)");
  execFileSync("bash", ["-c", "apt-get update -qq && apt-get install -y -qq curl"], { stdio: "ignore" });
}

describe("the README's calls, as printed", () => {
  let at: Tideline;
  beforeAll(async () => {
    needCurl();
    at = await makeTideline();
    await at.start();
  });
  afterAll(async () => {
    await at.remove();
  });

  /** Nothing is changed but the port, which another Tideline may have. */
  const run = (block: string): string =>
    execFileSync("bash", ["-euc", block.replaceAll("localhost:8787", `localhost:${at.port}`)], { encoding: "utf8" });

  it("collect, publish and decide", () => {
    expect(CALLS).toHaveLength(3);
    const [collected = "", published = "", decided = ""] = CALLS.map(run);
    expect(JSON.parse(collected)).toEqual({ success: true });
    expect(published).toContain('"version":2');
    expect(JSON.parse(decided)).toMatchObject({ known: true, ruleset: 2, audiences: ["buyers"] });
    const shown: string = /```json\n(\{"decisionId".*)\n```/.exec(README)?.[1] ?? "";
    expect(Object.keys(JSON.parse(decided) as object)).toEqual(Object.keys(JSON.parse(shown) as object));
  });
});

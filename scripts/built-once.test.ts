import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtOnce } from "./built-once.ts";

describe("what is built once", () => {
  let root: string;
  let cache: string;
  let builds: number;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "tideline-built-"));
    cache = join(root, "cache");
    builds = 0;
    mkdirSync(join(root, "src/deep"), { recursive: true });
    writeFileSync(join(root, "src/deep/a.ts"), "1");
    writeFileSync(join(root, "package-lock.json"), "{}");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const build = (): Promise<string> =>
    builtOnce(
      "thing",
      ["src/**/*"],
      (folder) => writeFileSync(join(folder, "out.js"), `${++builds}: ${readFileSync(join(root, "src/deep/a.ts"), "utf8")}`),
      { root, cache },
    );
  const built = async (): Promise<string> => readFileSync(join(await build(), "out.js"), "utf8");

  it("is not built again for the same sources", async () => {
    expect([await built(), await built()]).toEqual(["1: 1", "1: 1"]);
  });

  it("is built again when a source, a name of one or the lock file is another, and found again when it is back", async () => {
    await built();
    writeFileSync(join(root, "src/deep/a.ts"), "2");
    expect(await built()).toBe("2: 2");
    writeFileSync(join(root, "src/b.ts"), "");
    expect(await built()).toBe("3: 2");
    writeFileSync(join(root, "package-lock.json"), "[]");
    expect(await built()).toBe("4: 2");
    writeFileSync(join(root, "package-lock.json"), "{}");
    expect(await built()).toBe("3: 2");
  });

  it("is whole for two that build at once, and kept once", async () => {
    const [one, two] = await Promise.all([build(), build()]);
    expect(one).toBe(two);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it("is not there where building fails", async () => {
    const broken = builtOnce("thing", ["src/**/*"], () => Promise.reject(new Error("no")), { root, cache });
    await expect(broken).rejects.toThrow("no");
    expect(await built()).toBe("1: 1");
  });

  it("is forgotten when nobody has asked for it in a week", async () => {
    const old = await build();
    const longAgo = new Date(Date.now() - 8 * 86_400_000);
    utimesSync(old, longAgo, longAgo);
    writeFileSync(join(root, "src/deep/a.ts"), "2");
    const young = await build();
    expect(readdirSync(cache)).toEqual([young.slice(cache.length + 1)]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashOfFile, partsOf, type CutOptions } from "./parts.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tideline-parts-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function cut(content: Uint8Array | string, options: Partial<CutOptions> = {}, name = "file.csv") {
  const file = join(folder, name);
  writeFileSync(file, content);
  const parts: { readonly part: number; readonly text: string; readonly isLast: boolean }[] = [];
  const how: CutOptions = { format: "csv", encoding: undefined, delimiter: undefined, partBytes: 100_000, ...options };
  for await (const { part, body, isLast } of partsOf(file, how)) parts.push({ part, text: Buffer.from(body).toString(), isLast });
  return parts;
}

const rows = Array.from({ length: 60_000 }, (_, row) => `${row};"Zoë\n${row}"\r\n`).join("");

describe("the parts of a file", () => {
  it("are its rows in order, each whole, the last one marked", async () => {
    const parts = await cut(rows);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ text }) => text).join("")).toBe(rows);
    expect(parts.every(({ text }) => text.endsWith('"\r\n') && /^\d+;"/.test(text))).toBe(true);
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, at) => at + 1));
    expect(parts.map(({ isLast }) => isLast)).toEqual(parts.map((_, at) => at === parts.length - 1));
  });

  it("are the same each time", async () => {
    expect(await cut(rows)).toEqual(await cut(rows));
  });

  it("are UTF-8, whatever the file is", async () => {
    const text = "Prénom;Nom\nZoë;Né\n";
    const whole = [{ part: 1, text, isLast: true }];
    expect(await cut(Buffer.from(text, "latin1"), { encoding: "windows-1252" })).toEqual(whole);
    expect(await cut(Buffer.from(`\ufeff${text}`, "utf16le"))).toEqual(whole);
    expect(await cut(gzipSync(text), {}, "file.csv.gz")).toEqual(whole);
    await expect(cut(Buffer.from(text, "latin1"))).rejects.toThrow(TypeError);
  });

  it("are one of nothing for an empty file", async () => {
    expect(await cut("")).toEqual([{ part: 1, text: "", isLast: true }]);
  });

  it("hold the last row where no line break ends it", async () => {
    expect((await cut("a\n1\n2")).map(({ text }) => text)).toEqual(["a\n1\n2"]);
  });

  it("have a file's content as their name", async () => {
    writeFileSync(join(folder, "a"), "one");
    writeFileSync(join(folder, "b"), "one");
    expect(await hashOfFile(join(folder, "a"))).toBe(await hashOfFile(join(folder, "b")));
  });
});

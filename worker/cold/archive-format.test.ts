import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ProfileId } from "../../core/model/ids.ts";
import { instantOfKey, keyBefore, readArchive, writeArchive, type ArchiveGroup } from "./archive-format.ts";

const AT = Date.UTC(2026, 10, 2, 12, 30, 7, 45);
const group = (letter: string, from: number, records: readonly string[]): ArchiveGroup => ({
  profile: letter.repeat(43) as ProfileId,
  epoch: 1,
  from,
  to: from + records.length,
  records,
});
const groups = [group("b", 3, ['{"n":1}', '{"text":"line\\nbreak"}']), group("a", 0, ['{"n":2}'])];

describe("an archive object", () => {
  it("says what it is to a reader with nothing else", () => {
    const lines = gunzipSync(writeArchive("shop", groups, AT).bytes)
      .toString()
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { format: 1, workspace: "shop" },
      { profile: "a".repeat(43), epoch: 1, from: 0, to: 1, body: "plain" },
      { n: 2 },
      { profile: "b".repeat(43), epoch: 1, from: 3, to: 5, body: "plain" },
      { n: 1 },
      { text: "line\nbreak" },
    ]);
  });

  it("lies under day, hour and content, so that a batch delivered again is the same object", () => {
    const object = writeArchive("shop", groups, AT);
    expect(object.key).toMatch(/^shop\/2026-11-02\/12\/3007045-[0-9a-f]{32}\.ndjson\.gz$/);
    expect(writeArchive("shop", groups.toReversed(), AT)).toEqual(object);
    expect(writeArchive("shop", groups.slice(1), AT).key).not.toBe(object.key);
    expect(writeArchive("else", groups, AT).key).not.toContain("shop");
  });

  it("is found by its time", () => {
    const { key } = writeArchive("shop", groups, AT);
    expect(instantOfKey(key)).toBe(AT);
    expect(keyBefore("shop", AT) < key && key < keyBefore("shop", AT + 1)).toBe(true);
    expect(instantOfKey("shop/else.txt")).toBeUndefined();
  });

  it("is read back whole", () => {
    expect(readArchive(writeArchive("shop", groups, AT).bytes, "shop")).toEqual([groups[1], groups[0]]);
  });

  it.each([
    ["cut off within a line", (text: string) => text.slice(0, -4)],
    ["cut off between lines", (text: string) => `${text.trimEnd().split("\n").slice(0, -1).join("\n")}\n`],
    ["of a newer format", (text: string) => text.replace('"format":1', '"format":2')],
    ["of another workspace", (text: string) => text.replace("shop", "mine")],
    ["in another form", (text: string) => text.replace("plain", "sealed")],
  ])("%s is not guessed at", (_, damage) => {
    const bytes = gzipSync(damage(gunzipSync(writeArchive("shop", groups, AT).bytes).toString()));
    expect(() => readArchive(bytes, "shop")).toThrow(/archive object/);
  });
});

import { describe, expect, it } from "vitest";
import type { Json } from "../model/json.ts";
import { readCell, type CellType } from "./cell.ts";
import { parseColumnMap } from "./column-map.ts";

const reader = {
  zone: "Europe/Paris",
  parseJson: (text: string): Json | undefined => (text.startsWith("{") ? (JSON.parse(text) as Json) : undefined),
};

function typeOf(text: string): CellType {
  const map = parseColumnMap(`x:properties.x:${text}`);
  if (!map.ok || map.value[0] === undefined) throw new Error(`${text} is no type`);
  return map.value[0].type;
}

describe("a cell", () => {
  it.each<[string, string, Json]>([
    ["text", " 007 ", " 007 "],
    ["number", "4.50", 4.5],
    ["number", " -1e3 ", -1_000],
    ["number", ".5", 0.5],
    ["decimal-comma", "1234,50", 1234.5],
    ["decimal-comma", "1.234,50", 1234.5],
    ["decimal-comma", "1 234 567,5", 1_234_567.5],
    ["decimal-comma", "-0,01", -0.01],
    ["decimal-comma", "1.234", 1_234],
    ["integer", "+12", 12],
    ["boolean", "Yes", true],
    ["boolean", "0", false],
    ["json", '{"a":[1]}', { a: [1] }],
    ["unix", "1767225600", "2026-01-01T00:00:00.000Z"],
    ["unix", "1767225600.5", "2026-01-01T00:00:00.500Z"],
    ["unixms", "1767225600001", "2026-01-01T00:00:00.001Z"],
    ["date", "2026-03-01", "2026-03-01"],
    ["date", "2026-03-01T10:00:00+02:00", "2026-03-01T10:00:00+02:00"],
    ["date(DD/MM/YYYY)", "1/3/2026", "2026-03-01"],
    ["date(YYYYMMDD)", "20260301", "2026-03-01"],
    ["date(DD.MM.YYYY HH:mm)", "01.07.2026 10:30", "2026-07-01T08:30:00.000Z"],
    ["date(YYYY-MM-DD HH:mm:ss.SSS)", "2026-01-01 10:30:15.25", "2026-01-01T09:30:15.250Z"],
    ["date(YYYY-MM-DD HH:mmZ)", "2026-01-01 10:30+0530", "2026-01-01T05:00:00.000Z"],
    ["date(MM/DD/YYYY, HH:mm)", "10/25/2026, 02:30", "2026-10-25T00:30:00.000Z"],
  ])("of type %s reads %j", (type, text, value) => {
    expect(readCell(text, typeOf(type), reader)).toEqual({ ok: true, value });
  });

  it.each([
    ["number", "1,5", "not_a_number"],
    ["number", "1 000", "not_a_number"],
    ["number", "0x10", "not_a_number"],
    ["number", "1e999", "not_a_number"],
    ["number", "Infinity", "not_a_number"],
    ["decimal-comma", "1.5", "not_a_number"],
    ["decimal-comma", "12.34,5", "not_a_number"],
    ["integer", "1.0", "not_an_integer"],
    ["integer", "9007199254740993", "not_an_integer"],
    ["boolean", "maybe", "not_a_boolean"],
    ["json", "x", "not_json"],
    ["unix", "today", "not_a_date"],
    ["unixms", "1e30", "not_a_date"],
    ["unixms", "99999999999999999", "not_a_date"],
    ["date", "01/03/2026", "not_a_date"],
    ["date(DD/MM/YYYY)", "31/02/2026", "not_a_date"],
    ["date(DD/MM/YYYY)", "2026-03-01", "not_a_date"],
    ["date(DD.MM.YYYY HH:mm)", "01.07.2026 25:00", "not_a_date"],
    ["date(YYYY.MM.DD)", "2026x03x01", "not_a_date"],
  ])("of type %s does not read %j: %s", (type, text, code) => {
    expect(readCell(text, typeOf(type), reader)).toEqual({ ok: false, error: code });
  });
});

describe("a map", () => {
  it("takes names with its own signs behind backslashes or within parentheses", () => {
    expect(parseColumnMap("a\\,b\\:c:userId,Price (EUR, net):properties.a\\.b:number")).toEqual({
      ok: true,
      value: [
        { column: "a,b:c", path: ["userId"], type: { kind: "text" } },
        { column: "Price (EUR, net)", path: ["properties", "a.b"], type: { kind: "number" } },
      ],
    });
  });

  it.each([
    ["", "bad_map"],
    ["a", "bad_map"],
    ["a:userId,", "bad_map"],
    ["a:user", "unknown_path"],
    ["a:properties", "unknown_path"],
    ["a:userId.x", "unknown_path"],
    ["a:externalIds.x.y", "unknown_path"],
    ["a:properties..x", "unknown_path"],
    ["a:userId:string", "unknown_type"],
    ["a:userId:text:more", "unknown_type"],
    ["a:userId:number(2)", "unknown_type"],
    ["a:timestamp:date(DD/MM)", "unknown_type"],
    ["a:timestamp:date(YYYY-MM-DD mm)", "unknown_type"],
    ["a:timestamp:date(YYYY-MM-DDZ)", "unknown_type"],
    ["a:timestamp:date(YYYY-MM-DD-DD)", "unknown_type"],
    ["a:userId,b:userId", "path_conflict"],
    ["a:properties.x,b:properties.x.y", "path_conflict"],
    ["a:properties.x.y,b:properties.x", "path_conflict"],
  ])("%j is refused: %s", (text, code) => {
    expect(parseColumnMap(text)).toMatchObject({ ok: false, error: { code } });
  });
});

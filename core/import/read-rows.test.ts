import { describe, expect, it } from "vitest";
import type { Json } from "../model/json.ts";
import { parseColumnMap } from "./column-map.ts";
import { NOTHING_READ, readRows, type ReadRow, type Reading } from "./read-rows.ts";
import type { CsvLayout, ImportSettings } from "./settings.ts";

const reader = { zone: "Europe/Paris", parseJson };

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function csv(layout: Partial<CsvLayout> & { readonly by?: string } = {}): ImportSettings {
  const { by, ...more } = layout;
  const map = by === undefined ? null : parseColumnMap(by);
  if (map !== null && !map.ok) throw new Error(JSON.stringify(map.error));
  const table = { format: "csv", delimiter: null, header: true, columns: null, map: map === null ? null : map.value } as const;
  return { type: "track", event: null, dryRun: false, layout: { ...table, ...more } };
}

const ndjson: ImportSettings = { type: "track", event: null, dryRun: false, layout: { format: "ndjson" } };

/** Reads a whole file in stretches of so many characters. */
function readAll(text: string, settings: ImportSettings, stretch = 10_000, most = 1_000): ReadRow[] {
  const rows: ReadRow[] = [];
  let reading: Reading = NOTHING_READ;
  let at = 0;
  while (at < text.length) {
    const isEnd = at + stretch >= text.length;
    const read = readRows({ text: text.slice(at, at + stretch), isEnd }, reading, settings, reader, most);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    if (read.value.used === 0) throw new Error("it stands still");
    rows.push(...read.value.rows);
    reading = read.value.reading;
    at += read.value.used;
  }
  return rows;
}

const short = (row: ReadRow): unknown =>
  "event" in row ? row.event : row.column === undefined ? row.code : [row.code, row.column];
const read = (text: string, settings: ImportSettings): unknown[] => readAll(text, settings).map(short);

const ab = csv({ by: "a:properties.a,b:properties.b" });
const pair = (a: string, b: string): object => ({ properties: { a, b } });

describe("CSV as it comes", () => {
  it.each<[string, string, unknown[]]>([
    ["line feeds", "a,b\n1,2\n3,4\n", [pair("1", "2"), pair("3", "4")]],
    ["no line break at the end", "a,b\n1,2\n3,4", [pair("1", "2"), pair("3", "4")]],
    ["CRLF", "a,b\r\n1,2\r\n3,4\r\n", [pair("1", "2"), pair("3", "4")]],
    ["CRLF and quotes", '"a","b"\r\n"1","2"\r\n"3","4"', [pair("1", "2"), pair("3", "4")]],
    ["CRLF with the last line cut at the return", 'a,b\r\n1,"2"\r', [pair("1", "2")]],
    ["line feeds and CRLF mixed", "a,b\r\n1,2\n3,4\r\n", [pair("1", "2"), pair("3", "4")]],
    ["carriage returns alone", "a,b\r1,2\r3,4\r", [pair("1", "2"), pair("3", "4")]],
    ["semicolons", "a;b\n1,5;2\n", [pair("1,5", "2")]],
    ["tabs", "a\tb\n1\t2\n", [pair("1", "2")]],
    ["bars", "a|b\n1|2\n", [pair("1", "2")]],
    ["delimiters within quotes", 'a,b\n"1,1","2;2"\n', [pair("1,1", "2;2")]],
    ["more semicolons within quotes than commas without", '"a;;;",b\n1,2\n', ["not_reached"]],
    ["line breaks within quotes", 'a,b\n"1\n1","2\r\n2"\n3,4\n', [pair("1\n1", "2\r\n2"), pair("3", "4")]],
    ["doubled quotes", 'a,b\n"say ""so""",2\n', [pair('say "so"', "2")]],
    ["a quote within a cell that does not begin with one", 'a,b\n5" disk,2\n', [pair('5" disk', "2")]],
    ["blank lines", "\na,b\n\n1,2\n \n3,4\n\n", [pair("1", "2"), pair("3", "4")]],
    ["empty and blank cells", "a,b\n,2\n1, \n", [{ properties: { b: "2" } }, { properties: { a: "1" } }]],
    ["an empty quoted cell", 'a,b\n"",2\n', [{ properties: { b: "2" } }]],
    ["a cell too few", "a,b\n1\n3,4\n", ["wrong_cell_count", pair("3", "4")]],
    ["a cell too many", "a,b\n1,2,3\n3,4\n", ["wrong_cell_count", pair("3", "4")]],
    ["a quote that never closes", 'a,b\n"1,2\n3,4\n5,6\n', ["bad_quotes", pair("3", "4"), pair("5", "6")]],
    ["a quote that closes in the midst", 'a,b\n"1"x,2\n3,4\n"5",6\n', ["bad_quotes", pair("3", "4"), pair("5", "6")]],
    ["spaces around names of columns", " a , b \n1,2\n", [pair("1", "2")]],
    ["a header alone", "a,b\n", []],
  ])("%s", (what, text, rows) => {
    if (what.startsWith("more semicolons")) {
      const settings = csv({ by: "a\\;\\;\\;:properties.a,b:properties.b".replaceAll("\\;", ";") });
      expect(read(text, settings)).toEqual([pair("1", "2")]);
    } else expect(read(text, ab)).toEqual(rows);
  });

  it("takes the delimiter that is said", () => {
    expect(read("a,x;b\n1;2\n", csv({ delimiter: ";", by: "a\\,x:properties.a,b:properties.b" }))).toEqual([pair("1", "2")]);
  });

  it("takes columns by the names that are said, or by their numbers, where there is no header", () => {
    expect(read("1,2\n", csv({ header: false, columns: ["a", "b"], by: "a:properties.a,b:properties.b" }))).toEqual([
      pair("1", "2"),
    ]);
    expect(read("1,2\n", csv({ header: false, by: "2:properties.a,1:properties.b" }))).toEqual([pair("2", "1")]);
  });

  it("takes the header's names as paths without a map, with their types", () => {
    expect(read("userId,properties.value:number,\nu1,4.5,rest\n", csv())).toEqual([{ userId: "u1", properties: { value: 4.5 } }]);
  });

  it("numbers rows from 1, without header and blank lines", () => {
    expect(readAll("a,b\n1,2\n\n3,4\n", ab).map(({ row }) => row)).toEqual([1, 2]);
  });

  it.each([
    ["unknown_column", "a,c\n1,2\n", ab],
    ["duplicate_column", "a,b,b\n1,2,3\n", ab],
    ["unknown_path", "userId,value\n1,2\n", csv()],
    ["unknown_type", "userId,properties.value:money\n1,2\n", csv()],
    ["bad_map", '"a,b\n1,2\n', ab],
  ])("reads nothing where the header is wrong: %s", (code, text, settings) => {
    const result = readRows({ text, isEnd: true }, NOTHING_READ, settings, reader, 100);
    expect(result).toMatchObject({ ok: false, error: { code } });
  });
});

describe("where stretches are cut", () => {
  const rows = Array.from({ length: 40 }, (_, n) =>
    n % 7 === 3 ? `"x ""${n}""\n,","é€😀${n}"` : n % 7 === 5 ? `"bad"x,${n}` : `${n},b${n}`,
  );
  const text = `a,b\r\n${rows.join("\r\n")}\r\n`;

  it("makes no difference to rows or their numbers", () => {
    const whole = readAll(text, ab);
    expect(whole).toHaveLength(40);
    for (const stretch of [60, 61, 67, 100, 333]) {
      for (const most of [1, 3, 1_000]) expect(readAll(text, ab, stretch, most)).toEqual(whole);
    }
  });

  it("gives up a row that is longer than a stretch, and goes on behind its line", () => {
    const long = `a,b\n1,${"x".repeat(500)}\n3,4\n`;
    expect(readAll(long, ab, 100).map(short)).toEqual(["row_too_large", pair("3", "4")]);
    const open = `a,b\n1,"${"x\n".repeat(100)}\n3,4\n`;
    expect(
      readAll(open, ab, 100)
        .map(short)
        .filter((row) => row === "bad_quotes"),
    ).toHaveLength(1);
    expect(readAll(open, ab, 100).map(short).at(-1)).toEqual(pair("3", "4"));
    expect(readAll(`{"a":"${"x".repeat(500)}"}\n{"a":1}\n`, ndjson, 100).map(short)).toEqual(["row_too_large", { a: 1 }]);
  });
});

describe("NDJSON", () => {
  it("is an event a line", () => {
    const text = '{"userId":"u"}\r\n\n{"userId":"v"}\n[1]\nnot\n{"userId":"w"}';
    expect(read(text, ndjson)).toEqual([{ userId: "u" }, { userId: "v" }, "not_an_object", "not_json", { userId: "w" }]);
  });

  it("has the file's event where a row bears none", () => {
    expect(read('{"event":"own"}\n{"event":null}\n{}', { ...ndjson, event: "Bought" })).toEqual([
      { event: "own" },
      { event: "Bought" },
      { event: "Bought" },
    ]);
  });
});

describe("a row's event", () => {
  it("has external ids in its context, beside what else is there", () => {
    const settings = csv({ by: "card:externalIds.loyalty_card,crm:externalIds.crm,ok:context.consent.purposes.storage:boolean" });
    expect(read("card,crm,ok\nC1,7,yes\n", settings)).toEqual([
      {
        context: {
          consent: { purposes: { storage: true } },
          externalIds: [
            { type: "loyalty_card", id: "C1" },
            { type: "crm", id: "7" },
          ],
        },
      },
    ]);
  });

  it("has names of any kind as its own, the dangerous ones too", () => {
    const [row] = readAll("x\n1\n", csv({ by: "x:properties.__proto__.polluted" }));
    expect(JSON.stringify(row)).toBe('{"row":1,"event":{"properties":{"__proto__":{"polluted":"1"}}}}');
    expect(Object.getPrototypeOf({})).not.toHaveProperty("polluted");
  });

  it("names the column whose value is not of its type, and keeps the row", () => {
    const [row] = readAll("id,n\nu,x\n", csv({ by: "id:userId,n:properties.n:number" }));
    expect(row).toEqual({ row: 1, code: "not_a_number", column: "n", payload: { id: "u", n: "x" } });
  });
});

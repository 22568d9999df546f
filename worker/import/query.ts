import { parseColumnMap } from "../../core/import/column-map.ts";
import type { ImportSettings } from "../../core/import/settings.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";

/** Parts an import may have: 900 GB of them. */
const MOST_PARTS = 10_000;
const LONGEST_NAME = 200;

/** What a call of `/v1/import` says beside its body. */
export interface ImportQuery {
  /** Key of the source. */
  readonly source: string;
  readonly settings: ImportSettings;
  readonly part: number;
  /** Number of the last part, where the call says it. */
  readonly last: number | null;
  /** Label of the body's encoding as the Encoding Standard knows it; null: UTF-8, or as its byte order mark says. */
  readonly encoding: string | null;
}

/** A parameter that is wrong. */
export interface ParameterFault {
  readonly parameter: string;
  readonly code: string;
  readonly message: string;
}

const PARAMETERS: ReadonlySet<string> = new Set([
  "source",
  "type",
  "format",
  "map",
  "dryRun",
  "part",
  "parts",
  "last",
  "delimiter",
  "encoding",
  "header",
  "columns",
  "event",
]);

const DELIMITER_NAMES: Readonly<Record<string, string>> = { comma: ",", semicolon: ";", tab: "\t", pipe: "|" };

/** Reads the query; all that is wrong with it is named at once. */
export function readImportQuery(query: URLSearchParams): Result<ImportQuery, readonly ParameterFault[]> {
  const faults: ParameterFault[] = [];
  const wrong = (parameter: string, code: string, message: string): null => {
    faults.push({ parameter, code, message });
    return null;
  };
  for (const name of new Set(query.keys())) {
    if (!PARAMETERS.has(name)) wrong(name, "unknown_field", "This field is not known.");
    else if (query.getAll(name).length > 1) wrong(name, "bad_value", "Say it once.");
  }
  const flag = (name: string, otherwise: boolean): boolean => {
    const text = query.get(name);
    if (text !== null && !/^(?:[01]|true|false)$/.test(text)) wrong(name, "bad_value", "Write 1 or 0.");
    return text === null ? otherwise : text === "1" || text === "true";
  };
  const number = (name: string): number | null => {
    const text = query.get(name);
    if (text === null) return null;
    const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return value >= 1 && value <= MOST_PARTS ? value : wrong(name, "out_of_range", `Write a number from 1 to ${MOST_PARTS}.`);
  };
  const oneOf = <T extends string>(name: string, ...known: readonly T[]): T => {
    const found = known.find((value) => value === query.get(name));
    if (found === undefined) wrong(name, query.has(name) ? "unknown_value" : "missing", `Write one of: ${known.join(", ")}.`);
    return found ?? known[0] ?? (undefined as never);
  };
  const source = query.get("source") ?? "";
  if (source === "") wrong("source", "missing", "Say the key of the source.");
  const type = oneOf("type", "track", "identify");
  const format = oneOf("format", "ndjson", "csv");
  const layout = format === "csv" ? csvLayout(query, flag, wrong) : ndjsonLayout(query, wrong);
  const event = query.get("event");
  if (event !== null && (event === "" || event.length > LONGEST_NAME || type !== "track"))
    wrong("event", "bad_value", "Name the events of a file of type track.");
  const encoding = query.get("encoding");
  if (encoding !== null && !isEncoding(encoding)) wrong("encoding", "unknown_value", "This encoding is not known.");
  const dryRun = flag("dryRun", false);
  const isLast = flag("last", false);
  const [saidPart, parts] = [number("part"), number("parts")];
  const part = saidPart ?? 1;
  if (parts !== null && (part > parts || (isLast && part !== parts))) wrong("parts", "bad_value", "The part lies beyond them.");
  if (faults.length > 0) return fail(faults);
  // A body that is no part of anything is the whole file.
  const last = parts ?? (isLast || !query.has("part") ? part : null);
  return ok({ source, settings: { type, event, dryRun, layout }, part, last, encoding });
}

type Wrong = (parameter: string, code: string, message: string) => null;

function ndjsonLayout(query: URLSearchParams, wrong: Wrong): ImportSettings["layout"] {
  for (const name of ["map", "columns", "header", "delimiter"])
    if (query.has(name)) wrong(name, "bad_value", "Only a file of format csv has it.");
  return { format: "ndjson" };
}

function csvLayout(
  query: URLSearchParams,
  flag: (name: string, otherwise: boolean) => boolean,
  wrong: Wrong,
): ImportSettings["layout"] {
  const columnsText = query.get("columns");
  const columns = columnsText === null ? null : columnsText.split(",").map((name) => name.trim());
  const header = flag("header", columns === null);
  if (header && columns !== null) wrong("columns", "bad_value", "Columns are named where there is no header: header=0.");
  const said = query.get("delimiter");
  const delimiter = said === null ? null : (DELIMITER_NAMES[said] ?? said);
  if (delimiter !== null && (delimiter.length !== 1 || /["\r\n\ufeff]/.test(delimiter)))
    wrong("delimiter", "bad_value", "Write one character, or comma, semicolon, tab or pipe.");
  const mapText = query.get("map");
  const map = mapText === null ? null : parseColumnMap(mapText);
  if (map !== null && !map.ok)
    wrong("map", map.error.code, `It is not in the form column:path[:type],... at "${map.error.column ?? ""}".`);
  if (map === null && !header && columns === null)
    wrong("map", "missing", "Without a header, name the columns or map their numbers.");
  return { format: "csv", delimiter, header, columns, map: map?.ok === true ? map.value : null };
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== "";
  } catch {
    return false;
  }
}

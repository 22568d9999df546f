import type { Json } from "../model/json.ts";
import { parseInstant } from "../model/instant.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { readDate } from "./date-pattern.ts";

/** How the text of a cell is read. */
export type CellType =
  | { readonly kind: "text" | "number" | "decimal-comma" | "integer" | "boolean" | "json" | "unix" | "unixms" }
  /** Without a pattern: an instant as rules write it. */
  | { readonly kind: "date"; readonly pattern: string | null };

/** Why a cell is not of its type. */
export type CellFault = "not_a_number" | "not_an_integer" | "not_a_boolean" | "not_a_date" | "not_json";

/** What reading cells needs and the core has not. */
export interface CellReader {
  /** IANA zone of the workspace, for times without a zone. */
  readonly zone: string;
  /** JSON of bounded depth; undefined for what is none. */
  readonly parseJson: (text: string) => Json | undefined;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** `1234,5`, or in groups of three by points, spaces or narrow spaces: `1.234,50`. */
const DECIMAL_COMMA = /^[+-]?(?:\d+|\d{1,3}(?:[. \u00a0\u202f]\d{3})+)(?:,\d+)?$/;
const INTEGER = /^[+-]?\d+$/;
const TRUE: ReadonlySet<string> = new Set(["true", "1", "yes", "y", "t"]);
const FALSE: ReadonlySet<string> = new Set(["false", "0", "no", "n", "f"]);
/** Farther from 1970 no instant can be told, ms. */
const FARTHEST_MS = 8.64e15;

/** Reads a cell that is not empty. Instants are given as text, the form in which events bear them. */
export function readCell(text: string, type: CellType, reader: CellReader): Result<Json, CellFault> {
  const trimmed = text.trim();
  switch (type.kind) {
    case "text":
      return ok(text);
    case "number":
      return NUMBER.test(trimmed) ? finite(Number(trimmed)) : fail("not_a_number");
    case "decimal-comma":
      if (!DECIMAL_COMMA.test(trimmed)) return fail("not_a_number");
      return finite(Number(trimmed.replaceAll(/[. \u00a0\u202f]/g, "").replace(",", ".")));
    case "integer":
      return INTEGER.test(trimmed) && Number.isSafeInteger(Number(trimmed)) ? ok(Number(trimmed)) : fail("not_an_integer");
    case "boolean": {
      const word = trimmed.toLowerCase();
      return TRUE.has(word) ? ok(true) : FALSE.has(word) ? ok(false) : fail("not_a_boolean");
    }
    case "json": {
      const json = reader.parseJson(trimmed);
      return json === undefined ? fail("not_json") : ok(json);
    }
    case "unix":
      return NUMBER.test(trimmed) ? instant(Number(trimmed) * 1_000) : fail("not_a_date");
    case "unixms":
      return INTEGER.test(trimmed) ? instant(Number(trimmed)) : fail("not_a_date");
    case "date": {
      if (type.pattern === null) return parseInstant(trimmed, reader.zone) === undefined ? fail("not_a_date") : ok(trimmed);
      const date = readDate(trimmed, type.pattern, reader.zone);
      return date === undefined ? fail("not_a_date") : ok(date);
    }
  }
}

function finite(value: number): Result<Json, CellFault> {
  return Number.isFinite(value) ? ok(value) : fail("not_a_number");
}

function instant(ms: number): Result<Json, CellFault> {
  const rounded = Math.round(ms);
  return Math.abs(rounded) <= FARTHEST_MS ? ok(new Date(rounded).toISOString()) : fail("not_a_date");
}

import { isIdentifierValue, parseEmailSha256, parseIdentity, type Identifier } from "../model/ids.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { emailIdentifier, phoneIdentifier } from "./identifiers.ts";

/** What the lines of an upload are: an identifier each; those of a table with a header; JSON, each saying what it is. */
export type ListFormat = "text" | "csv" | "ndjson";

/** What a line holds where it does not say so itself. `email` may be raw or, 64 hexadecimal digits, hashed. */
export type ListType = "email" | "emailSha256" | "userId" | "anonymousId" | "phone" | `ext:${string}`;

export type LineFault = "bad_email" | "bad_hash" | "bad_phone" | "bad_identifier" | "not_json" | "no_such_column" | "too_long";

/** @returns undefined for a type of identifier that is none */
export function parseListType(text: string): ListType | undefined {
  switch (text) {
    case "email":
    case "emailSha256":
    case "userId":
    case "anonymousId":
    case "phone":
      return text;
    default:
      return /^ext:\S.{0,249}$/.test(text) ? `ext:${text.slice("ext:".length)}` : undefined;
  }
}

/** One value of a type in its normal form. */
export function listIdentifier(type: ListType, text: string): Result<Identifier, LineFault> {
  const value = text.trim();
  switch (type) {
    case "email": {
      const hash = parseEmailSha256(value);
      const identifier = hash === undefined ? emailIdentifier(value) : { type: "emailSha256", value: hash };
      return identifier === undefined ? fail("bad_email") : ok(identifier);
    }
    case "emailSha256": {
      const hash = parseEmailSha256(value);
      return hash === undefined ? fail("bad_hash") : ok({ type, value: hash });
    }
    case "phone": {
      const identifier = phoneIdentifier(value);
      return identifier === undefined ? fail("bad_phone") : ok(identifier);
    }
    default:
      return isIdentifierValue(value) ? ok({ type, value }) : fail("bad_identifier");
  }
}

/** A line of NDJSON: a text of the upload's type, or an `identity` as decisions take it (`{"userId":"u1"}`). */
export function jsonIdentifier(type: ListType, line: string): Result<Identifier, LineFault> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return fail("not_json");
  }
  if (typeof json === "string") return listIdentifier(type, json);
  const identity = parseIdentity(json);
  if (!identity.ok || identity.value.kind === "profile") return fail("bad_identifier");
  return identity.value.kind === "email" ? listIdentifier("email", identity.value.email) : ok(identity.value.identifier);
}

/** Where the identifiers of a table stand. */
export interface Column {
  readonly separator: "," | ";" | "\t";
  readonly index: number;
}

/**
 * Reads a table's header.
 * @param name of the column with the identifiers; undefined for the first one
 */
export function readHeader(line: string, name: string | undefined): Result<Column, LineFault> {
  const separators = [",", ";", "\t"] as const;
  const counts = separators.map((separator) => cells(line, separator).length);
  const separator = separators[counts.indexOf(Math.max(...counts))] ?? ",";
  if (name === undefined) return ok({ separator, index: 0 });
  const index = cells(line, separator).findIndex((cell) => cell.trim() === name);
  return index < 0 ? fail("no_such_column") : ok({ separator, index });
}

/** The cell of a row (RFC 4180, without line breaks inside quotes). @returns undefined where the row is too short */
export function cellOf(line: string, { separator, index }: Column): string | undefined {
  return cells(line, separator)[index];
}

function cells(line: string, separator: string): readonly string[] {
  const found: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (character === '"') {
      if (quoted && line[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = !quoted;
    } else if (character === separator && !quoted) {
      found.push(cell);
      cell = "";
    } else cell += character;
  }
  found.push(cell);
  return found;
}

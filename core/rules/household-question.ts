import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalJson, type Json } from "../model/json.ts";
import type { Rule } from "./ast.ts";

/**
 * What a household is asked by a rule, as a text of 32 hexadecimal digits: the same for the same rule in whatever
 * audience or version, so an answer told once serves until the household tells another.
 */
export function householdQuestion(rule: Rule): string {
  const json: Json = JSON.parse(JSON.stringify(rule));
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(json)))).slice(0, 32);
}

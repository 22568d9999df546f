import { parseDuration } from "../model/duration.ts";
import {
  CHANNELS,
  COMPUTED,
  PARTIES,
  RESERVED_NAMES,
  eventName,
  type Channel,
  type EventType,
  type LogEvent,
  type Party,
} from "../model/event.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import { parseTimestamp } from "../model/timestamp.ts";
import type { Rule } from "./ast.ts";
import { anEvent } from "./factories.ts";
import { householdQuestion } from "./household-question.ts";

/** Reads the examples of docs/rules.md, for the test that runs them. */

export interface Example {
  readonly kind: "rule" | "audience" | "faulty" | "warned" | "explained";
  /** Of an audience. */
  readonly key: string;
  readonly line: number;
  /** True where it is a row of the table of faults and no block. */
  readonly isRow: boolean;
  readonly json: unknown;
  /** Quoted paragraphs below it: its sentence, perhaps in French too, or its faults. */
  readonly says: readonly string[];
  /** What is known of a person, as the page writes it, and the value of the rule. */
  readonly table: readonly (readonly [known: string, value: string])[];
}

const BLOCK = /^```json (rule|audience|faulty|warned|explained) ?(\S*)\n([^]*?)\n```\n((?:>.*\n)*)(?:\n((?:\| .*\n)+))?/gm;

/** Every example of a page, in order: a fenced block, and what follows it; each row of a table of faults is one too. */
export function examplesOf(page: string): readonly Example[] {
  const blocks = [...page.matchAll(BLOCK)].map(({ index, 1: kind, 2: key = "", 3: json = "", 4: says = "", 5: table = "" }) => ({
    kind: kindOf(kind),
    key,
    line: page.slice(0, index).split("\n").length,
    isRow: false,
    json: parsed(json),
    says: says.split("\n").flatMap((line) => (line.startsWith("> ") ? [line.slice("> ".length)] : [])),
    table: rowsOf(table),
  }));
  const [, faults = ""] = /\| rule \| fault \|\n((?:\| .*\n)+)/.exec(page) ?? [];
  const faulty = rowsOf(`| |\n${faults}`).map(([rule, fault]): Example => ({
    kind: "faulty",
    key: "",
    line: page.slice(0, page.indexOf(rule)).split("\n").length,
    isRow: true,
    json: parsed(rule.slice(1, -1)),
    says: fault.split("<br>"),
    table: [],
  }));
  return [...blocks, ...faulty];
}

function kindOf(word: string | undefined): Example["kind"] {
  if (word === "rule" || word === "audience" || word === "faulty" || word === "warned" || word === "explained") return word;
  throw new Error(`no such example: ${word}`);
}

function parsed(json: string): Json {
  return JSON.parse(json);
}

/** Rows of two cells, without the head of the table. */
function rowsOf(table: string): readonly (readonly [string, string])[] {
  return table
    .split("\n")
    .slice(2)
    .flatMap((row): [string, string][] => {
      const [, first, second] = /^\| (.*) \| (.*) \|$/.exec(row) ?? [];
      return first === undefined || second === undefined ? [] : [[first, second]];
    });
}

interface Told {
  readonly log: readonly LogEvent[];
  readonly now: number;
  readonly profileId: string;
}

/**
 * What is known of a person, in the words of the page: `{"country":"FR"}`, `2d ago: Order Completed (channel store) {"value":40}`,
 * `now 2026-03-29T21:59:59Z`, `person p1`, `the household says true`.
 * @param rule whose question a household answers
 * @param present ms: now, unless told otherwise
 */
export function told(known: string, rule: Rule, present: number): Told {
  const spans = [...known.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
  if (spans.length === 0 && known !== "nothing") throw new Error(`not understood: ${known}`);
  const now = spans.map((span) => instantIn(/^now (\S+)$/.exec(span)?.[1])).find((at) => at !== undefined) ?? present;
  const profileId = spans.map((span) => /^person (\S+)$/.exec(span)?.[1]).find((id) => id !== undefined) ?? "p";
  const log = spans.flatMap((span, index) => {
    if (/^(now|person) /.test(span)) return [];
    return [{ ...eventIn(span, rule, now), messageId: `m${index + 1}` }];
  });
  return { log, now, profileId };
}

/** Traits, and what a household says, were told on the first of the year. */
const EARLIER = Date.UTC(2026, 0, 1);

function eventIn(span: string, rule: Rule, now: number): LogEvent {
  if (span.startsWith("{"))
    return anEvent({ type: "identify", name: "$identify", time: EARLIER, properties: propertiesIn(span) });
  const [, says] = /^the household says (.*)$/.exec(span) ?? [];
  if (says !== undefined) {
    const properties = {
      household: "h1",
      answers: Object.fromEntries(questionsIn(rule).map((question) => [question, parsed(says)])),
    };
    return anEvent({ type: "fact", name: "$household", time: EARLIER, properties });
  }
  const [, ago, at, name = "", origin = "", properties = "{}"] =
    /^(?:(\d+[smhdw]) ago|(\d{4}-\S+Z)): ([^({]*?)(?: \(([^)]+)\))?(?: (\{.*))?$/.exec(span) ?? [];
  const length = parseDuration(ago ?? "");
  const time = length.ok ? now - length.value : instantIn(at);
  if (time === undefined) throw new Error(`not understood: ${span}`);
  const type = typeOf(name);
  return anEvent({ type, name: eventName(type, name), time, ...originIn(origin), properties: propertiesIn(properties) });
}

function instantIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTimestamp(text);
}

function propertiesIn(json: string): LogEvent["properties"] {
  const properties = parsed(json);
  if (!isJsonObject(properties)) throw new Error(`no properties: ${json}`);
  return properties;
}

const CALLS: ReadonlyMap<string, EventType> = new Map([
  ["$page", "page"],
  ["$screen", "screen"],
  ["$identify", "identify"],
  ["$group", "group"],
  ["$alias", "alias"],
]);

function typeOf(name: string): EventType {
  return CALLS.get(name) ?? (RESERVED_NAMES.has(name) ? "fact" : "track");
}

function originIn(origin: string): Partial<LogEvent> {
  if (origin === "") return {};
  const [key, value = ""] = origin.split(" ");
  if (key === "source") return { source: value };
  if (key === "channel" && isChannel(value)) return { channel: value };
  if (key === "party" && isParty(value)) return { party: value };
  throw new Error(`no such origin: ${origin}`);
}

function isChannel(text: string): text is Channel {
  return CHANNELS.has(text);
}

function isParty(text: string): text is Party {
  return PARTIES.has(text);
}

function questionsIn(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case "household":
      return [householdQuestion(rule.rule)];
    case "not":
      return questionsIn(rule.part);
    case "all":
    case "any":
    case "none":
    case "atLeast":
      return rule.of.flatMap(questionsIn);
    default:
      return [];
  }
}

/** Kinds of conditions, filters, windows and aggregates, operators, and computed traits, that a rule is made of. */
export function partsOf(part: unknown): ReadonlySet<string> {
  const parts = new Set<string>();
  const gather = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (key === "path" && Array.isArray(member) && member[0] === COMPUTED) parts.add(COMPUTED);
      if ((key === "kind" || key === "op") && typeof member === "string") parts.add(member);
      else gather(member);
    }
  };
  gather(part);
  return parts;
}

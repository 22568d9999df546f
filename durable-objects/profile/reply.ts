import type { Membership } from "../../core/model/envelope.ts";
import type { JsonObject } from "../../core/model/json.ts";
import type { Filled } from "./placements.ts";
import type { ExplainNode } from "../../core/profile/explain.ts";

/** What a decision says of a person; joined to the parts that the Worker knows (`decisionId`) it is the reply of http.md, "Decide". */
export interface Decided {
  readonly ruleset: number;
  readonly known: boolean;
  readonly profileId?: string;
  readonly audiences?: readonly string[];
  readonly traits?: JsonObject;
  /** The explain tree of `rules.md` by audience. */
  readonly explain?: Readonly<Record<string, object>>;
  readonly reason?: "NO_CONSENT";
  readonly membership?: Membership;
  /** Instant at which time alone may change this, ms; Infinity: never. */
  readonly nextChange: number;
}

/** The members of the JSON object that do not depend on the instant of asking. @param filled what its placements are filled with, where any were asked for */
export function encodeDecided({ nextChange, ...decided }: Decided, filled?: Filled): string {
  const text = JSON.stringify({ ...decided, validUntil: isoOrNull(Math.min(nextChange, filled?.until ?? Infinity)) });
  return filled === undefined ? text.slice(1, -1) : `${text.slice(1, -1)},${filled.text}`;
}

/** The whole answer of `decide`: `=` and the members of the reply. */
export function encodeReply(asOf: number, decided: string): string {
  return `="asOf":"${new Date(asOf).toISOString()}",${decided}`;
}

/** Latest instant a JavaScript date can say. */
const END_OF_TIME = 8.64e15;

export function isoOrNull(ms: number): string | null {
  return ms <= END_OF_TIME ? new Date(ms).toISOString() : null;
}

/** An explain tree as callers read it: instants as everywhere on the wire. @param wordsOf says each node in words, where they are wanted */
export function shownTree(node: ExplainNode, wordsOf?: (node: ExplainNode) => object): object {
  const shown = {
    ...node,
    nextChange: node.nextChange === null ? null : isoOrNull(node.nextChange),
    ...(wordsOf && { words: wordsOf(node) }),
  };
  switch (node.kind) {
    case "all":
    case "any":
    case "none":
    case "atLeast":
      return { ...shown, of: node.of.map((part) => shownTree(part, wordsOf)) };
    case "not":
      return { ...shown, part: shownTree(node.part, wordsOf) };
    case "everyone":
    case "trait":
    case "event":
    case "sequence":
    case "audience":
    case "list":
    case "bucket":
    case "household":
    case "unavailable":
      return shown;
  }
}

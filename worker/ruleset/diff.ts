import type { JsonObject } from "../../core/model/json.ts";
import {
  DOCUMENT_KINDS,
  documentsOf,
  fieldsThatDiffer,
  sentencesIn,
  type DocumentKind,
  type RulesetContent,
  type Sentences,
} from "./content.ts";

export type ChangeKind = "added" | "changed" | "removed";

/** What is another thing in one content than in the other. */
export interface Change {
  readonly kind: DocumentKind;
  readonly key: string;
  readonly change: ChangeKind;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly fields: readonly string[];
}

/** Audiences, then placements, then campaigns, each by key. */
export function changesBetween(from: RulesetContent, to: RulesetContent): readonly Change[] {
  return DOCUMENT_KINDS.flatMap((kind) => {
    const [before, after] = [documentsOf(from, kind), documentsOf(to, kind)];
    const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted();
    return keys.flatMap((key) => changeOf(kind, key, before.get(key), after.get(key)) ?? []);
  });
}

/** @returns undefined where nothing differs */
export function changeOf(
  kind: DocumentKind,
  key: string,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): Change | undefined {
  const fields = fieldsThatDiffer(before, after);
  if (fields.length === 0) return undefined;
  const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  return { kind, key, change, ...(before && { before }), ...(after && { after }), fields };
}

/** What its rule says in either; undefined where it has none in both. */
export function sentencesOfChange(
  { before, after }: Change,
  from: RulesetContent,
  to: RulesetContent,
): { readonly before: Sentences | null; readonly after: Sentences | null } | undefined {
  const said = { before: sentencesIn(before, from.settings), after: sentencesIn(after, to.settings) };
  return said.before === null && said.after === null ? undefined : said;
}

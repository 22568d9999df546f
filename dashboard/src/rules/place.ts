import type { Schema } from "react-querybuilder";
import type { Edited } from "./edits.ts";
import type { Grammar, Query } from "./model.ts";

/** What the rows and groups of one editor know of it. */
export interface Place {
  readonly grammar: Grammar;
  /** As it is shown: that of the library's store is told of a new rule a moment later. */
  readonly query: Query;
  /** What its outermost group is called. */
  readonly label: string;
  /** Where each node is written, by its id. */
  readonly pointers: ReadonlyMap<string, string>;
  /** Ids of those below a negation (`deniedIn`). */
  readonly denied: ReadonlySet<string>;
  /** Moves the reader's focus to a node once it is shown. */
  readonly focusOn: (id: string) => void;
}

type AnySchema = Pick<Schema<never, string>, "getQuery" | "dispatchQuery">;

/** Changes the query of the editor that a row or group is in, and moves the focus along. */
export function act({ focusOn }: Place, schema: AnySchema, edit: (query: Query) => Edited): void {
  const { query, focus } = edit(schema.getQuery() as unknown as Query);
  if (focus !== undefined) focusOn(focus);
  schema.dispatchQuery(query);
}

import type { Channel, Party } from "../model/event.ts";
import type { CellType } from "./cell.ts";

/** What a file is and how its rows become events: said once, with its first part, and the same for all of them. */
export interface ImportSettings {
  /** The type of every row's event. */
  readonly type: "track" | "identify";
  /** Name of the events whose rows bear none. */
  readonly event: string | null;
  /** Nothing is written to any profile. */
  readonly dryRun: boolean;
  readonly layout: NdjsonLayout | CsvLayout;
}

/** Every line is an event in the shape of the collect API. */
export interface NdjsonLayout {
  readonly format: "ndjson";
}

export interface CsvLayout {
  readonly format: "csv";
  /** Null: as the first row shows. */
  readonly delimiter: string | null;
  /** Whether the first row of the first part names the columns. */
  readonly header: boolean;
  /** Names of the columns where no header says them; null: their numbers, from 1. */
  readonly columns: readonly string[] | null;
  /** Null: the columns' names are the paths. */
  readonly map: readonly ColumnMap[] | null;
}

/** Where a column's value goes in the event. */
export interface ColumnMap {
  readonly column: string;
  /** `["properties", "value"]`; `["externalIds", TYPE]` for one of `context.externalIds`. */
  readonly path: readonly string[];
  readonly type: CellType;
}

/** The source whose events the rows are, as it was when the import began. */
export interface ImportSource {
  readonly key: string;
  readonly kind: "browser" | "app" | "server";
  readonly channel: Channel;
  readonly party: Party;
  readonly origins: readonly string[];
  readonly identify: "open" | "signed";
  readonly consent: "required" | "assumed";
}

/** The part of papaparse 5.5 that is used: its rows are cut by the parser within, for `Papa.parse` says no place to go on from. */
declare module "papaparse" {
  interface ParserOptions {
    readonly delimiter: string;
    readonly newline: "\n" | "\r";
    readonly fastMode: false;
    /** Called after each row. */
    readonly step: (result: ParsedRow) => void;
  }
  interface ParsedRow {
    readonly data: readonly (readonly string[])[];
    readonly errors: readonly { readonly code: "MissingQuotes" | "InvalidQuotes" }[];
    /** `cursor`: the place after the row, with the base index added. */
    readonly meta: { readonly cursor: number };
  }
  class Parser {
    constructor(options: ParserOptions);
    /** @param ignoreLastRow whether what no newline ends is left alone */
    parse(input: string, baseIndex: number, ignoreLastRow: boolean): ParsedRow;
    abort(): void;
  }
  const Papa: { readonly Parser: typeof Parser };
  export default Papa;
}

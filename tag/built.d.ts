/** Of the second script, filled in where the tag is built. */
declare const PLACEMENTS_HASH: string;
declare const PLACEMENTS_INTEGRITY: string;

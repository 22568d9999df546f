/** The three values of a rule (rules.md, "Logic"). Only true means "in the audience". */
export type Truth = true | false | "unknown";

/** The same as small integers in the order false < unknown < true, so that `all` is a minimum and `any` a maximum. */
export type Tri = 0 | 1 | 2;
export const FALSE = 0;
export const UNKNOWN = 1;
export const TRUE = 2;

export const triOf = (value: boolean): Tri => (value ? TRUE : FALSE);

export const negated = (value: Tri): Tri => (value === TRUE ? FALSE : value === FALSE ? TRUE : UNKNOWN);

export const truthOf = (value: Tri): Truth => (value === UNKNOWN ? "unknown" : value === TRUE);

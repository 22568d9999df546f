import { FALSE, negated, TRUE, UNKNOWN, type Tri } from "./truth.ts";

/** Groups of questions in three values (rules.md, "Logic"): each asks no more of its parts than it must. */

/** Asks something of a thing. */
export type Ask<Of> = (of: Of) => Tri;

export function allOf<Of>(parts: readonly Ask<Of>[]): Ask<Of> {
  return (of) => {
    let all: Tri = TRUE;
    for (const part of parts) {
      const value = part(of);
      if (value === FALSE) return FALSE;
      if (value === UNKNOWN) all = UNKNOWN;
    }
    return all;
  };
}

export function anyOf<Of>(parts: readonly Ask<Of>[]): Ask<Of> {
  return (of) => {
    let any: Tri = FALSE;
    for (const part of parts) {
      const value = part(of);
      if (value === TRUE) return TRUE;
      if (value === UNKNOWN) any = UNKNOWN;
    }
    return any;
  };
}

export function not<Of>(part: Ask<Of>): Ask<Of> {
  return (of) => negated(part(of));
}

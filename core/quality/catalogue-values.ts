import type { Json } from "../model/json.ts";

/** A value that a rule may be compared with. */
export type Scalar = string | number | boolean;

/**
 * Examples of a property's values. They are for a rule builder to offer, so only what many share is worth showing; and
 * what may say something of one person is never shown, nor kept. So a value is shown once three people have sent it,
 * until then only a keyed hash of it is kept; and where a property has more than ten values, or one that looks personal,
 * none of it are kept from then on.
 */
export interface ValueNotes {
  /** True for good once no values of it are to be shown. */
  readonly hidden: boolean;
  readonly shown: readonly Scalar[];
  /** Values that too few people have sent: hash, and a mark of each of them. */
  readonly seen: readonly (readonly [hash: string, marks: string])[];
}

export const NO_VALUES: ValueNotes = { hidden: false, shown: [], seen: [] };
export const HIDDEN_VALUES: ValueNotes = { hidden: true, shown: [], seen: [] };

/** Different values that a property may have and still be shown. */
export const MOST_VALUES = 10;
/** People who must have sent a value before it is kept. */
const FEWEST_PEOPLE = 3;
const LONGEST_TEXT = 40;
/** Numbers from here on, and rows of so many digits, are ids, phones or cards more often than amounts. */
const MOST_DIGITS = 6;

/** True where another sighting of the value changes nothing, whoever it comes from. */
export function isSettled({ hidden, shown }: ValueNotes, value: Json): boolean {
  return hidden || shown.includes(value as Scalar);
}

/**
 * Notes that somebody sent a value.
 * @param mark a character that tells people apart: different ones are different people
 * @returns the same notes where nothing changes
 */
export function seeValue(notes: ValueNotes, value: Scalar, mark: string, hashOf: (value: Scalar) => string): ValueNotes {
  if (value === "" || isSettled(notes, value)) return notes;
  if (looksPersonal(value)) return HIDDEN_VALUES;
  const hash = hashOf(value);
  const marks = notes.seen.find(([of]) => of === hash)?.[1] ?? "";
  if (marks.includes(mark)) return notes;
  if (marks === "" && notes.shown.length + notes.seen.length >= MOST_VALUES) return HIDDEN_VALUES;
  const others = notes.seen.filter(([of]) => of !== hash);
  return marks.length + 1 < FEWEST_PEOPLE
    ? { ...notes, seen: [...others, [hash, marks + mark]] }
    : { ...notes, shown: [...notes.shown, value], seen: others };
}

/** Whatever may be an address, a number of a phone, a card or an account, an id, or words of a person. */
function looksPersonal(value: Scalar): boolean {
  if (typeof value === "boolean") return false;
  if (typeof value === "number") return Math.abs(value) >= 10 ** MOST_DIGITS;
  if (value.length > LONGEST_TEXT || value.includes("@") || /[\p{Cc}\p{Cs}]/u.test(value)) return true;
  const digits = value.replaceAll(/\D/g, "").length;
  return digits > MOST_DIGITS || ADDRESS.test(value);
}

/** IPv4 and IPv6, as far as few digits go. */
const ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}$|^[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}$/i;

/** What is in keys of personal data, and what they are or end with. */
const PERSONAL_PART =
  /mail|phone|mobile|address|street|birth|passw|secret|token|iban|passport|(?:first|last|full|given|family|user|nick|sur)_?name/i;
const PERSONAL_END = /(?:^|[_-])(?:ip|tel|zip|post_?code|postal_?code|ssn|dob|lat|lon|lng|latitude|longitude|card)(?:\[\])?$/i;

/** False where the key says that its values are personal, whatever they look like. @param event in traits a `name` is a person's */
export function mayShowValues(event: string, path: string): boolean {
  const key = path.slice(path.lastIndexOf(".") + 1);
  return !PERSONAL_PART.test(key) && !PERSONAL_END.test(key) && !(event === "$identify" && path === "name");
}

/** How the notes are stored; equal notes have equal texts. */
export function valueNotesText({ hidden, shown, seen }: ValueNotes): string {
  if (hidden) return "*";
  return shown.length === 0 && seen.length === 0 ? "" : JSON.stringify([shown, seen]);
}

export function readValueNotes(text: string): ValueNotes {
  if (text === "*") return HIDDEN_VALUES;
  if (text === "") return NO_VALUES;
  const [shown, seen]: [ValueNotes["shown"], ValueNotes["seen"]] = JSON.parse(text);
  return { hidden: false, shown, seen };
}

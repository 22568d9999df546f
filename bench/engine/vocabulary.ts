import { EVENTS, eventName, TRAITS, traitName } from "../audiences.ts";

/** What people of the engine's benchmark can be and do: 40 traits, 30 names of events. */

/** Every trait has values of one type: peers compare across types in ways of their own. */
export type TraitKind = "choice" | "number" | "text" | "boolean";

const KINDS: readonly TraitKind[] = [
  "choice",
  "number",
  "choice",
  "number",
  "text",
  "choice",
  "number",
  "choice",
  "number",
  "boolean",
];

export const TRAIT_NAMES = Array.from({ length: TRAITS }, (_, at) => traitName(at));
export const EVENT_NAMES = Array.from({ length: EVENTS }, (_, at) => eventName(at));

export function traitKind(name: string): TraitKind {
  return KINDS[TRAIT_NAMES.indexOf(name) % KINDS.length] ?? "choice";
}

/** Values of a trait such as a country or a plan. */
export const CHOICES = Array.from({ length: 24 }, (_, at) => `choice ${String(at).padStart(2, "0")}`);

/** Numbers are from 0 up to but not this; bounds of rules are above 0, since some peers take what is missing for 0. */
export const LARGEST_NUMBER = 1_000;

/** Of which texts are made. None is a part of "null" or "undefined", which some peers read where there is nothing. */
export const WORDS = ["running", "shoes", "winter", "garden", "leather", "cotton", "summer", "office", "travel", "kitchen"];

export const CATEGORIES = Array.from({ length: 12 }, (_, at) => `category ${at}`);

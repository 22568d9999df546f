import { recall, remember } from "./storage.ts";

/** Who is on the page: a random id of this browser, and the user where the page said who that is. */
export interface Person {
  readonly anonymousId: string;
  readonly userId: string | undefined;
}

let anonymousId: string | undefined;
let userId: string | undefined;

/** 128 random bits. Not `randomUUID`, which pages without TLS do not have. */
export function randomId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

/** The id that a withdrawal is about: one of this visit or of an earlier one. Makes none. */
export function knownId(): string | undefined {
  return anonymousId ?? recall("tl_a");
}

/** The ids for an event; reads and writes the browser's storage, so ask only under consent. */
export function person(): Person {
  anonymousId = knownId() ?? randomId();
  userId ??= recall("tl_u");
  remember("tl_a", anonymousId);
  remember("tl_u", userId);
  return { anonymousId, userId };
}

/** Kept in the browser from the next event on. */
export function setUser(id: string | undefined): void {
  userId = id ?? userId;
}

/** True once a user has signed out on this page: the browser's cookie is still that user's, and our batches say so. */
export let isSomebodyNew = false;

/** Somebody else, or nobody, from here on. */
export function forgetPerson(): void {
  anonymousId = userId = undefined;
  isSomebodyNew = true;
  remember("tl_a");
  remember("tl_u");
}

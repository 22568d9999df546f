/**
 * A store (D1, R2, an object) did not answer. Thrown, not returned: it can happen at every read, nobody between the
 * store and the edge can do anything about it, and the edge answers 503, upon which clients send again.
 */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** Runs a call to a store; whatever it throws becomes `Unavailable`, the cause kept for whoever debugs. */
export async function reaching<T>(store: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new Unavailable(`${store} cannot be reached`, { cause });
  }
}

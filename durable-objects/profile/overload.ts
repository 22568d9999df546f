/** Message of the error by which an object turns a call away that it has no room for: a class does not survive an RPC. */
export const OVERLOADED = "overloaded: too many calls wait at this object";

/** True for our own refusal, and for the platform's, which marks what it throws. */
export function isOverload(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { overloaded }: { readonly overloaded?: unknown } = Object(error);
  return overloaded === true || error.message.includes(OVERLOADED);
}

/**
 * The same value, as a program that reads it from a text holds it: its keys are the ones JavaScript compares by address.
 * What a generator glues together is not, and every look-up by it would be several times slower than any workspace sees.
 */
export function asRead<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

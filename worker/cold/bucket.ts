import { reaching } from "../wire/unavailable.ts";

/** What an object in R2 holds, and the tag by which a put says what it saw. */
export interface Held<T> {
  readonly value: T;
  readonly etag: string;
}

/** Reads a JSON object of the bucket. @returns undefined where it is not there @throws Unavailable */
export function readObject<T>(bucket: R2Bucket, key: string): Promise<Held<T> | undefined> {
  return reaching("R2", async () => {
    const object = await bucket.get(key);
    return object === null ? undefined : { value: await object.json<T>(), etag: object.etag };
  });
}

/** Writes a JSON object, whatever was there. @throws Unavailable */
export async function writeObject(bucket: R2Bucket, key: string, value: object): Promise<void> {
  await reaching("R2", () => bucket.put(key, JSON.stringify(value), JSON_OBJECT));
}

/**
 * Writes a JSON object only over what was read; over nothing where `seen` is undefined.
 * @returns false where it is another by now, and nothing was written
 * @throws Unavailable
 */
export async function replaceObject(
  bucket: R2Bucket,
  key: string,
  value: object,
  seen: Held<unknown> | undefined,
): Promise<boolean> {
  const onlyIf = seen === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: seen.etag };
  return (await reaching("R2", () => bucket.put(key, JSON.stringify(value), { ...JSON_OBJECT, onlyIf }))) !== null;
}

/** @throws Unavailable */
export function removeObject(bucket: R2Bucket, key: string): Promise<void> {
  return reaching("R2", () => bucket.delete(key));
}

const JSON_OBJECT = { httpMetadata: { contentType: "application/json" } };

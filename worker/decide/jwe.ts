import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from "node:crypto";

/**
 * A JWE in its compact form (RFC 7516) of one kind alone: `dir`, A256GCM. By a few lines of `node:crypto`, since a library that knows all kinds is 9 KB of the
 * Worker, and waits where nothing has to be waited for; a test reads each by the other.
 */
const HEADER = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString("base64url");
const AUTHENTICATED = Buffer.from(HEADER, "ascii");
const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param key 32 bytes */
export function sealJwe(text: string, key: Buffer | KeyObject): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(AUTHENTICATED);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return [HEADER, "", iv, sealed, cipher.getAuthTag()]
    .map((part) => (typeof part === "string" ? part : part.toString("base64url")))
    .join(".");
}

/** @returns undefined for what is not sealed under this key, of another kind, or was touched */
export function openJwe(token: string, key: Buffer | KeyObject): string | undefined {
  const [header, wrapped, ...rest] = token.split(".");
  const [iv, sealed, tag] = rest.map((part) => Buffer.from(part, "base64url"));
  if (header !== HEADER || wrapped !== "" || rest.length !== 3 || iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES)
    return undefined;
  const decipher = createDecipheriv(CIPHER, key, iv).setAAD(AUTHENTICATED);
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed ?? Buffer.alloc(0)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

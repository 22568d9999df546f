import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** Numbers from 0 up to 1, one after the other, the same for the same seed. */
export type Chance = () => number;

/**
 * Chance that is none: a decision that is asked for again must be the same. sfc32 (Chris Doty-Humphrey's PractRand) under 96
 * bits of SHA-256 of the seed.
 */
export function chanceOf(seed: string): Chance {
  const view = new DataView(sha256(utf8ToBytes(seed)).buffer);
  let a = view.getUint32(0);
  let b = view.getUint32(4);
  let c = view.getUint32(8);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

/**
 * Numbers as the decimals they are written as (rules.md, "Events": money must add up): 0.1 is one tenth, not the nearest
 * binary fraction. A scaled number is that decimal times a power of ten, as an integer: a JavaScript number where it is
 * small enough that sums and differences of such stay exact, else a BigInt. The two compare exactly with `<`.
 */
export type Scaled = number | bigint;

/** Up to here the difference of two numbers is a safe integer too. */
export const LARGEST_EXACT = 2 ** 52;

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Integers below this stand, with any point put into them, for doubles of their own: no two for one. */
const FIFTEEN_DIGITS = 1e15;
/** Digits after the point up to which the quick way is tried: money has two. */
const FEW_DIGITS = 4;

/** `value` times ten to the power of `digits` where that is an integer of at most 15 digits, found without its text; else NaN. */
function quicklyScaled(value: number, digits: number): number {
  const power = POWERS[digits] ?? NaN;
  const product = Math.round(value * power);
  // The quotient is rounded right, so this is the number that the digits of the product stand for.
  return Math.abs(product) < FIFTEEN_DIGITS && product / power === value ? product : NaN;
}

/** Digits after the point in the shortest decimal form of a finite number. */
export function fractionDigits(value: number): number {
  if (Number.isInteger(value)) return 0;
  for (let digits = 1; digits <= FEW_DIGITS; digits++) if (!Number.isNaN(quicklyScaled(value, digits))) return digits;
  const { digits, exponent } = decimalOf(value);
  return Math.max(0, digits.length - digits.indexOf(".") - 1 - exponent);
}

/** The shortest form of a number: digits with their point, if any, and the power of ten behind `e`, if any. */
function decimalOf(value: number): { readonly digits: string; readonly exponent: number } {
  const text = String(value);
  const at = text.indexOf("e");
  const digits = at < 0 ? text : text.slice(0, at);
  return { digits: digits.includes(".") ? digits : `${digits}.`, exponent: at < 0 ? 0 : Number(text.slice(at + 1)) };
}

/**
 * `value` times ten to the power of `digits`, exactly.
 * @param digits at least `fractionDigits(value)`
 */
export function scaled(value: number, digits: number): Scaled {
  const product = quicklyScaled(value, digits);
  if (!Number.isNaN(product)) return product;
  const decimal = decimalOf(value);
  const [whole = "", fraction = ""] = decimal.digits.split(".");
  const zeros = digits + decimal.exponent - fraction.length;
  const text = whole + fraction;
  if (zeros + text.length <= 15) return Number(text) * (POWERS[zeros] ?? 1);
  return BigInt(text) * 10n ** BigInt(zeros);
}

/** The decimal that a scaled number stands for, as a number: the nearest, for showing. */
export function unscaled(value: Scaled, digits: number): number {
  return Number(`${value}e-${digits}`);
}

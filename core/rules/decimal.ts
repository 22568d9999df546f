/**
 * Numbers as the decimals they are written as (rules.md, "Events": money must add up): 0.1 is one tenth, not the nearest
 * binary fraction. A scaled number is that decimal times a power of ten, as an integer: a JavaScript number where it is
 * small enough that sums and differences of such stay exact, else a BigInt. The two compare exactly with `<`.
 */
export type Scaled = number | bigint;

/** Up to here the difference of two numbers is a safe integer too. */
export const LARGEST_EXACT = 2 ** 52;

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Digits after the point in the shortest decimal form of a finite number. */
export function fractionDigits(value: number): number {
  if (Number.isInteger(value)) return 0;
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
  const power = POWERS[digits];
  if (power !== undefined && Number.isSafeInteger(value)) {
    const product = value * power;
    if (Math.abs(product) <= LARGEST_EXACT) return product;
  }
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

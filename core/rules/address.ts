/** An address of the internet as a number, of 32 bits or of 128. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** The addresses that share their first `prefix` bits with `value`, whose other bits are 0. */
export interface Block extends Address {
  readonly prefix: number;
}

/** `::ffff:0:0/96`, where IPv6 writes IPv4 addresses (RFC 4291, 2.5.5.2). */
const MAPPED = 0xffffn;

/**
 * Reads an IPv4 address of four decimal numbers, none with a leading zero, which some read as octal, or an IPv6 address
 * (RFC 4291, 2.2), without a zone. An IPv4 address mapped into IPv6 is the IPv4 address: servers tell either.
 * @returns undefined for any other text
 */
export function parseAddress(text: string): Address | undefined {
  const address = parseWritten(text);
  return address?.bits === 128 && address.value >> 32n === MAPPED ? { bits: 32, value: address.value & 0xffffffffn } : address;
}

/**
 * Reads a block, `10.0.0.0/8` or `2001:db8::/32`. Of IPv4 addresses mapped into IPv6 it is the IPv4 block.
 * @returns `not_a_block` for any other text, `bits_beyond` where the address has bits set behind its prefix
 */
export function parseBlock(text: string): Block | "not_a_block" | "bits_beyond" {
  const slash = text.indexOf("/");
  const written = slash < 0 ? undefined : parseWritten(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (!written || !/^(0|[1-9][0-9]{0,2})$/.test(digits)) return "not_a_block";
  const prefix = Number(digits);
  if (prefix > written.bits) return "not_a_block";
  if (firstOf(written, prefix) !== written.value) return "bits_beyond";
  const mapped = written.bits === 128 && prefix >= 96 && written.value >> 32n === MAPPED;
  return mapped ? { bits: 32, value: written.value & 0xffffffffn, prefix: prefix - 96 } : { ...written, prefix };
}

/** The address with all bits behind the first `prefix` cleared. */
export function firstOf({ bits, value }: Address, prefix: number): bigint {
  const behind = BigInt(bits - prefix);
  return (value >> behind) << behind;
}

function parseWritten(text: string): Address | undefined {
  if (text.includes(":")) {
    const value = parseIpv6(text);
    return value === undefined ? undefined : { bits: 128, value };
  }
  const value = parseIpv4(text);
  return value === undefined ? undefined : { bits: 32, value };
}

function parseIpv4(text: string): bigint | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  let value = 0;
  for (const part of match.slice(1)) {
    if ((part.length > 1 && part.startsWith("0")) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return BigInt(value);
}

function parseIpv6(text: string): bigint | undefined {
  if (text.length > 45) return undefined; // the longest form of any
  const [front = "", back, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const before = groupsOf(front, back === undefined);
  const after = back === undefined ? [] : groupsOf(back, true);
  if (!before || !after) return undefined;
  const missing = 8 - before.length - after.length;
  if (back === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** Groups of 16 bits between single colons; the last two may be written as an IPv4 address. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const embedded = isEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (embedded === undefined) return undefined;
    groups.push(Number(embedded >> 16n), Number(embedded & 0xffffn));
  }
  return groups;
}

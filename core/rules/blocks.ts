import { firstOf, parseBlock, type Address } from "./address.ts";

/** Whether an address lies in one of many blocks: one look-up for each length of prefix among them. */
export function blockTest(blocks: readonly string[]): (address: Address) => boolean {
  const byPrefix = { 32: new Map<number, Set<bigint>>(), 128: new Map<number, Set<bigint>>() };
  for (const text of blocks) {
    const block = parseBlock(text);
    if (typeof block === "string") continue; // a rule with one is refused
    const { bits, prefix, value } = block;
    const held = byPrefix[bits].get(prefix);
    if (held) held.add(value);
    else byPrefix[bits].set(prefix, new Set([value]));
  }
  return (address) => {
    for (const [prefix, firsts] of byPrefix[address.bits]) if (firsts.has(firstOf(address, prefix))) return true;
    return false;
  };
}

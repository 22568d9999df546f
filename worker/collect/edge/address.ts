/**
 * An address as we store it: of IPv4 the last octet, of IPv6 all but the first 48 bits are zero, so that it says a
 * neighbourhood and no household. @returns undefined for what is no address
 */
export function truncatedAddress(address: string): string | undefined {
  const [, mapped] = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address) ?? [];
  return mapped === undefined && address.includes(":") ? truncatedV6(address) : truncatedV4(mapped ?? address);
}

function truncatedV4(address: string): string | undefined {
  const octets = address.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)) return undefined;
  return `${octets.slice(0, 3).map(Number).join(".")}.0`;
}

function truncatedV6(address: string): string | undefined {
  // The URL parser is the one reader of IPv6 at hand, and writes it in its one short form.
  const url = `http://[${address}]/`;
  if (!/^[0-9a-f:]{2,39}$/i.test(address) || !URL.canParse(url)) return undefined;
  const [head = "", tail] = new URL(url).hostname.slice(1, -1).split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const all =
    tail === undefined ? groups : [...groups, ...Array.from({ length: 8 - groups.length - after.length }, () => "0"), ...after];
  return new URL(`http://[${all.slice(0, 3).join(":")}::]/`).hostname.slice(1, -1);
}

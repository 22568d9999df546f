import { describe, expect, it } from "vitest";
import { decodeMembers, encodeMembers, MOST_MEMBERS_TEXT } from "./members.ts";

const HOUR = 3_600_000;
const start = 494_000 * HOUR;
/** Audiences named as people name them, entered over a year. */
const members = (count: number): Record<string, number> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `${["cart", "lapsed", "vip", "spring", "app"][n % 5]}-${["buyers", "viewers", "readers"][n % 3]}-${n}`,
      start + ((n * 7_919) % 8_760) * HOUR,
    ]),
  );

describe("memberships as one value", () => {
  it.each([0, 1, 3, 50, 200])("of %d audiences are read back, to the hour", (count) => {
    const text = encodeMembers(members(count));
    expect(text.length).toBeLessThanOrEqual(MOST_MEMBERS_TEXT);
    expect(decodeMembers(text)).toEqual(members(count));
  });

  it.each([1_000, 5_000])("of %d audiences list the latest that fit", (count) => {
    const all = members(count);
    const text = encodeMembers(all);
    expect(text.length).toBeLessThanOrEqual(MOST_MEMBERS_TEXT);
    const listed = decodeMembers(text);
    expect(Object.keys(listed).length).toBeGreaterThan(200);
    const oldest = Math.min(...Object.values(listed));
    expect(Object.values(all).filter((since) => since > oldest).length).toBeLessThanOrEqual(Object.keys(listed).length);
    for (const [key, since] of Object.entries(listed)) expect(all[key]).toBe(since);
  });

  it("may bear any key that an audience may have, to its longest", () => {
    const keys = Object.fromEntries(Array.from({ length: 26 }, (_, n) => ["k".repeat(60) + n, start]));
    expect(decodeMembers(encodeMembers(keys))).toEqual(keys);
  });
});

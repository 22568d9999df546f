import { describe, expect, it } from "vitest";
import type { HashedIdentifier, ProfileId } from "../model/ids.ts";
import { outranks, rankOf } from "../model/rank.ts";
import { linksOf } from "./links.ts";

const one = (type: string, name: string): HashedIdentifier => ({ type, hash: name as ProfileId });
/** `from>to` in their order, and the turn. */
const shown = (bears: readonly HashedIdentifier[], type: "track" | "identify", priority?: readonly string[]) => {
  const [origin = one("", ""), ...others] = bears;
  return linksOf(origin, others, type, priority === undefined ? {} : { priority }).map(
    ({ from, item, turn }) => `${from.hash}>${item.to} ${turn}`,
  );
};

describe("the links of a call", () => {
  const [user, device] = [one("userId", "u"), one("anonymousId", "d")];
  const [mail, card, phone] = [one("emailSha256", "m"), one("ext:loyalty", "c"), one("phone", "p")];

  it("lead to the user that is named, all at once", () => {
    expect(shown([device, mail, user, card], "track")).toEqual(["m>u 0", "c>u 0", "d>u 0"]);
  });

  it("lead a device to the e-mail where there is one, and e-mail and card to each other by name, the stronger first", () => {
    expect(shown([device, card, mail], "track")).toEqual(["m>c 0", "d>m 1"]);
    expect(shown([device, one("ext:loyalty", "z"), mail], "track")).toEqual(["z>m 0", "d>m 1"]);
  });

  it("go as the workspace says", () => {
    expect(shown([device, card, mail], "track", ["userId", "ext:loyalty", "emailSha256"])).toEqual(["m>c 0", "d>c 1"]);
    expect(shown([device, card, mail, phone], "track", ["phone"])).toEqual(["p>c 0", "p>m 1", "d>p 2"]);
  });

  it("only ever lead upwards, whatever the workspace says", () => {
    const all = [user, device, mail, card, phone, one("ext:deviceId", "x")];
    const types = all.map(({ type }) => type);
    for (let turn = 0; turn < types.length; turn++) {
      const priority = [...types.slice(turn), ...types.slice(0, turn)];
      for (const some of [all, all.slice(1), all.slice(2)]) {
        const [origin = user, ...others] = some;
        for (const { from, item } of linksOf(origin, others, "track", { priority })) {
          const to = { hash: item.to, rank: item.rank ?? 3 };
          expect(outranks(to, { hash: from.hash, rank: rankOf(from) })).toBe(true);
        }
      }
    }
  });
});

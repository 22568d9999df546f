import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { emailIdentifier, furtherIdentifiers, phoneIdentifier } from "./identifiers.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the further identifiers of an event", () => {
  it("are the external ids of every call, and the e-mail and phone of an identify, in this order", () => {
    const traits = { email: " Ann@Shop.Example ", phone: "+33 6 12 34 56 78" };
    const context = { externalIds: [{ type: "crm", id: "c-1", collection: "users", encoding: "none" }] };
    const crm = { type: "ext:crm", value: "c-1" };
    const email = { type: "emailSha256", value: sha256("ann@shop.example") };
    expect(furtherIdentifiers("identify", traits, context)).toEqual([crm, email, { type: "phone", value: "+33612345678" }]);
    expect(furtherIdentifiers("track", traits, context)).toEqual([crm]);
    expect(furtherIdentifiers("track", traits, undefined)).toEqual([]);
  });

  it("are ten at most", () => {
    const externalIds = Array.from({ length: 50 }, (_, index) => ({ type: "crm", id: `c-${index}` }));
    expect(furtherIdentifiers("track", {}, { externalIds })).toHaveLength(10);
  });

  it.each([
    ["no list", "crm"],
    ["an entry that is no object", ["crm"]],
    ["no id", [{ type: "crm" }]],
    ["a blank id", [{ type: "crm", id: "  " }]],
    ["an id that is no text", [{ type: "crm", id: 7 }]],
    ["an id too long", [{ type: "crm", id: "x".repeat(256) }]],
    ["a second user", [{ type: "userId", id: "u2" }]],
    ["a second user as Segment writes it", [{ type: "user_id", id: "u2" }]],
    ["another browser", [{ type: "anonymousId", id: "a2" }]],
    ["a hash that is none", [{ type: "emailSha256", id: "abc" }]],
    ["an inherited entry", [{ __proto__: { type: "crm", id: "1" } }]],
  ])("are none of %s", (_, externalIds) => {
    expect(furtherIdentifiers("track", {}, { externalIds: externalIds as never })).toEqual([]);
  });

  it("meet, a hashed e-mail and a raw one", () => {
    const hashed = { externalIds: [{ type: "emailSha256", id: sha256("ann@shop.example").toUpperCase() }] };
    const raw = { externalIds: [{ type: "email", id: "ANN@shop.example" }] };
    expect(furtherIdentifiers("track", {}, hashed)).toEqual(furtherIdentifiers("track", {}, raw));
  });
});

describe("an e-mail", () => {
  it.each(["", "ann", "@", "a@", "@b", "a b@c", "a@b@c", null, 5, {}, "x".repeat(250) + "@shop.example"])(
    "is not %j",
    (value) => {
      expect(emailIdentifier(value)).toBeUndefined();
    },
  );
});

describe("a phone number", () => {
  it.each([
    ["+33612345678", "+33612345678"],
    ["0033 6.12.34.56.78", "+33612345678"],
    ["+1 (415) 555-2671", "+14155552671"],
  ])("reads %s", (said, value) => {
    expect(phoneIdentifier(said)).toEqual({ type: "phone", value });
  });
  it.each(["0612345678", "+0612345678", "+33", "+3361234567890123", "+33 6 12 ab", "", null, 33612345678])(
    "is not %j",
    (value) => {
      expect(phoneIdentifier(value)).toBeUndefined();
    },
  );
});

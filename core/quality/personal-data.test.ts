import { describe, expect, it } from "vitest";
import type { Json } from "../model/json.ts";
import { replacePersonal, withoutCards } from "./personal-data.ts";

const shown = (value: Json): Json => replacePersonal(value, (kind, normal) => `<${kind} ${normal}>`);

describe("an e-mail address", () => {
  it.each([
    ["ana@mail.example", "<email ana@mail.example>"],
    ["write to Ana.B+news@Mail.Example.", "write to <email ana.b+news@mail.example>."],
    ["https://shop.example/?email=ana%40mail.example&x=1", "https://shop.example/?email=<email ana@mail.example>&x=1"],
    ["josé@müller.example,bob@mail.example", "<email josé@müller.example>,<email bob@mail.example>"],
    ["<a@b.fr>", "<<email a@b.fr>>"],
  ])("is found in %s", (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    "logo@2x.png",
    "react@19.2.0",
    "https://social.example/@ana",
    "@ana",
    "ana@",
    "ana@localhost",
    "a @ b.example",
    "50%40",
    "x@-mail.example",
    "x@mail..example",
  ])("is not %s", (text) => {
    expect(shown(text)).toBe(text);
  });
});

describe("a card number", () => {
  it.each([
    ["4111111111111111", "<card 4111111111111111>"],
    ["card 4111 1111 1111 1111 exp 12/27", "card <card 4111111111111111> exp 12/27"],
    ["5555-5555-5555-4444", "<card 5555555555554444>"],
    ["3782 822463 10005", "<card 378282246310005>"],
    ["2024-11-25 4111111111111111", "2024-11-25 <card 4111111111111111>"],
    ["6011111111111117.", "<card 6011111111111117>."],
    [4_111_111_111_111_111, "<card 4111111111111111>"],
  ])("is found in %s", (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it.each([
    "4111111111111112", // check digit
    "1234567890123452", // right check digit, nobody's issuer
    "order-A4111111111111111",
    "550e8400-e29b-41d4-a716-446655440000",
    "1732500000000",
    "0.4111111111111111",
    "1732500000.4111111111111111",
    "+33 6 12 34 56 78",
    1_732_500_000_000,
    41_111_111_111_111.5,
  ])("is not %s", (value) => {
    expect(shown(value)).toBe(value);
  });

  it("is kept with its first six digits and last four alone", () => {
    expect(withoutCards({ note: "pay by 4111 1111 1111 1111", mail: "a@b.fr", n: [4_111_111_111_111_111] })).toEqual({
      note: "pay by 411111******1111",
      mail: "a@b.fr",
      n: ["411111******1111"],
    });
  });
});

it("looks into everything and leaves what holds nothing as it is", () => {
  const clean = { a: [1, { b: "x" }], c: null, d: true };
  expect(shown(clean)).toBe(clean);
  const event = { a: [{ mail: "ana@mail.example" }, clean] };
  expect(shown(event)).toEqual({ a: [{ mail: "<email ana@mail.example>" }, clean] });
});

it("takes time in proportion to the text, whatever it is made of", () => {
  const quickest = (text: string): number => {
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      shown(text);
      return performance.now() - began;
    });
    return Math.min(...times);
  };
  for (const piece of ["a", "@", "a@", "4 ", "4111-", "%40", "a@b."]) {
    const [short, long] = [8_000, 128_000].map((length) => piece.repeat(length / piece.length));
    quickest(short ?? "");
    // 16 times the text; were the time to grow with its square, it would be 256.
    expect(quickest(long ?? "") / quickest(short ?? ""), piece).toBeLessThan(100);
  }
});

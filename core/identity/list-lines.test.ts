import { describe, expect, it } from "vitest";
import { fail, ok } from "../model/result.ts";
import { emailSha256 } from "./identifiers.ts";
import { cellOf, jsonIdentifier, listIdentifier, parseListType, readHeader } from "./list-lines.ts";

const HASH = emailSha256("ann@shop.example");
const ANN = ok({ type: "emailSha256", value: HASH });

describe("a line of a list", () => {
  it.each([
    ["email", " Ann@Shop.example ", ANN],
    ["email", HASH.toUpperCase(), ANN],
    ["emailSha256", HASH.toUpperCase(), ANN],
    ["userId", " u1 ", ok({ type: "userId", value: "u1" })],
    ["phone", "0033 1 23 45 67 89", ok({ type: "phone", value: "+33123456789" })],
    ["ext:card", "0042", ok({ type: "ext:card", value: "0042" })],
  ] as const)("of type %s reads %j", (type, text, identifier) => {
    expect(listIdentifier(type, text)).toEqual(identifier);
  });

  it.each([
    ["email", "ann", "bad_email"],
    ["email", HASH.slice(1), "bad_email"],
    ["emailSha256", HASH.slice(1), "bad_hash"],
    ["emailSha256", "ann@shop.example", "bad_hash"],
    ["phone", "01 23 45 67 89", "bad_phone"],
    ["userId", "   ", "bad_identifier"],
    ["userId", "u".repeat(256), "bad_identifier"],
  ] as const)("of type %s refuses %j", (type, text, fault) => {
    expect(listIdentifier(type, text)).toEqual(fail(fault));
  });

  it.each([
    ['"u1"', ok({ type: "userId", value: "u1" })],
    ['{"email":"ann@shop.example"}', ANN],
    ['{"emailSha256":"' + HASH + '"}', ANN],
    ['{"externalId":{"type":"card","id":"42"}}', ok({ type: "ext:card", value: "42" })],
    ["u1", fail("not_json")],
    ["17", fail("bad_identifier")],
    ['{"userId":"u1","email":"ann@shop.example"}', fail("bad_identifier")],
    ['{"profileId":"' + "A".repeat(43) + '"}', fail("bad_identifier")],
  ])("as JSON reads %s", (line, identifier) => {
    expect(jsonIdentifier("userId", line)).toEqual(identifier);
  });

  it.each([
    ["email,name", undefined, "ann@shop.example,Ann", "ann@shop.example"],
    ["name;email", "email", "Ann;ann@shop.example", "ann@shop.example"],
    ['name\t"the email"', "the email", '"Ann ""A"""\t"a,b@shop.example"', "a,b@shop.example"],
    ["name,email", "email", "Ann", undefined],
  ])("in a table under %j has its column %s", (header, name, row, cell) => {
    const column = readHeader(header, name);
    expect(column.ok && cellOf(row, column.value)).toBe(cell);
  });

  it("in a table without the column is told of", () => {
    expect(readHeader("name,city", "email")).toEqual(fail("no_such_column"));
  });

  it.each([
    ["email", "email"],
    ["ext:card", "ext:card"],
    ["ext:", undefined],
    ["card", undefined],
    ["profileId", undefined],
  ])("may be of type %s: %s", (text, type) => {
    expect(parseListType(text)).toBe(type);
  });
});

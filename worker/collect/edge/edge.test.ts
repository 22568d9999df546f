import { describe, expect, it } from "vitest";
import { truncatedAddress } from "./address.ts";
import { deviceOf } from "./device.ts";
import { edgeOfCall, edgeOfEvent, withoutAddress, withoutAddressIn } from "./edge.ts";
import { trafficOf } from "./traffic.ts";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

describe("a stored address", () => {
  it.each([
    ["203.0.113.77", "203.0.113.0"],
    ["2001:db8:1234:5678:9abc:def0:1:2", "2001:db8:1234::"],
    ["2001:db8::1", "2001:db8::"],
    ["::1", "::"],
    ["::ffff:203.0.113.77", "203.0.113.0"],
  ])("of %s is %s", (address, stored) => {
    expect(truncatedAddress(address)).toBe(stored);
  });
  it.each(["", "203.0.113", "203.0.113.256", "203.0.113.7/24", "localhost", "1:2:3", ":::", "2001:db8::1]x", "1".repeat(60)])(
    "is none of %j",
    (address) => {
      expect(truncatedAddress(address)).toBeUndefined();
    },
  );
  it("is not whole in an event that is kept unread, either", () => {
    expect(withoutAddressIn({ event: 7, context: { ip: "203.0.113.77" } })).toEqual({ event: 7, context: { ip: "203.0.113.0" } });
    for (const event of [null, [], "x", { context: 5 }, { context: { locale: "fr" } }])
      expect(withoutAddressIn(event)).toBe(event);
  });
  it("is truncated in the context that a server sends, and dropped where it is none", () => {
    expect(withoutAddress({ ip: "203.0.113.77", locale: "fr" })).toEqual({ ip: "203.0.113.0", locale: "fr" });
    expect(withoutAddress({ ip: "ann@shop.example" })).toEqual({});
    expect(withoutAddress({ ip: 7, locale: "fr" })).toEqual({ locale: "fr" });
  });
});

describe("a user agent", () => {
  it.each([
    [IPHONE, { device: "mobile", browser: "Safari", os: "iOS" }],
    [WINDOWS, { device: "desktop", browser: "Chrome", os: "Windows" }],
  ])("of a person: %s", (userAgent, device) => {
    expect(deviceOf(userAgent)).toEqual(device);
    expect(deviceOf(userAgent)).toEqual(device);
  });
  it("of a robot says so", () => {
    expect(deviceOf(GOOGLEBOT)).toMatchObject({ bot: true });
  });
  it.each(["", "  "])("that says nothing tells nothing: %j", (userAgent) => {
    expect(deviceOf(userAgent)).toEqual({});
  });
  it("that no browser sends is a robot's, and read no further than its first 512 characters", () => {
    expect(deviceOf("x".repeat(100_000))).toEqual({ bot: true });
    expect(deviceOf(`${" ".repeat(512)}${WINDOWS}`)).toEqual({});
  });
});

describe("what brought a visit", () => {
  const page = "https://shop.example/shoes";
  it.each([
    [page, undefined, { channel: "direct" }],
    [page, "", { channel: "direct" }],
    [page, "https://shop.example/", { channel: "internal" }],
    [page, "https://www.google.fr/", { channel: "organic-search", source: "www.google.fr" }],
    [page, "https://l.facebook.com/l.php", { channel: "organic-social", source: "l.facebook.com" }],
    [page, "https://t.co/x", { channel: "organic-social", source: "t.co" }],
    [page, "https://blog.example/post", { channel: "referral", source: "blog.example" }],
    [`${page}?gclid=1`, "https://www.google.fr/", { channel: "paid-search", source: "google", medium: "cpc" }],
    [`${page}?utm_source=facebook&utm_medium=cpc`, undefined, { channel: "paid-social", source: "facebook", medium: "cpc" }],
    [`${page}?utm_source=google&utm_medium=CPC&utm_term=a%20b`, undefined, { channel: "paid-search", term: "a b" }],
    [`${page}?utm_medium=email&utm_campaign=spring`, undefined, { channel: "email", campaign: "spring" }],
    [`${page}?utm_source=partner&utm_medium=affiliate`, undefined, { channel: "affiliate" }],
    [`${page}?utm_source=x&utm_medium=banner`, undefined, { channel: "display" }],
    [`${page}?utm_source=flyer`, undefined, { channel: "other", source: "flyer" }],
  ])("to %s from %s", (url, referrer, traffic) => {
    expect(trafficOf(url, referrer)).toMatchObject(traffic);
  });
  it("is not known of what is no URL", () => {
    expect(trafficOf("/shoes", undefined)).toBeUndefined();
  });
});

describe("what is found out where a call arrives", () => {
  const cf = { country: "FR", region: "Île-de-France", city: "Paris", timezone: "Europe/Paris" };
  const request = (more: object): Request =>
    new Request("https://shop.example/v1/t", { headers: { "user-agent": WINDOWS, "cf-connecting-ip": "203.0.113.77" }, ...more });
  it("is a device's class, place and truncated address, as the platform says them", () => {
    expect(edgeOfCall(request({ cf }), "browser")).toEqual({
      device: "desktop",
      browser: "Chrome",
      os: "Windows",
      country: "FR",
      region: "Île-de-France",
      city: "Paris",
      timeZone: "Europe/Paris",
      ip: "203.0.113.0",
    });
  });
  it("takes no address from a header where the platform does not speak", () => {
    expect(edgeOfCall(request({}), "browser")).toEqual({ device: "desktop", browser: "Chrome", os: "Windows" });
  });
  it("says nothing of a server's place, but of the user agent that it names", () => {
    expect(edgeOfCall(request({ cf }), "server")).toEqual({});
    expect(edgeOfEvent({}, { userAgent: IPHONE }, {})).toEqual({ device: "mobile", browser: "Safari", os: "iOS" });
    expect(edgeOfEvent({}, undefined, { value: 3 })).toBeUndefined();
  });
});

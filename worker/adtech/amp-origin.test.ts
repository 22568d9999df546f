import { describe, expect, it } from "vitest";
import type { SourceRecord } from "../cold/records.ts";
import { allowsAmpOrigin, ampCacheOrigins } from "./amp-origin.ts";

/** Beside what `@ampproject/toolbox-cache-url` 2.10 makes of the same. */
const CACHE = "https://LABEL.cdn.ampproject.org";

describe("the AMP cache's origin of a publisher", () => {
  it.each([
    ["https://shop.example", "shop-example"],
    ["https://www.my-shop.example", "www-my--shop-example"],
    ["https://en-us.example.com", "0-en--us-example-com-0"],
    ["https://ab-cd.example:8443", "0-ab--cd-example-0"],
    ["https://xn--bcher-kva.example", "xn--bcher-example-wob"],
    ["https://xn--fsq.example", "xn---example-kx2m"],
    ["http://localhost:3000", "jgla3zmib2ggq5buc4hwi5taloh6jlvzukddfr4zltz3vay5s5rq"],
    [`https://${"a".repeat(60)}.example`, "dhn7use5ckezujypkyzwmqx4g5r7mzhh2vt6yefm3pty2q3x4vja"],
    [
      "https://itsaverylongsubdomain.whichforcesthehash.ofanorigin.publisher.example",
      "2iabff4mjr3xzy2vcz6ueuohzlv5l6vckgoz2arrerdfxrrbmovq",
    ],
  ])("for %s is %s", (publisher, label) => {
    expect(ampCacheOrigins(publisher)[0]).toBe(CACHE.replace("LABEL", label));
  });
});

describe("a source", () => {
  const source = { origins: ["https://shop.example", "http://localhost:*"] } as unknown as SourceRecord;
  const allows = (origin: string, query = ""): boolean =>
    allowsAmpOrigin(source, origin, new Request(`https://tideline.test/v1/targeting?writeKey=wk${query}`));

  it.each([
    ["https://shop.example", ""],
    ["http://localhost:3000", ""],
    ["https://shop-example.cdn.ampproject.org", ""],
    ["https://shop-example.cdn.ampproject.org", "&__amp_source_origin=https%3A%2F%2Fshop.example"],
    ["https://shop.example", "&__amp_source_origin=https%3A%2F%2Fshop.example"],
  ])("takes calls from %s%s", (origin, query) => {
    expect(allows(origin, query)).toBe(true);
  });

  it.each([
    ["https://evil.example", ""],
    ["https://evil-example.cdn.ampproject.org", ""],
    ["https://cdn.ampproject.org", ""],
    ["https://shop-example.cdn.ampproject.org.evil.example", ""],
    ["http://shop-example.cdn.ampproject.org", ""],
    ["https://shop-example.cdn.ampproject.org", "&__amp_source_origin=https%3A%2F%2Fevil.example"],
    ["https://evil-example.cdn.ampproject.org", "&__amp_source_origin=https%3A%2F%2Fevil.example"],
    ["https://shop.example", "&__amp_source_origin=https%3A%2F%2Fevil.example"],
    ["https://shop.example", "&__amp_source_origin="],
    ["null", ""],
  ])("takes none from %s%s", (origin, query) => {
    expect(allows(origin, query)).toBe(false);
  });
});

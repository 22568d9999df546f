import { people } from "./harness.ts";

/**
 * Bid requests of OpenRTB 2.6 as an exchange sends them for a page with one banner, about 2 KB each: each names one of the people in `user.eids`
 * behind ids of other systems, and says that the person consents to nothing in particular.
 */
export function bidRequestBodies(group: string): string[] {
  return people(group).map((user, at) => JSON.stringify(bidRequest(user, at)));
}

function bidRequest(user: string, at: number): object {
  const format = [
    { w: 300, h: 250 },
    { w: 300, h: 600 },
    { w: 320, h: 50 },
  ];
  const banner = { format, pos: 1, api: [3, 5, 6, 7], btype: [4], battr: [1, 3, 14], topframe: 1 };
  return {
    id: `80ce30c53c16e6ede735f123ef6e32361bfc7b${at}`,
    imp: [
      {
        id: "1",
        banner,
        bidfloor: 0.35,
        bidfloorcur: "USD",
        secure: 1,
        tagid: "/1234/home/top",
        ext: { gpid: "/1234/home/top" },
      },
    ],
    site: {
      id: "102855",
      name: "Foobar News",
      domain: "www.foobar.example",
      cat: ["IAB12", "IAB12-1"],
      pagecat: ["IAB12-3"],
      page: "https://www.foobar.example/2026/11/25/what-happened-today-and-why-it-matters.html?utm_source=newsletter",
      ref: "https://search.example/",
      publisher: { id: "8953", name: "Foobar", domain: "foobar.example" },
      content: { language: "en", keywords: "politics,world,today", data: [{ id: "p", segment: [{ id: "379" }, { id: "386" }] }] },
    },
    device: {
      ua: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
      ip: "192.0.2.7",
      language: "en",
      devicetype: 2,
      js: 1,
      dnt: 0,
      lmt: 0,
      w: 1920,
      h: 1080,
      geo: { country: "USA", region: "CA", city: "Los Angeles", zip: "90049", type: 2, utcoffset: -480 },
      sua: { browsers: [{ brand: "Chromium", version: ["142", "0", "0", "0"] }], platform: { brand: "Windows" }, mobile: 0 },
    },
    user: {
      id: "55816b39711f9b5acf3b90e313ed29e51665623f",
      buyeruid: "545678765467876567898765678987654",
      eids: [
        { source: "criteo.com", uids: [{ id: "hl5X-19Zn3NGWGFTQ0pVZ1Z1cGZ2", atype: 1 }] },
        { source: "adserver.org", uids: [{ id: "a8c26fbd-5aa9-4b3b-8f79-0c5e1d4c8a22", atype: 1, ext: { rtiPartner: "TDID" } }] },
        { source: "tideline", uids: [{ id: user, atype: 3 }] },
      ],
      data: [{ id: "6", name: "Data Provider 1", segment: [{ id: "12341318394918", name: "auto intenders" }, { id: "7" }] }],
    },
    regs: { coppa: 0, gdpr: 0, us_privacy: "1YNN" },
    source: {
      tid: "f7c1a0b2-6f1b-4a2a-9b63-6ecb5f8a",
      schain: { ver: "1.0", complete: 1, nodes: [{ asi: "exchange1.example", sid: "1234", hp: 1, rid: "bid-request-1" }] },
    },
    at: 1,
    tmax: 300,
    cur: ["USD"],
    bcat: ["IAB25", "IAB26"],
    badv: ["competitor.example"],
  };
}

import { describe, expect, it } from "vitest";
import { SHOWN_FACTS, type Campaign, type Campaigns, type Placement, type Reservation } from "../model/campaign.ts";
import type { LogEvent } from "../model/event.ts";
import type { ProfileId } from "../model/ids.ts";
import { CampaignBook } from "./book.ts";
import { choose, RESERVED_MS, type Choice, type Question, type Viewer } from "./choose.ts";

const NOW = Date.parse("2026-03-02T12:00:00Z");
const DAY = 86_400_000;
const HERO: Placement = { key: "hero", purpose: "content", default: { title: "Welcome" } };

function aCampaign(fields: Partial<Campaign> = {}): Campaign {
  return {
    key: "spring",
    placement: "hero",
    audience: null,
    exclude: [],
    priority: 0,
    schedule: { from: null, to: null, timeZone: "Europe/Paris", days: [], hours: [] },
    cap: [],
    holdout: 0,
    allocation: "weighted",
    creatives: [{ key: "a", weight: 1, content: { title: "A" } }],
    ...fields,
  };
}

const TWO = [
  { key: "a", weight: 1, content: {} },
  { key: "b", weight: 3, content: {} },
] as const;

function person(number: number): ProfileId {
  return String(number).padStart(43, "p") as ProfileId;
}

function aViewer(fields: Partial<Viewer> = {}): Viewer {
  return {
    profileId: person(1),
    isIn: () => false,
    denied: [],
    purposeOf: () => "ads",
    impressions: [],
    reservations: [],
    canReserve: true,
    household: undefined,
    ...fields,
  };
}

function seen(campaign: string, time: number, more: { arm?: string; creative?: string } = {}): LogEvent {
  const properties = { campaign, creative: "a", arm: "treated", ...more };
  return {
    name: SHOWN_FACTS.impression,
    type: "fact",
    time,
    messageId: `${campaign}-${time}`,
    source: "$",
    channel: "web",
    party: "first",
    properties,
  };
}

function decide(
  campaigns: readonly Campaign[],
  viewer: Partial<Viewer> = {},
  question: Partial<Question> = {},
  more: Partial<Campaigns> = {},
): Choice {
  const book = new CampaignBook({ placements: [HERO], campaigns, globalHoldout: 0, ...more });
  const slot = book.slot("hero");
  if (slot === undefined) throw new Error("no slot");
  return choose(book, slot, aViewer(viewer), { decision: "d1", placement: "hero", now: NOW, ...question });
}

const shown = ({ campaign, creative, reason }: Choice): string => `${campaign?.key ?? "-"} ${creative?.key ?? "-"} ${reason}`;
const why = ({ trace }: Choice): string => trace.map((one) => `${one.campaign}: ${one.why}`).join(", ");

describe("what fills a placement", () => {
  it("is its default where there is no campaign", () => {
    expect(shown(decide([]))).toBe("- - DEFAULT");
  });
  it("is the campaign whose audience the person is in", () => {
    const campaigns = [aCampaign({ audience: "vip" })];
    expect(shown(decide(campaigns, { isIn: (key) => key === "vip" }))).toBe("spring a TARGETING_MATCH");
    expect(shown(decide(campaigns))).toBe("- - DEFAULT");
  });
  it("is the campaign of the higher priority, and says of each why", () => {
    const campaigns = [
      aCampaign({ key: "low" }),
      aCampaign({ key: "high", priority: 2 }),
      aCampaign({ key: "closed", priority: 5, schedule: { from: NOW + 5, to: null, timeZone: "UTC", days: [], hours: [] } }),
      aCampaign({ key: "vip", priority: 4, audience: "vip" }),
      aCampaign({ key: "buyers-not", priority: 3, exclude: ["buyers"] }),
    ];
    const choice = decide(campaigns, { isIn: (key) => key === "buyers" });
    expect(shown(choice)).toBe("high a TARGETING_MATCH");
    expect(why(choice)).toBe("closed: not_running, vip: not_in_audience, buyers-not: excluded, high: chosen, low: outranked");
    expect(choice.until).toBe(NOW + 5);
  });
  it("is shared evenly among campaigns of one priority, each person always the same", () => {
    const campaigns = [aCampaign({ key: "x" }), aCampaign({ key: "y" }), aCampaign({ key: "z" })];
    const counts = new Map<string, number>();
    for (let number = 0; number < 3_000; number++) {
      const { campaign } = decide(campaigns, { profileId: person(number) });
      expect(decide(campaigns.toReversed(), { profileId: person(number) }).campaign?.key).toBe(campaign?.key);
      counts.set(campaign?.key ?? "", (counts.get(campaign?.key ?? "") ?? 0) + 1);
    }
    // 5 standard deviations of a binomial count of 3,000 with one third.
    for (const key of ["x", "y", "z"]) expect(Math.abs((counts.get(key) ?? 0) - 1_000)).toBeLessThan(130);
  });
  it("is its default under a no to its purpose, and an audience under a no has no members", () => {
    expect(shown(decide([aCampaign()], { denied: ["content"] }))).toBe("- - NO_CONSENT");
    const choice = decide([aCampaign({ audience: "vip" })], { denied: ["ads"], isIn: () => true });
    expect([shown(choice), why(choice)]).toEqual(["- - DEFAULT", "spring: no_consent"]);
  });
});

describe("a cap", () => {
  const capped = aCampaign({ cap: [{ limit: 2, per: { ms: DAY } }] });
  it("counts impressions and what is reserved, in the holdout too", () => {
    const reservation: Reservation = {
      id: "d0:hero",
      campaign: "spring",
      creative: "a",
      arm: "treated",
      at: NOW - 1,
      until: NOW + 9,
    };
    const full = { impressions: [seen("spring", NOW - 5, { arm: "holdout" })], reservations: [reservation] };
    const choice = decide([capped], full);
    expect([shown(choice), why(choice), choice.until]).toEqual(["- - CAPPED", "spring: capped", NOW + 9]);
    expect(decide([capped], { ...full, reservations: [] }).reason).toBe("HOLDOUT");
  });
  it("of another campaign is another's", () => {
    expect(decide([capped], { impressions: [seen("other", NOW - 5), seen("other", NOW - 4)] }).reason).toBe("TARGETING_MATCH");
  });
  it("lets the next campaign through where it is full", () => {
    const choice = decide([{ ...capped, priority: 1 }, aCampaign({ key: "next" })], {
      impressions: [seen("spring", NOW - 2), seen("spring", NOW - 1)],
    });
    expect([shown(choice), choice.until]).toEqual(["next a TARGETING_MATCH", NOW - 2 + DAY]);
  });
  it("reserves with the decision, and the same decision asked again is answered alike and reserves no more", () => {
    const first = decide([{ ...capped, creatives: TWO }]);
    expect(first.reserve).toEqual({
      id: "d1:hero",
      campaign: "spring",
      creative: first.creative?.key,
      arm: "treated",
      at: NOW,
      until: NOW + RESERVED_MS,
    });
    const reservations = first.reserve === undefined ? [] : [first.reserve, { ...first.reserve, id: "d2:hero" }];
    const again = decide([{ ...capped, creatives: TWO }], { reservations });
    expect([again.campaign?.key, again.creative?.key, again.reserve]).toEqual(["spring", first.creative?.key, undefined]);
    expect(decide([capped], { reservations }, { decision: "d3" }).reason).toBe("CAPPED");
  });
  it("stands in no way of a decision that was answered already: seen since, it is alike and reserves no more", () => {
    const impressions = [{ ...seen("spring", NOW - 5), messageId: "d1:hero" }, seen("spring", NOW - 4)];
    const higher = aCampaign({ key: "higher", priority: 9 });
    const again = decide([capped, higher], { impressions });
    expect([shown(again), why(again), again.reserve]).toEqual(["spring a TARGETING_MATCH", "spring: chosen", undefined]);
    expect(shown(decide([capped, higher], { impressions }, { decision: "d2" }))).toBe("higher a TARGETING_MATCH");
    expect(shown(decide([capped], { impressions }, { decision: "d2" }))).toBe("- - CAPPED");
    const ofVip = { ...capped, audience: "vip" };
    expect(shown(decide([ofVip], { impressions }))).toBe("spring a TARGETING_MATCH");
    expect(why(decide([ofVip], { impressions, denied: ["ads"] }))).toBe("spring: no_consent");
    expect(shown(decide([{ ...capped, creatives: [{ key: "new", weight: 1, content: {} }] }], { impressions }))).toBe(
      "- - CAPPED",
    );
  });
  it("lets nobody through of whom nothing can be counted", () => {
    expect(why(decide([capped], { canReserve: false }))).toBe("spring: cannot_count");
    expect(why(decide([aCampaign()], { canReserve: false }))).toBe("spring: chosen");
  });
  it("reserves nothing for a campaign without one", () => {
    expect(decide([aCampaign()]).reserve).toBeUndefined();
  });
});

describe("the holdout", () => {
  const held = aCampaign({ holdout: 0.1 });
  const armOf = (number: number, campaign = held, more: Partial<Campaigns> = {}): string => {
    const { arm, reason } = decide([campaign], { profileId: person(number) }, {}, more);
    return `${arm} ${reason}`;
  };
  it("is a tenth of 100,000 people, within the binomial interval, and the same at every asking", () => {
    let count = 0;
    for (let number = 0; number < 100_000; number++) if (armOf(number) === "holdout HOLDOUT") count++;
    // 10,000 ± 3.29 standard deviations: chance alone is outside once in a thousand campaigns.
    expect(Math.abs(count - 10_000)).toBeLessThan(3.29 * Math.sqrt(100_000 * 0.1 * 0.9));
    for (let number = 0; number < 100; number++) expect(armOf(number)).toBe(armOf(number));
  });
  it("of one campaign says nothing about that of another", () => {
    let both = 0;
    for (let number = 0; number < 20_000; number++)
      if (armOf(number) === "holdout HOLDOUT" && armOf(number, { ...held, key: "summer" }) === "holdout HOLDOUT") both++;
    expect(Math.abs(both - 200)).toBeLessThan(5 * Math.sqrt(200));
  });
  it("binds from the first exposure on, whatever the share is then", () => {
    const bound = (arm: string, holdout: number): string | undefined =>
      decide([{ ...held, holdout }], {
        impressions: [seen("spring", NOW - 9, { arm }), seen("spring", NOW - 5, { arm: "treated" })],
      }).arm;
    expect([bound("holdout", 0), bound("holdout", 0.99), bound("treated", 0.999_999)]).toEqual(["holdout", "holdout", "treated"]);
  });
  it("of all campaigns leaves the same people out of each", () => {
    const arms = (campaign: Campaign) =>
      Array.from({ length: 3_000 }, (_, number) => armOf(number, campaign, { globalHoldout: 0.2 }));
    const spring = arms(aCampaign());
    expect(spring).toEqual(arms(aCampaign({ key: "summer" })));
    expect(Math.abs(spring.filter((arm) => arm === "holdout HOLDOUT").length - 600)).toBeLessThan(110);
  });
});

describe("creatives by weight", () => {
  const campaign = aCampaign({ creatives: [...TWO, { key: "off", weight: 0, content: {} }] });
  it("are shown to as many as their weights say, each person always the same one", () => {
    const counts = { a: 0, b: 0, off: 0 };
    for (let number = 0; number < 4_000; number++) {
      const { creative } = decide([campaign], { profileId: person(number) }, { decision: `d${number}` });
      expect(decide([campaign], { profileId: person(number) }, { decision: "another" }).creative?.key).toBe(creative?.key);
      counts[creative?.key as "a" | "b" | "off"]++;
    }
    expect(counts.off).toBe(0);
    expect(Math.abs(counts.a - 1_000)).toBeLessThan(5 * Math.sqrt(750));
  });
  it("stay with whom they were shown to", () => {
    for (const creative of ["a", "b"])
      expect(decide([campaign], { impressions: [seen("spring", NOW - 5, { creative })] }).creative?.key).toBe(creative);
    expect(decide([campaign], { impressions: [seen("spring", NOW - 5, { creative: "off" })] }).creative?.key).not.toBe("off");
  });
});

import type { Traffic, TrafficChannel } from "../../../core/model/edge.ts";

const SEARCH = /(?:^|\.)(?:google|bing|duckduckgo|yahoo|yandex|baidu|ecosia|qwant|startpage|naver|seznam|brave)\./;
const SOCIAL =
  /(?:^|\.)(?:facebook|instagram|twitter|linkedin|pinterest|tiktok|reddit|snapchat|threads|youtube|whatsapp|vk|bsky)\.|^(?:t\.co|x\.com|lnkd\.in)$/;

/** Parameters by which ad systems mark a paid click, and whose they are. */
const CLICK_IDS: readonly (readonly [string, TrafficChannel, string])[] = [
  ["gclid", "paid-search", "google"],
  ["gbraid", "paid-search", "google"],
  ["wbraid", "paid-search", "google"],
  ["msclkid", "paid-search", "bing"],
  ["ttclid", "paid-social", "tiktok"],
];

const LONGEST = 200;

/**
 * What brought a visit to a page: the `utm_` parameters where there are any, else the mark of an ad system, else the referrer.
 * @returns undefined where the page is no URL: then nothing is known, which is not the same as a direct visit
 */
export function trafficOf(page: string, referrer: string | undefined): Traffic | undefined {
  if (!URL.canParse(page)) return undefined;
  const { searchParams, hostname } = new URL(page);
  const from = referrer !== undefined && URL.canParse(referrer) ? new URL(referrer).hostname : undefined;
  const said = (name: string): string | undefined => searchParams.get(`utm_${name}`)?.trim().slice(0, LONGEST) || undefined;
  const [medium, source] = [said("medium"), said("source")];
  const clicked = CLICK_IDS.find(([name]) => searchParams.has(name));
  const details = { campaign: said("campaign"), term: said("term"), content: said("content") };
  if (medium !== undefined || source !== undefined)
    return known({ channel: channelOfMedium(medium?.toLowerCase() ?? "", source ?? from ?? ""), source, medium, ...details });
  if (clicked !== undefined) return known({ channel: clicked[1], source: clicked[2], medium: "cpc", ...details });
  if (from === undefined || from === "") return known({ channel: "direct", ...details });
  if (from === hostname) return known({ channel: "internal", ...details });
  const channel = SEARCH.test(from) ? "organic-search" : SOCIAL.test(from) ? "organic-social" : "referral";
  return known({ channel, source: from, ...details });
}

function channelOfMedium(medium: string, source: string): TrafficChannel {
  const isSocial = SOCIAL.test(`${source.toLowerCase()}.`) || SOCIAL.test(source.toLowerCase());
  if (/^(?:cpc|ppc|paid|paid[-_ ]?search|sem|retargeting)$/.test(medium)) return isSocial ? "paid-social" : "paid-search";
  if (/^paid[-_ ]?social$/.test(medium)) return "paid-social";
  if (/^(?:e-?mail|newsletter)$/.test(medium)) return "email";
  if (/^(?:display|banner|cpm|cpv)$/.test(medium)) return "display";
  if (/^affiliates?$/.test(medium)) return "affiliate";
  if (/^(?:social|social[-_ ]?(?:network|media))$/.test(medium)) return "organic-social";
  if (medium === "organic") return "organic-search";
  if (medium === "referral") return "referral";
  return "other";
}

function known(found: { readonly channel: TrafficChannel } & { readonly [K in keyof Traffic]: Traffic[K] | undefined }): Traffic {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as unknown as Traffic;
}

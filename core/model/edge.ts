/** What brought a visit, by the `utm_` parameters of its page and its referrer. */
export type TrafficChannel =
  | "direct"
  | "internal"
  | "referral"
  | "organic-search"
  | "organic-social"
  | "paid-search"
  | "paid-social"
  | "display"
  | "affiliate"
  | "email"
  | "other";

export interface Traffic {
  readonly channel: TrafficChannel;
  readonly source?: string;
  readonly medium?: string;
  readonly campaign?: string;
  readonly term?: string;
  readonly content?: string;
}

/**
 * What we found out about a call where it arrived, kept beside what the client said and never mixed with it. A repeated
 * delivery may come from another place: it is the same event all the same.
 */
export interface Edge {
  readonly device?: "desktop" | "mobile" | "tablet" | "tv";
  readonly browser?: string;
  readonly os?: string;
  readonly bot?: true;
  /** ISO 3166-1, two letters. */
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  /** IANA name. */
  readonly timeZone?: string;
  /** Truncated: the last octet of IPv4, the last 80 bits of IPv6 are zero. */
  readonly ip?: string;
  readonly traffic?: Traffic;
}

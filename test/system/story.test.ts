import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { Analytics } from "@segment/analytics-node";
import { jitsuAnalytics } from "@jitsu/js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import { importFile, type ImportReport } from "../../scripts/import/import-file.ts";
import { makeTideline, type Tideline } from "./tideline.ts";

/**
 * One visitor over a phone, a laptop and a shop, by clients of other makers as they are on npm and a till's file: who is
 * known by what, and when. Each test goes on where the one before has ended.
 */

const PHONE = "3f0c2a54-7d0a-4f0e-9a39-51c8d6f1b0a1";
const LAPTOP = "9b1d7e22-1c34-4b7c-8f0e-6a2f3c4d5e6f";
const CARD = "C-1001";
const EMAIL = "ann@mail.example";
/** For a batch of the queue, which waits 5 s, and the alarm behind it. */
const ARRIVES_WITHIN_MS = 60_000;

const RULES = {
  readers: { event: "Article Read" },
  clickers: { event: "Newsletter Clicked" },
  buyers: { event: "Order Completed" },
  "all-the-way": { sequence: [{ event: "Article Read" }, { event: "Newsletter Clicked" }, { event: "Order Completed" }] },
};

const by = {
  phone: { anonymousId: PHONE },
  laptop: { anonymousId: LAPTOP },
  card: { externalId: { type: "loyalty_card", id: CARD } },
  email: { email: EMAIL },
  hashed: { emailSha256: emailSha256(EMAIL) },
  ann: { userId: "ann" },
  bob: { userId: "bob" },
} as const;

interface Shown {
  readonly name: string;
  readonly source: string;
  readonly origin: { readonly type: string; readonly hash: string };
}

describe("a visitor", () => {
  let at: Tideline;
  let folder: string;
  let phone: Analytics;
  let laptop: RudderAnalytics;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tideline-story-"));
    at = await makeTideline();
    await at.start();
    for (const [key, rule] of Object.entries(RULES)) await api("PUT", `/api/audiences/${key}`, { name: key, rule });
    await api("POST", "/api/ruleset/publish", {});
    phone = new Analytics({ host: at.url, writeKey: "wk_demo_app", flushAt: 1 });
    laptop = new RudderAnalytics("wk_demo_web", { dataPlaneUrl: at.url, gzip: true, flushAt: 1, logLevel: "error" });
  });
  afterAll(async () => {
    await phone.closeAndFlush();
    await at.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${at.url}${path}`, {
      method,
      headers: { authorization: "Bearer sk_demo" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([path, response.status]).toEqual([path, 200]);
    return (await response.json()) as T;
  }

  async function personBy(identity: object): Promise<string | undefined> {
    const headers = { authorization: "Bearer sk_demo" };
    const answer = await fetch(`${at.url}/api/profiles/lookup`, { method: "POST", headers, body: JSON.stringify(identity) });
    return answer.status === 404 ? undefined : ((await answer.json()) as { profileId: string }).profileId;
  }

  const audiencesBy = async (identity: object): Promise<readonly string[]> =>
    (await api<{ audiences: readonly string[] }>("POST", "/v1/decide", { identity })).audiences;

  async function timelineOf(profileId: string | undefined): Promise<readonly Shown[]> {
    return profileId === undefined
      ? []
      : (await api<{ events: readonly Shown[] }>("GET", `/api/profiles/${profileId}/events`)).events;
  }

  /** Each event by name, source and the kind of identifier it came by; the newest first. */
  const told = async (identity: object): Promise<readonly string[]> =>
    (await timelineOf(await personBy(identity))).map(({ name, source, origin }) => `${name} ${source} ${origin.type}`);

  /** A receipt of the shop's till with a card and an e-mail on it. */
  const receipts = (importId: string, lines: readonly string[]): Promise<ImportReport | undefined> => {
    const file = join(folder, `${importId}.csv`);
    writeFileSync(file, ["Ticket;Date;Montant;Carte;Courriel", ...lines, ""].join("\r\n"));
    return importFile({
      file,
      url: at.url,
      secretKey: "sk_demo",
      source: "store",
      type: "track",
      format: "csv",
      encoding: undefined,
      delimiter: undefined,
      event: "Order Completed",
      map: "Ticket:messageId,Date:timestamp:date,Montant:properties.value:decimal-comma,Carte:externalIds.loyalty_card,Courriel:externalIds.email",
      importId,
    });
  };
  const now = (): string => new Date().toISOString();

  it("is three strangers: a reader on a phone, one of a newsletter on a laptop, a buyer with a card", async () => {
    for (const title of ["Trails", "Huts"]) phone.track({ anonymousId: PHONE, event: "Article Read", properties: { title } });
    await expect.poll(() => told(by.phone), { timeout: 10_000 }).toHaveLength(2);
    laptop.track({
      anonymousId: LAPTOP,
      event: "Newsletter Clicked",
      context: { externalIds: [{ type: "emailSha256", id: by.hashed.emailSha256 }] },
    });
    await laptop.flush();
    await expect.poll(() => told(by.laptop), { timeout: 10_000 }).toHaveLength(1);
    expect(await receipts("till-1", [`T1;${now()};42,50;${CARD};Ann@Mail.Example`])).toMatchObject({ accepted: 1, rejected: 0 });
    // The shop and the newsletter know one e-mail; of the phone nobody knows yet.
    expect(await personBy(by.card)).toBe(await personBy(by.laptop));
    expect(await personBy(by.phone)).not.toBe(await personBy(by.laptop));
    expect(await audiencesBy(by.phone)).toEqual(["readers"]);
    expect(await audiencesBy(by.card)).toEqual(["buyers", "clickers"]);
    expect(await personBy(by.ann)).toBeUndefined();
  });

  it("is one person by all that she is known by, once she logs in on the phone", async () => {
    phone.identify({ anonymousId: PHONE, userId: "ann", traits: { email: EMAIL } });
    await expect.poll(() => personBy(by.ann), { timeout: 10_000 }).toBeDefined();
    const ann = await personBy(by.ann);
    expect(await told(by.ann)).toEqual([
      "$identify app userId",
      "Order Completed store ext:loyalty_card",
      "Newsletter Clicked web anonymousId",
      "Article Read app anonymousId",
      "Article Read app anonymousId",
    ]);
    for (const identity of [by.phone, by.laptop, by.card, by.email, by.hashed, by.ann]) {
      expect(await personBy(identity)).toBe(ann);
      expect(await audiencesBy(identity)).toEqual(["all-the-way", "buyers", "clickers", "readers"]);
    }
    const { identities } = await api<{ identities: readonly { type: string; state: string }[] }>(
      "GET",
      `/api/profiles/${ann}/identities`,
    );
    expect(identities.map(({ type, state }) => `${type} ${state}`).toSorted()).toEqual([
      "anonymousId linked",
      "anonymousId linked",
      "emailSha256 linked",
      "ext:loyalty_card linked",
      "userId own",
    ]);
  });

  it("is not whoever logs in on her laptop", async () => {
    const before = await told(by.ann);
    const shared = jitsuAnalytics({ host: at.url, writeKey: "wk_demo_web:secret", fetch: globalThis.fetch });
    shared.setAnonymousId(LAPTOP);
    await shared.identify("bob", { plan: "free" });
    laptop.track({ anonymousId: LAPTOP, event: "Article Read" });
    await laptop.flush();
    await expect.poll(() => told(by.bob), { timeout: 10_000 }).toEqual(["Article Read web anonymousId", "$identify web userId"]);
    expect(await personBy(by.laptop)).toBe(await personBy(by.bob));
    for (const identity of [by.laptop, by.bob]) expect(await audiencesBy(identity)).toEqual(["readers"]);
    expect(await told(by.ann)).toEqual(before);
    for (const identity of [by.phone, by.card, by.email])
      expect(await audiencesBy(identity)).toEqual(["all-the-way", "buyers", "clickers", "readers"]);
  });

  it("is one without the card again, where it was not hers: events and audiences follow, on both sides", async () => {
    const ann = await personBy(by.ann);
    const hash = (await timelineOf(ann)).find(({ source }) => source === "store")?.origin.hash;
    const split = () =>
      api<{ profileId: string; state: string }>("POST", `/api/profiles/${ann}/split`, {
        identifier: { type: "ext:loyalty_card", hash },
      });
    const until = Date.now() + ARRIVES_WITHIN_MS;
    // What waits for the cold path goes on by itself: asked again, it says how far it is.
    while ((await split()).state === "pending" && Date.now() < until) await delay(250);
    expect(await split()).toEqual({ profileId: hash, state: "done" });
    expect(await told(by.card)).toEqual(["Order Completed store ext:loyalty_card"]);
    expect(await told(by.ann)).toEqual([
      "$identify app userId",
      "Newsletter Clicked web anonymousId",
      "Article Read app anonymousId",
      "Article Read app anonymousId",
    ]);
    for (const identity of [by.phone, by.email, by.hashed, by.ann])
      expect(await audiencesBy(identity)).toEqual(["clickers", "readers"]);
    expect(await audiencesBy(by.card)).toEqual(["buyers"]);
    // And it stays so, though the next receipt bears both.
    expect(await receipts("till-2", [`T2;${now()};9,00;${CARD};${EMAIL}`])).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await told(by.card)).toHaveLength(2);
    expect(await personBy(by.email)).toBe(ann);
    expect(await audiencesBy(by.ann)).toEqual(["clickers", "readers"]);
  });
});

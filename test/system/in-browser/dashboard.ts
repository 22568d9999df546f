import type { BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { at, browser } from "./world.ts";

/** A marketer's day at the dashboard, each story ending in a fact that the API tells. */
describeInBrowser("the dashboard", () => {
  let context: BrowserContext;
  let page: Page;
  let faults: readonly string[];
  const headers = { authorization: "Bearer sk_demo" };

  // oxlint-disable-next-line typescript/no-explicit-any -- a reply read as a client reads it
  const ask = async (method: string, path: string, body?: object): Promise<any> => {
    const response = await fetch(`${at.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.status === 204 ? undefined : response.json();
  };
  const send = async (source: string, events: readonly object[]): Promise<void> => {
    const body = JSON.stringify({ batch: events });
    const response = await fetch(`${at.url}/v1/batch`, { method: "POST", headers: { "x-write-key": `wk_demo_${source}` }, body });
    expect(response.status).toBe(200);
  };
  const decided = async (userId: string): Promise<readonly string[]> =>
    (await ask("POST", "/v1/decide", { identity: { userId } })).audiences;
  const go = async (path: string): Promise<void> => {
    await page.goto(`${at.url}/dashboard${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
  };
  const button = (name: string | RegExp, within: Locator | Page = page): Locator => within.getByRole("button", { name });
  const dialog = (): Locator => page.getByRole("dialog");

  beforeAll(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    faults = faultsOf(page);
    const viewed = { type: "track", event: "Product Viewed" };
    await send("web", [
      { ...viewed, userId: "cart", event: "Product Added", properties: { value: 80 } },
      { ...viewed, userId: "small", event: "Product Added", properties: { value: 20 } },
      { ...viewed, userId: "new", event: "Product Added", properties: { value: 90 } },
    ]);
    const bought = { type: "track", event: "Order Completed", timestamp: new Date(Date.now() - 40 * 86_400_000).toISOString() };
    await send("store", [
      { ...bought, userId: "cart", properties: { value: 30 } },
      { ...bought, userId: "small", properties: { value: 30 } },
    ]);
    // The panel that previews count in is told of people by the consumer, seconds behind.
    const rule = {
      all: [
        { event: "Product Added", where: { property: "value", gte: 80 } },
        { event: "Order Completed", where: { source: "store" } },
      ],
    };
    const sized = async (): Promise<number> => (await ask("POST", "/api/rules/preview", { rule })).size.estimate;
    await vi.waitFor(async () => expect(await sized()).toBe(1), { timeout: 60_000, interval: 500 });
  });
  afterAll(() => context?.close());

  it("lets in who has a link, once, and nobody else", async () => {
    await page.goto(`${at.url}/dashboard/`);
    await page.getByText("Tideline is opened by a link").waitFor();
    const link = /Dashboard: \S+#link=(\S+)/.exec(at.printed)?.[1] ?? "";
    await page.goto(`${at.url}/dashboard/#link=${link}`);
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
    expect(page.url()).toBe(`${at.url}/dashboard/`);
    const again = await browser.newContext();
    const other = await again.newPage();
    await other.goto(`${at.url}/dashboard/#link=${link}`);
    await other.getByText("Tideline is opened by a link").waitFor();
    await again.close();
  });

  it("is held to a policy that lets in no script but its own", async () => {
    const response = await fetch(`${at.url}/dashboard/`);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(await response.text()).not.toMatch(/<script(?![^>]*\bsrc=)/);
  });

  it("brings a first audience live from a template, by keyboard alone, in well under two minutes", async () => {
    const began = Date.now();
    await go("/audiences");
    await button("New audience")
      .or(page.getByRole("link", { name: "New audience" }))
      .first()
      .focus();
    await page.keyboard.press("Enter");
    await button(/Repeat buyers/).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Name" }).focus();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("Loyal buyers");
    await button("Save").focus();
    await page.keyboard.press("Enter");
    await page.getByText("Saved as a draft").waitFor();
    await page.getByRole("link", { name: /^Publish/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("article", { name: "Audience Loyal buyers" }).waitFor();
    await page.getByRole("textbox", { name: /^Why/ }).focus();
    await page.keyboard.type("Our first");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page
      .getByText(/Version \d+ is live/)
      .first()
      .waitFor();
    expect(Date.now() - began).toBeLessThan(120_000);
    const { versions } = await ask("GET", "/api/ruleset/versions");
    expect(versions[0]).toMatchObject({ note: "Our first", live: true, createdBy: "user:first" });
    const { audiences } = await ask("GET", "/api/audiences?limit=200");
    expect(audiences.map(({ name }: { name: string }) => name)).toContain("Loyal buyers");
  });

  it("builds “abandoned a cart over 50 in three days, but bought in a store before” from controls", async () => {
    await go("/audiences/+new");
    await button(/Cart abandoners/).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Cart and store");
    await page.getByRole("textbox", { name: "Key" }).fill("cart-and-store");
    const added = page.getByRole("group", { name: "Condition 1: did" }).first();
    await button(/Only some/, added).click();
    await where(added, "value", "is at least", "50");
    await button("Add to: Who is meant").click();
    await page.getByRole("menuitem", { name: "Something they did" }).click();
    const store = page.getByRole("group", { name: /Condition 3: did/ });
    await store.getByRole("combobox", { name: /Names of events/ }).fill("Order Completed");
    await page.keyboard.press("Enter");
    await store.getByRole("combobox", { name: "Period" }).selectOption({ label: "ever" });
    await button(/Only some/, store).click();
    await store.getByRole("combobox", { name: "Kind of condition" }).last().selectOption({ label: "source" });
    await store
      .getByRole("combobox", { name: /source/i })
      .last()
      .fill("store");
    await page.keyboard.press("Tab");
    const meaning = page.getByRole("region", { name: "What it means" });
    await expect.poll(() => meaning.innerText()).toContain("source is “store”");
    expect(await meaning.innerText()).toContain("value is at least 50");
    // The sample is told by the consumer, seconds behind.
    await expect
      .poll(() => page.getByRole("region", { name: "Who it would be now" }).innerText(), { timeout: 30_000 })
      .toMatch(/Exactly 1 /);
    await button("Save").click();
    await page.getByText("Saved as a draft").first().waitFor();
    await publish("Carts");
    expect(
      [await decided("cart"), await decided("small"), await decided("new")].map((keys) => keys.includes("cart-and-store")),
    ).toEqual([true, false, false]);
  });

  /** Fills the one condition of a filter. */
  async function where(condition: Locator, property: string, operator: string, value: string): Promise<void> {
    const filter = condition.getByRole("group", { name: /What such an event is like/ });
    await filter.getByRole("combobox", { name: "Name of the property" }).fill(property);
    await page.keyboard.press("Tab");
    await filter.getByRole("combobox", { name: "How it is compared" }).selectOption({ label: operator });
    await filter.getByRole("textbox", { name: /Value|Number/ }).fill(value);
    await page.keyboard.press("Tab");
  }

  async function publish(note: string): Promise<void> {
    await go("/publish");
    await page.getByRole("textbox", { name: /^Why/ }).fill(note);
    await button("Publish").click();
    await page
      .getByText(/Version \d+ is live/)
      .first()
      .waitFor();
  }

  it("finds out why somebody is in an audience, and when they will leave", async () => {
    await go("/people");
    await page.getByRole("textbox", { name: "Value" }).fill("cart");
    await button("Find").click();
    await page.getByRole("tab", { name: "Audiences" }).click();
    const row = page.getByRole("row", { name: /Cart and store/ });
    await button("Why?", row).click();
    await dialog().getByText("Why this person is in “Cart and store”").waitFor();
    await dialog()
      .getByText(/1 such event\b/)
      .first()
      .waitFor();
    const { profileId } = await ask("POST", "/api/profiles/lookup", { userId: "cart" });
    const explained = await ask("GET", `/api/profiles/${profileId}/explain?audience=cart-and-store`);
    expect(explained.value).toBe(true);
    expect(await dialog().innerText()).toMatch(/changes by time alone in (?:2|3) days/);
    expect(Date.parse(explained.nextChange)).toBeGreaterThan(Date.now() + 2 * 86_400_000);
    // The link shows the same.
    const url = page.url();
    expect(url).toContain(`/people/${profileId}?tab=audiences&why=cart-and-store`);
    expect(url).not.toContain("userId");
    await page.keyboard.press("Escape");
  });

  it("stops a campaign", async () => {
    await ask("PUT", "/api/placements/day", { name: "Day", default: { usual: true } });
    await ask("PUT", "/api/campaigns/day", {
      name: "Day's campaign",
      placement: "day",
      creatives: [{ key: "a", html: "<b>Hello</b>" }],
    });
    await ask("POST", "/api/ruleset/publish", { note: "with a campaign" });
    const reason = async (): Promise<string> =>
      (await ask("POST", "/v1/decide", { identity: { userId: "cart" }, placements: ["day"] })).placements.day.campaign;
    expect(await reason()).toBe("day");
    await go("/campaigns/day?tab=edit");
    const preview = page.frameLocator("iframe[title='Preview: a']");
    expect(await preview.locator("b").innerText()).toBe("Hello");
    await button("Stop").click();
    await button("Stop", dialog()).click();
    await page.getByText(/is stopped, with version/).waitFor();
    expect(await reason()).toBeUndefined();
  });

  it("rolls back a bad publish, and takes back what was wrong", async () => {
    const before = await ask("GET", "/api/ruleset/versions");
    await ask("PUT", "/api/audiences/cart-and-store", { name: "Cart and store", rule: { not: { everyone: true } } });
    await publish("A slip");
    expect(await decided("cart")).not.toContain("cart-and-store");
    const good = before.versions[0].version;
    await button("Roll back to this", page.getByRole("row", { name: new RegExp(`^${good}\\b`) })).click();
    await button("Roll back to this", dialog()).click();
    await page
      .getByText(new RegExp(`with the content of version ${good}`))
      .first()
      .waitFor();
    expect(await decided("cart")).toContain("cart-and-store");
    await button("Take back", page.getByRole("article", { name: "Audience Cart and store" })).click();
    await page.getByText("The draft is again as it is live.").waitFor();
    expect((await ask("GET", "/api/ruleset/diff")).changes).toEqual([]);
  });

  it("mends events in quarantine and sends them again", async () => {
    await send("web", [{ type: "track", userId: "mended", event: 7, messageId: "day-1" }]);
    await go("/data/quality?reason=wrong_type");
    await page.getByRole("textbox", { name: "Change" }).fill('{"event":"Product Viewed"}');
    await button("Send again").click();
    await page.getByText(/count now, 0 still wait/).waitFor();
    const { profileId } = await ask("POST", "/api/profiles/lookup", { userId: "mended" });
    const { events } = await ask("GET", `/api/profiles/${profileId}/events`);
    expect(events.map(({ name, messageId }: Record<string, string>) => [name, messageId])).toEqual([["Product Viewed", "day-1"]]);
  });

  it("imports a file, and tells which row was not taken", async () => {
    await go("/data/imports");
    await button("Import a file").click();
    const rows = ["Client,Date,Montant", "ann,2026-03-01T12:00:00Z,42.5", "bob,2026-03-02T12:00:00Z,never"];
    await page.setInputFiles("input[type=file]", {
      name: "till.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(rows.join("\n")),
    });
    const select = dialog()
      .getByRole("combobox", { name: "Source" })
      .or(dialog().getByRole("textbox", { name: "Source" }))
      .first();
    await select.click();
    await page.getByRole("option", { name: "Stores" }).click();
    await button("Import", dialog().getByRole("form")).click();
    await dialog()
      .getByText(/Rows: 2 · Taken: 1 · Rejected: 1/)
      .waitFor();
    await dialog()
      .getByRole("row", { name: /not_a_number/ })
      .waitFor();
    const { profileId } = await ask("POST", "/api/profiles/lookup", { userId: "ann" });
    const { events } = await ask("GET", `/api/profiles/${profileId}/events`);
    expect(events[0]).toMatchObject({ name: "Order Completed", source: "store", properties: { value: 42.5 } });
  });

  it("shows a viewer numbers and rules, and nothing of people nor what changes anything", async () => {
    await ask("PUT", "/api/team/looker", { name: "Looker", email: "l@example.com", role: "viewer" });
    const { link } = await ask("POST", "/api/team/looker/link", {});
    const theirs = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "fr-FR" });
    const seen = await theirs.newPage();
    await seen.goto(`${at.url}/dashboard/#link=${link}`);
    await seen.getByRole("navigation").waitFor();
    const names = await seen.getByRole("navigation").getByRole("link").allInnerTexts();
    expect(names.join(" ")).not.toMatch(/People|Personnes/);
    await seen.goto(`${at.url}/dashboard/audiences/cart-and-store?tab=edit`);
    await seen.getByRole("form").waitFor();
    expect(await seen.getByRole("button", { name: /^(?:Save|Enregistrer)$/ }).count()).toBe(0);
    await theirs.close();
  });

  it("met no fault on all its screens", () => {
    // A refused call before the sign-in is what the browser notes of it.
    expect(faults.filter((fault) => !/status of (?:401|404)/.test(fault))).toEqual([]);
  });
});

import { audienceStore } from "../cold/audiences.ts";
import { database, newEtag, type Stores } from "../cold/database.ts";
import { readWorkspaceRecord } from "../cold/workspace-record.ts";
import { publishDrafts } from "./publish.ts";

/** Public audiences that the demo shop shows its visitor; all but the newsletter are of the web shop's own events. */
const WEB = { source: "web" };
const bought = { event: "Order Completed", where: WEB };
const DEMO_AUDIENCES = [
  {
    key: "engaged-visitor",
    name: "Engaged visitors",
    description: "30 seconds of real attention in a week",
    rule: { event: "Page Engaged", where: WEB, within: "7d", sum: { of: "engagedMs", gte: 30_000 } },
  },
  {
    key: "cart-abandoner",
    name: "Cart abandoners",
    description: "Added to the cart in the last 30 minutes, and bought nothing in them",
    rule: { all: [{ event: "Product Added", where: WEB, within: "30m" }, { none: [{ ...bought, within: "30m" }] }] },
  },
  { key: "buyer", name: "Buyers", description: "Bought in the web shop in 30 days", rule: { ...bought, within: "30d" } },
  {
    key: "newsletter",
    name: "Newsletter",
    description: "Signed up for the newsletter",
    rule: { trait: "newsletter", eq: true },
  },
  {
    key: "shoe-lover",
    name: "Shoe lovers",
    description: "Looked at shoes three times in a week",
    rule: {
      event: "Product Viewed",
      where: { all: [WEB, { property: "category", eq: "shoes" }] },
      within: "7d",
      count: { gte: 3 },
    },
  },
] as const;

/** Publishes the demo's audiences as its first ruleset, once; cut off in between it is finished by the next run. */
export async function publishDemoAudiences(stores: Stores, workspace: string, now: number): Promise<void> {
  if ((await readWorkspaceRecord(stores.PUBLISHED, workspace))?.ruleset !== 0) return;
  const store = audienceStore(database(stores.DB), workspace);
  const draft = async ({ key, name, description, rule }: (typeof DEMO_AUDIENCES)[number]): Promise<void> => {
    const row = {
      workspace,
      key,
      name,
      description,
      rule: JSON.stringify(rule),
      code: key,
      visibility: "public" as const,
      purpose: "content" as const,
      taxonomy: [],
      tags: ["demo"],
      etag: newEtag(),
      createdAt: now,
      updatedAt: now,
    };
    await store.insert(row, { workspace, at: now, actor: "setup", action: "audience.put", target: `audience:${key}` });
  };
  await Promise.all(DEMO_AUDIENCES.map(draft));
  const published = await publishDrafts(stores, { workspace, actor: "setup", note: "The demo's audiences", now });
  if (!published.ok) throw new Error(`the demo's audiences cannot be published: ${JSON.stringify(published.error)}`);
}

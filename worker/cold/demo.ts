import type { Channel, Party } from "../../core/model/event.ts";
import type { Stores } from "./database.ts";
import { SCOPES, type SourceKind } from "./records.ts";
import { createWorkspace, type NewSource, type NewWorkspace } from "./workspaces.ts";

/** Pages on any port of the developer's own machine. */
const LOCALHOST = ["http://localhost:*", "http://127.0.0.1:*"];

/** The demo workspace of http.md, "Running it". Its keys are public knowledge: it is made in demo mode only. */
export const DEMO_WORKSPACE: NewWorkspace = {
  id: "demo",
  name: "Demo shop",
  timeZone: "Europe/Paris",
  // Ten years, so that old files can be replayed.
  retentionDays: 3_650,
  smallCount: 0,
  sources: [
    source("web", "Web shop", "browser", "web", "first"),
    source("app", "App", "app", "app", "first"),
    source("store", "Stores", "server", "store", "first"),
    source("crm", "CRM", "server", "crm", "first"),
    source("email", "E-mail", "server", "email", "first"),
    source("partner", "Partner", "server", "partner", "second"),
    source("broker", "Broker", "server", "partner", "third"),
  ],
  secretKeys: [{ id: "demo", name: "Demo", secret: "sk_demo", scopes: SCOPES }],
};

export function createDemo(stores: Stores, now: number): Promise<void> {
  return createWorkspace(stores, DEMO_WORKSPACE, now);
}

function source(key: string, name: string, kind: SourceKind, channel: Channel, party: Party): NewSource {
  const origins = kind === "browser" ? LOCALHOST : [];
  return {
    key,
    name,
    kind,
    channel,
    party,
    origins,
    identify: "open",
    consent: "assumed",
    priority: 1,
    writeKey: `wk_demo_${key}`,
  };
}

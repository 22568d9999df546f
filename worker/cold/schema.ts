import { index, integer, primaryKey, real, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import type { ListType } from "../../core/identity/list-lines.ts";
import type { Channel, Party } from "../../core/model/event.ts";
import type { CampaignDraft, PlacementDraft } from "./campaign-drafts.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { PropertyType } from "../../core/quality/catalogue-shape.ts";
import type { GoldenRecord } from "../../core/rules/golden-policy.ts";
import type { CounterName } from "./counters.ts";
import type { MessageFault } from "./outbox-message.ts";
import type { Scope, SourceKind } from "./records.ts";

/**
 * D1: the part that people query. Every table leads with its workspace, and every query names it. Instants are ms since
 * 1970. `migrations/` is generated from this file (`drizzle-kit generate`), and only ever added to.
 */

export interface Taxon {
  /** `segtax` of the IAB's list, 4 = Audience Taxonomy 1.1. */
  readonly segtax: number;
  readonly id: string;
}

/** What a list is for: whom to leave out, whom we know, whom a partner knows. */
export type ListPurpose = "suppression" | "customers" | "partner";

/** How many identifiers of a kind a person may have: for ever, or of those used within a duration. */
export type StatedLimits = Readonly<Record<string, number | { readonly most: number; readonly within: string }>>;

const workspace = () => text("workspace").notNull();

export const workspaces = sqliteTable("workspace", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  timeZone: text("time_zone").notNull(),
  retentionDays: integer("retention_days").notNull(),
  /** Fixed when the workspace is made: objects live where they were first named. */
  jurisdiction: text("jurisdiction"),
  smallCount: integer("small_count").notNull(),
  /** Identifier types, the strongest first. */
  identifierPriority: text("identifier_priority", { mode: "json" }).$type<readonly string[]>().notNull(),
  gvlId: integer("gvl_id"),
  etag: text("etag").notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  /** Null where the latest value of every trait wins. */
  goldenRecord: text("golden_record", { mode: "json" }).$type<GoldenRecord>(),
  /** By kind of identifier, as events name them; null where there are the usual ones. */
  identifierLimits: text("identifier_limits", { mode: "json" }).$type<StatedLimits>(),
  /** Share of all people who are shown no campaign. */
  globalHoldout: real("global_holdout").notNull().default(0),
});

export const sources = sqliteTable(
  "source",
  {
    workspace: workspace(),
    key: text("key").notNull(),
    name: text("name").notNull(),
    kind: text("kind").$type<SourceKind>().notNull(),
    channel: text("channel").$type<Channel>().notNull(),
    party: text("party").$type<Party>().notNull(),
    origins: text("origins", { mode: "json" }).$type<readonly string[]>().notNull(),
    identify: text("identify").$type<"open" | "signed">().notNull(),
    consent: text("consent").$type<"required" | "assumed">().notNull(),
    priority: integer("priority").notNull(),
    /** Public: it stands in pages and apps. */
    writeKey: text("write_key").notNull().unique(),
    /** New with every write; what `If-Match` is compared with. */
    etag: text("etag").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.key] })],
);

export const secretKeys = sqliteTable(
  "secret_key",
  {
    workspace: workspace(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** Never the key itself: see `hashKey`. */
    hash: text("hash").notNull().unique(),
    scopes: text("scopes", { mode: "json" }).$type<readonly Scope[]>().notNull(),
    createdAt: integer("created_at").notNull(),
    revokedAt: integer("revoked_at"),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.id] })],
);

/** What somebody at the dashboard may do: see, work, or also say who may. */
export type Role = "admin" | "editor" | "viewer";

/** Who may sign in to the dashboard. */
export const members = sqliteTable(
  "member",
  {
    workspace: workspace(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    role: text("role").$type<Role>().notNull(),
    language: text("language").$type<"en" | "fr">().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.id] })],
);

/** Links by which a member signs in, each once: a row goes as it is used. */
export const signInLinks = sqliteTable("sign_in_link", {
  /** Never the link itself: see `hashKey`. */
  hash: text("hash").primaryKey(),
  workspace: workspace(),
  member: text("member").notNull(),
  expiresAt: integer("expires_at").notNull(),
});

/** Drafts: what is live is in the published ruleset. */
export const audiences = sqliteTable(
  "audience",
  {
    workspace: workspace(),
    key: text("key").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull(),
    /** JSON text in the rule language. */
    rule: text("rule").notNull(),
    /** Short name for ad servers (GAM takes values of 40 characters, and many of them a request). */
    code: text("code").notNull(),
    visibility: text("visibility").$type<"public" | "server">().notNull(),
    purpose: text("purpose").$type<"ads" | "content" | "measurement">().notNull(),
    taxonomy: text("taxonomy", { mode: "json" }).$type<readonly Taxon[]>().notNull(),
    tags: text("tags", { mode: "json" }).$type<readonly string[]>().notNull(),
    etag: text("etag").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.key] }), unique("audience_code").on(table.workspace, table.code)],
);

/** Drafts, as audiences are. */
export const placements = sqliteTable(
  "placement",
  {
    workspace: workspace(),
    key: text("key").notNull(),
    draft: text("draft", { mode: "json" }).$type<PlacementDraft>().notNull(),
    etag: text("etag").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.key] })],
);

/** Drafts, as audiences are. */
export const campaigns = sqliteTable(
  "campaign",
  {
    workspace: workspace(),
    key: text("key").notNull(),
    /** Key of its placement. */
    placement: text("placement").notNull(),
    draft: text("draft", { mode: "json" }).$type<CampaignDraft>().notNull(),
    etag: text("etag").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.key] })],
);

export const rulesetVersions = sqliteTable(
  "ruleset_version",
  {
    workspace: workspace(),
    version: integer("version").notNull(),
    note: text("note").notNull(),
    createdAt: integer("created_at").notNull(),
    createdBy: text("created_by").notNull(),
    /** How many audiences it holds; 0 until it is published. */
    audiences: integer("audiences").notNull(),
    /** `reserved` until its artifact is stored and the pointer has reached it. */
    state: text("state").$type<"reserved" | "published">().notNull(),
    rolledBackFrom: integer("rolled_back_from"),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.version] })],
);

/** Who changed what, and who read which person: only hashed ids of people, never an identifier. */
export const audit = sqliteTable(
  "audit",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    workspace: workspace(),
    at: integer("at").notNull(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    target: text("target").notNull(),
  },
  (table) => [index("audit_by_workspace").on(table.workspace, table.id)],
);

/**
 * The cold index: one row a person, at most 2 KB (`worker/cold/members.ts` bounds the one value that could grow). What
 * the queue brought is applied once: `epoch` and `applied` are the guard, and only ever grow. The columns that a sweep
 * walks over stand before the long one. No index but the key: an index entry is a row more with every write, while a
 * sweep that reads a million rows costs a tenth of a cent.
 */
export const profiles = sqliteTable(
  "profile",
  {
    workspace: workspace(),
    id: text("id").$type<ProfileId>().notNull(),
    epoch: integer("epoch").notNull(),
    /** Sequence of the journal up to which all is applied here, in the series and in the rollups. */
    applied: integer("applied").notNull(),
    ruleset: integer("ruleset").notNull(),
    /** From this instant on time alone may change the memberships; null for never. */
    nextChange: integer("next_change"),
    events: integer("events").notNull(),
    firstSeen: integer("first_seen").notNull(),
    lastSeen: integer("last_seen").notNull(),
    /** Oldest and newest archive object (the instant in its key) that bears this person: a restore looks nowhere else. */
    archivedFrom: integer("archived_from"),
    archivedTo: integer("archived_to"),
    /**
     * Null for who lives by himself. Set once an identifier is a pointer: how many of the events counted here its person
     * brings again, having taken over the journal.
     */
    owed: integer("owed"),
    /** Since when a restore is under way, which then alone moves `applied`; null else. */
    restoring: integer("restoring"),
    memberCount: integer("member_count").notNull(),
    members: text("members").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.id] })],
);

/** How an audience's size changed in an hour (its first ms): what a person or time did, and apart from it what a publish did. */
export const audienceHours = sqliteTable(
  "audience_hour",
  {
    workspace: workspace(),
    audience: text("audience").notNull(),
    hour: integer("hour").notNull(),
    entered: integer("entered").notNull(),
    exited: integer("exited").notNull(),
    publishEntered: integer("publish_entered").notNull(),
    publishExited: integer("publish_exited").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.audience, table.hour] })],
);

/** Events by source, name and the hour (its first ms) of their time. */
export const eventHours = sqliteTable(
  "event_hour",
  {
    workspace: workspace(),
    source: text("source").notNull(),
    name: text("name").notNull(),
    hour: integer("hour").notNull(),
    events: integer("events").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.source, table.name, table.hour] })],
);

/** What was counted in an hour (its first ms): see `CounterName`. */
export const counters = sqliteTable(
  "counter",
  {
    workspace: workspace(),
    name: text("name").$type<CounterName>().notNull(),
    hour: integer("hour").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.name, table.hour] })],
);

/** How the queue stood when a batch of it was last taken. */
export const queueStates = sqliteTable("queue_state", {
  workspace: text("workspace").primaryKey(),
  at: integer("at").notNull(),
  /** Age of the oldest message of that batch, ms. */
  lagMs: integer("lag_ms").notNull(),
  /** When the oldest message was sent that had to be put back; null where none was. */
  waitingSince: integer("waiting_since"),
});

/** Messages that the queue gave up. */
export const deadLetters = sqliteTable(
  "dead_letter",
  {
    /** The queue's id of the message. */
    id: text("id").primaryKey(),
    /** Null where the message does not say: then it is nobody's, and its body is shown to nobody. */
    workspace: text("workspace"),
    at: integer("at").notNull(),
    /** `gave_up`: it could be read, but not be applied within all its tries. */
    reason: text("reason").$type<"gave_up" | MessageFault>().notNull(),
    body: text("body").notNull(),
    replayedAt: integer("replayed_at"),
  },
  (table) => [index("dead_letter_by_workspace").on(table.workspace, table.at)],
);

/** Lists of identifiers; who is on one its object knows (`durable-objects/list`). */
export const lists = sqliteTable(
  "list",
  {
    workspace: workspace(),
    key: text("key").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull(),
    /** Type of the lines of an upload that says none. */
    identifier: text("identifier").$type<ListType>().notNull(),
    /** A duration of the rule language; null for entries that hold for ever. */
    expires: text("expires"),
    purpose: text("purpose").$type<ListPurpose>().notNull(),
    etag: text("etag").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.key] })],
);

/**
 * What each list's filter is, `{LIST: VERSION}` by key, in every cold database: what new identifiers of its people are
 * checked against, in the transaction that makes them known (docs/decisions/071).
 */
export const listVersions = sqliteTable("list_version", {
  workspace: text("workspace").primaryKey(),
  filters: text("filters", { mode: "json" }).$type<Readonly<Record<string, number>>>().notNull(),
});

/**
 * Who bears an identifier, as the consumer saw it in the person's events. One that a profile is named by is not in here: the
 * profile's own row says as much. `named` is the type of that name. Without a rowid in `migrations/`, which drizzle cannot
 * say: a row then is one written row, not two.
 */
export const identifiers = sqliteTable(
  "identifier",
  {
    workspace: workspace(),
    hash: text("hash").$type<ProfileId>().notNull(),
    profile: text("profile").$type<ProfileId>().notNull(),
    type: text("type").notNull(),
    named: text("named").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.hash, table.profile] })],
);

/** Facts that somebody may have to be told yet; gone once they are, or once the list says that there is nothing to tell. */
export const listPending = sqliteTable(
  "list_pending",
  {
    workspace: workspace(),
    profile: text("profile").$type<ProfileId>().notNull(),
    list: text("list").notNull(),
    hash: text("hash").$type<ProfileId>().notNull(),
    type: text("type").notNull(),
    named: text("named").notNull(),
    /** 1 where the journal holds that the identifier is on the list: then having gone is news as well. */
    told: integer("told").notNull(),
    /** 1 where the person has said no: told when they come again. */
    refused: integer("refused").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.profile, table.list, table.hash] })],
);

/** People on a list, by the facts in their journals: the latest of each identifier counts. Without a rowid, too. */
export const listPeople = sqliteTable(
  "list_person",
  {
    workspace: workspace(),
    list: text("list").notNull(),
    profile: text("profile").$type<ProfileId>().notNull(),
    hash: text("hash").$type<ProfileId>().notNull(),
    at: integer("at").notNull(),
    isOn: integer("is_on").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.list, table.profile, table.hash] })],
);

/** Events that have come, by the source they came from: first and last day (since 1970, UTC) of arrival. Without a rowid, too. */
export const catalogueEvents = sqliteTable(
  "catalogue_event",
  {
    workspace: workspace(),
    event: text("event").notNull(),
    source: text("source").notNull(),
    firstDay: integer("first_day").notNull(),
    lastDay: integer("last_day").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.event, table.source] })],
);

/** What those events bore, each type that a property has had by itself. Without a rowid, too. */
export const catalogueProperties = sqliteTable(
  "catalogue_property",
  {
    workspace: workspace(),
    event: text("event").notNull(),
    path: text("path").notNull(),
    type: text("type").$type<PropertyType>().notNull(),
    firstDay: integer("first_day").notNull(),
    lastDay: integer("last_day").notNull(),
    /** Values that may be shown: see `core/quality/catalogue-values.ts`. */
    examples: text("examples").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.event, table.path, table.type] })],
);

/** Households that people live in, as far as their messages have said: a publish tells them first. Without a rowid, too. */
export const households = sqliteTable(
  "household",
  {
    workspace: workspace(),
    id: text("id").$type<ProfileId>().notNull(),
    /** Newest ruleset that it is known to answer under. */
    ruleset: integer("ruleset").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.id] })],
);

/** How far a workspace's people have been told of its live ruleset. */
export const sweeps = sqliteTable("sweep", {
  workspace: text("workspace").primaryKey(),
  version: integer("version").notNull(),
  /** Number of the cold database and the last profile looked at in it. */
  shard: integer("shard").notNull(),
  cursor: text("cursor").notNull(),
  total: integer("total").notNull(),
  done: integer("done").notNull(),
  changed: integer("changed").notNull(),
  failed: integer("failed").notNull(),
  startedAt: integer("started_at").notNull(),
  finishedAt: integer("finished_at"),
  /** Somebody is at it until then: two never sweep the same workspace. */
  leaseUntil: integer("lease_until").notNull(),
});

/** Imports that were begun: how each stands its object knows. */
export const imports = sqliteTable(
  "import",
  {
    workspace: workspace(),
    id: text("id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.id] })],
);

export type WorkspaceRow = typeof workspaces.$inferSelect;
export type SourceRow = typeof sources.$inferSelect;
export type SecretKeyRow = typeof secretKeys.$inferSelect;
export type MemberRow = typeof members.$inferSelect;
export type AudienceRow = typeof audiences.$inferSelect;
export type PlacementRow = typeof placements.$inferSelect;
export type CampaignRow = typeof campaigns.$inferSelect;
export type RulesetVersionRow = typeof rulesetVersions.$inferSelect;
export type AuditRow = typeof audit.$inferSelect;
export type ProfileRow = typeof profiles.$inferSelect;
export type DeadLetterRow = typeof deadLetters.$inferSelect;
export type ListRow = typeof lists.$inferSelect;
export type SweepRow = typeof sweeps.$inferSelect;
export type ImportRow = typeof imports.$inferSelect;

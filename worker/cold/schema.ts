import { index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import type { Channel, Party } from "../../core/model/event.ts";
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

export type WorkspaceRow = typeof workspaces.$inferSelect;
export type SourceRow = typeof sources.$inferSelect;
export type SecretKeyRow = typeof secretKeys.$inferSelect;
export type AudienceRow = typeof audiences.$inferSelect;
export type RulesetVersionRow = typeof rulesetVersions.$inferSelect;
export type AuditRow = typeof audit.$inferSelect;

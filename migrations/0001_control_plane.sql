CREATE TABLE `audience` (
	`workspace` text NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`rule` text NOT NULL,
	`code` text NOT NULL,
	`visibility` text NOT NULL,
	`purpose` text NOT NULL,
	`taxonomy` text NOT NULL,
	`tags` text NOT NULL,
	`etag` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace`, `key`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audience_code` ON `audience` (`workspace`,`code`);--> statement-breakpoint
CREATE TABLE `audit` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_by_workspace` ON `audit` (`workspace`,`id`);--> statement-breakpoint
CREATE TABLE `ruleset_version` (
	`workspace` text NOT NULL,
	`version` integer NOT NULL,
	`note` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`audiences` integer NOT NULL,
	`state` text NOT NULL,
	`rolled_back_from` integer,
	PRIMARY KEY(`workspace`, `version`)
);
--> statement-breakpoint
CREATE TABLE `secret_key` (
	`workspace` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer,
	PRIMARY KEY(`workspace`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `secret_key_hash_unique` ON `secret_key` (`hash`);--> statement-breakpoint
CREATE TABLE `source` (
	`workspace` text NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`channel` text NOT NULL,
	`party` text NOT NULL,
	`origins` text NOT NULL,
	`identify` text NOT NULL,
	`consent` text NOT NULL,
	`priority` integer NOT NULL,
	`write_key` text NOT NULL,
	`etag` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace`, `key`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `source_write_key_unique` ON `source` (`write_key`);--> statement-breakpoint
CREATE TABLE `workspace` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`time_zone` text NOT NULL,
	`retention_days` integer NOT NULL,
	`jurisdiction` text,
	`small_count` integer NOT NULL,
	`identifier_priority` text NOT NULL,
	`gvl_id` integer,
	`etag` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);

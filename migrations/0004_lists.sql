CREATE TABLE `identifier` (
	`workspace` text NOT NULL,
	`hash` text NOT NULL,
	`profile` text NOT NULL,
	`type` text NOT NULL,
	`named` text NOT NULL,
	PRIMARY KEY(`workspace`, `hash`, `profile`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `list_pending` (
	`workspace` text NOT NULL,
	`profile` text NOT NULL,
	`list` text NOT NULL,
	`hash` text NOT NULL,
	`type` text NOT NULL,
	`named` text NOT NULL,
	`told` integer NOT NULL,
	`refused` integer NOT NULL,
	PRIMARY KEY(`workspace`, `profile`, `list`, `hash`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `list_person` (
	`workspace` text NOT NULL,
	`list` text NOT NULL,
	`profile` text NOT NULL,
	`hash` text NOT NULL,
	`at` integer NOT NULL,
	`is_on` integer NOT NULL,
	PRIMARY KEY(`workspace`, `list`, `profile`, `hash`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `list_version` (
	`workspace` text PRIMARY KEY NOT NULL,
	`filters` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `list` (
	`workspace` text NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`identifier` text NOT NULL,
	`expires` text,
	`purpose` text NOT NULL,
	`etag` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace`, `key`)
);

CREATE TABLE `campaign` (
	`workspace` text NOT NULL,
	`key` text NOT NULL,
	`placement` text NOT NULL,
	`draft` text NOT NULL,
	`etag` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace`, `key`)
);
--> statement-breakpoint
CREATE TABLE `placement` (
	`workspace` text NOT NULL,
	`key` text NOT NULL,
	`draft` text NOT NULL,
	`etag` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace`, `key`)
);
--> statement-breakpoint
ALTER TABLE `workspace` ADD `global_holdout` real DEFAULT 0 NOT NULL;
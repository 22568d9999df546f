CREATE TABLE `audience_hour` (
	`workspace` text NOT NULL,
	`audience` text NOT NULL,
	`hour` integer NOT NULL,
	`entered` integer NOT NULL,
	`exited` integer NOT NULL,
	`publish_entered` integer NOT NULL,
	`publish_exited` integer NOT NULL,
	PRIMARY KEY(`workspace`, `audience`, `hour`)
);
--> statement-breakpoint
CREATE TABLE `counter` (
	`workspace` text NOT NULL,
	`name` text NOT NULL,
	`hour` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`workspace`, `name`, `hour`)
);
--> statement-breakpoint
CREATE TABLE `dead_letter` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace` text,
	`at` integer NOT NULL,
	`reason` text NOT NULL,
	`body` text NOT NULL,
	`replayed_at` integer
);
--> statement-breakpoint
CREATE INDEX `dead_letter_by_workspace` ON `dead_letter` (`workspace`,`at`);--> statement-breakpoint
CREATE TABLE `event_hour` (
	`workspace` text NOT NULL,
	`source` text NOT NULL,
	`name` text NOT NULL,
	`hour` integer NOT NULL,
	`events` integer NOT NULL,
	PRIMARY KEY(`workspace`, `source`, `name`, `hour`)
);
--> statement-breakpoint
CREATE TABLE `profile` (
	`workspace` text NOT NULL,
	`id` text NOT NULL,
	`epoch` integer NOT NULL,
	`applied` integer NOT NULL,
	`ruleset` integer NOT NULL,
	`next_change` integer,
	`events` integer NOT NULL,
	`first_seen` integer NOT NULL,
	`last_seen` integer NOT NULL,
	`archived_from` integer,
	`archived_to` integer,
	`owed` integer,
	`restoring` integer,
	`member_count` integer NOT NULL,
	`members` text NOT NULL,
	PRIMARY KEY(`workspace`, `id`)
);
--> statement-breakpoint
CREATE TABLE `queue_state` (
	`workspace` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`lag_ms` integer NOT NULL,
	`waiting_since` integer
);
--> statement-breakpoint
CREATE TABLE `sweep` (
	`workspace` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`shard` integer NOT NULL,
	`cursor` text NOT NULL,
	`total` integer NOT NULL,
	`done` integer NOT NULL,
	`changed` integer NOT NULL,
	`failed` integer NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`lease_until` integer NOT NULL
);

CREATE TABLE `catalogue_event` (
	`workspace` text NOT NULL,
	`event` text NOT NULL,
	`source` text NOT NULL,
	`first_day` integer NOT NULL,
	`last_day` integer NOT NULL,
	PRIMARY KEY(`workspace`, `event`, `source`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `catalogue_property` (
	`workspace` text NOT NULL,
	`event` text NOT NULL,
	`path` text NOT NULL,
	`type` text NOT NULL,
	`first_day` integer NOT NULL,
	`last_day` integer NOT NULL,
	`examples` text NOT NULL,
	PRIMARY KEY(`workspace`, `event`, `path`, `type`)
) WITHOUT ROWID;

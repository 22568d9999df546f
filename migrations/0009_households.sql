CREATE TABLE `household` (
	`workspace` text NOT NULL,
	`id` text NOT NULL,
	`ruleset` integer NOT NULL,
	PRIMARY KEY(`workspace`, `id`)
) WITHOUT ROWID;

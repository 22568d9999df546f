ALTER TABLE `workspace` ADD `golden_record` text;

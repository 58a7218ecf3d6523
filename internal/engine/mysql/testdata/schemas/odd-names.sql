CREATE TABLE `odd ``table``` (`odd column` INT, `select` INT, `ü` INT, `a.b` INT, KEY `odd key` (`select`));
CREATE TABLE `DEFINER` (`SQL` INT, `VIEW` INT);
CREATE VIEW `odd view` AS SELECT `odd column` AS `The Column` FROM `odd ``table```;

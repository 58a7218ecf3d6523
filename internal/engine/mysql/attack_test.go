package mysql_test

import (
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
)

// attacks are scripts that reach out of the database "shop", with the place where that is seen.
var attacks = []struct{ script, at string }{
	// Compound statements outside of routines, and labels.
	{"DELIMITER //\nIF 1 THEN INSERT INTO a VALUES (1); COMMIT; END IF//", "2:1"},
	{"DELIMITER //\nCASE 1 WHEN 1 THEN COMMIT; END CASE//", "2:1"},
	{"DELIMITER //\nLOOP COMMIT; END LOOP//", "2:1"},
	{"DELIMITER //\nWHILE 1 DO COMMIT; END WHILE//", "2:1"},
	{"DELIMITER //\nREPEAT COMMIT; UNTIL 1 END REPEAT//", "2:1"},
	{"DELIMITER //\nFOR i IN 1 .. 3 DO COMMIT; END FOR//", "2:1"},
	{"DELIMITER //\nl: BEGIN NOT ATOMIC COMMIT; END//", "2:1"},
	{"DELIMITER //\n`l`: LOOP COMMIT; END LOOP//", "2:1"},
	{"DELIMITER //\n<<l>> BEGIN COMMIT; END//", "2:1"},
	{"DELIMITER //\nDECLARE a INT//", "2:1"},
	{"DELIMITER //\nSELECT 1; COMMIT//", "2:11"},
	{"/*! IF */ 1 THEN COMMIT; END IF", "1:5"},
	{"/*M!100100 BEGIN NOT ATOMIC COMMIT; END */", "1:12"},
	// Conditional comments of different versions hide a word from one another.
	{"/*!90000 SELECT */ /*!50000 COMMIT */", "1:29"},
	{"SELECT 1 /*!90000 , */ /*!50000 INTO OUTFILE 'x' */", "1:33"},
	{"UPDATE /*!99999 a SET b = */ other.t SET c = 1", "1:30"},
	{"UPDATE /*M!110000 a SET b = */ other.t SET c = 1", "1:32"},
	{"/*!123 COMMIT */", "1:1"},
	{"/*!1234567 COMMIT */", "1:1"},
	{"/*!99999 '/*' */ COMMIT /* ' */", "1:11"},
	{"SELECT /*+ SET_VAR(sql_mode = ANSI_QUOTES) */ 1", "1:12"},
	{"SELECT /*+ BKA(`a*/ , other.t.b FROM c --`) */ 1", "1:16"},
	// What servers read as a comment, and what they do not.
	{"SELECT 1 --\x7f'\n; COMMIT", "2:3"},
	{"SELECT 1 --\x01'\n; COMMIT", "2:3"},
	{"SELECT 1 --\n; COMMIT", "2:3"},
	{"SELECT $$ ' $$; COMMIT; -- '", "1:8"},
	{"DELIMITER #\nSELECT 1 # COMMIT #", "2:12"},
	{"DELIMITER --\nSELECT 1 -- COMMIT --", "2:13"},
	{"SELECT 1; DELIMITER //\nCOMMIT", "1:11"},
	// Statements about the server.
	{"HANDLER a OPEN", "1:1"},
	{"XA START 'x'", "1:1"},
	{"LOAD DATA INFILE 'x' INTO TABLE a", "1:1"},
	{"LOAD XML INFILE 'x' INTO TABLE a", "1:1"},
	{"LOAD INDEX INTO CACHE a", "1:1"},
	{"IMPORT TABLE FROM 'x.sdi'", "1:1"},
	{"INSTALL PLUGIN a SONAME 'x'", "1:1"},
	{"INSTALL SONAME 'ha_spider'", "1:1"},
	{"INSTALL COMPONENT 'file://x'", "1:1"},
	{"UNINSTALL PLUGIN a", "1:1"},
	{"SHUTDOWN", "1:1"},
	{"RESTART", "1:1"},
	{"KILL QUERY 5", "1:1"},
	{"CHANGE MASTER TO MASTER_HOST = 'x'", "1:1"},
	{"CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'x'", "1:1"},
	{"START SLAVE", "1:1"},
	{"START GROUP_REPLICATION", "1:1"},
	{"STOP REPLICA", "1:1"},
	{"RESET MASTER", "1:1"},
	{"RESET PERSIST", "1:1"},
	{"PURGE BINARY LOGS TO 'x'", "1:1"},
	{"FLUSH TABLES WITH READ LOCK", "1:1"},
	{"BACKUP STAGE START", "1:1"},
	{"BACKUP LOCK a", "1:1"},
	{"BINLOG 'x'", "1:1"},
	{"CLONE LOCAL DATA DIRECTORY 'x'", "1:1"},
	{"CACHE INDEX a IN hot", "1:1"},
	{"HELP 'x'", "1:1"},
	{"USE `other`", "1:1"},
	{"CREATE USER a IDENTIFIED BY 'x'", "1:1"},
	{"CREATE OR REPLACE USER a", "1:1"},
	{"ALTER USER CURRENT_USER() IDENTIFIED BY 'x'", "1:12"},
	{"DROP ROLE a", "1:1"},
	{"RENAME USER a TO b", "1:1"},
	{"CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')", "1:1"},
	{"CREATE TABLESPACE t ADD DATAFILE 'x'", "1:1"},
	{"CREATE UNDO TABLESPACE t ADD DATAFILE 'x'", "1:1"},
	{"CREATE LOGFILE GROUP g ADD UNDOFILE 'x'", "1:1"},
	{"ALTER INSTANCE ROTATE INNODB MASTER KEY", "1:1"},
	{"CREATE RESOURCE GROUP g TYPE = USER", "1:1"},
	{"CREATE SPATIAL REFERENCE SYSTEM 1 NAME 'x'", "1:1"},
	{"DROP DATABASE shop", "1:1"},
	{"CREATE FUNCTION f RETURNS STRING SONAME 'x.so'", "1:34"},
	{"CREATE AGGREGATE FUNCTION f RETURNS INTEGER SONAME 'x.so'", "1:45"},
	{"ANALYZE FORMAT = JSON DELETE FROM a", "1:1"},
	{"GRANT ALL ON *.* TO a", "1:14"},
	{"GRANT admin TO a", "1:1"},
	{"GRANT PROXY ON a TO b", "1:7"},
	{"GRANT SELECT ON a TO b IDENTIFIED BY 'x'", "1:24"},
	{"GRANT SELECT ON other.* TO a", "1:17"},
	{"GRANT SELECT ON other.a TO a", "1:17"},
	{"GRANT ALL ON `sh%`.* TO a", "1:14"},
	{"GRANT ALL ON shop.* TO a WITH GRANT OPTION", "1:26"},
	{
		"REVOKE ALL PRIVILEGES, GRANT OPTION FROM a",
		"1:8",
	},
	{"GRANT EXECUTE ON PROCEDURE other.p TO a", "1:28"},
	{"GRANT SELECT ON * TO a", "1:17"},
	// Settings.
	{"SET GLOBAL a = 1", "1:5"},
	{"SET PERSIST a = 1", "1:5"},
	{"SET PERSIST_ONLY a = 1", "1:5"},
	{"SET @@PERSIST.a = 1", "1:7"},
	{"SET ROLE admin", "1:5"},
	{"SET DEFAULT ROLE a TO b", "1:5"},
	{"SET PASSWORD FOR a = 'x'", "1:5"},
	{"SET STATEMENT sql_mode = 'ANSI_QUOTES' FOR SELECT 1", "1:5"},
	{"SET SESSION TRANSACTION READ ONLY", "1:13"},
	{"SET RESOURCE GROUP g", "1:5"},
	{"SET @a = 1, @@GLOBAL.b = 2", "1:15"},
	{"SET LOCAL autocommit = 1", "1:11"},
	{"SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')", "1:16"},
	{"SET sql_mode = 4", "1:16"},
	{"SET sql_mode = DEFAULT", "1:16"},
	{"SET @m = 'ANSI_QUOTES', sql_mode = @m", "1:36"},
	{"SET @m = @@sql_mode, @m = 'ANSI_QUOTES'; SET sql_mode = @m", "1:57"},
	{"SET CHARACTER SET gbk", "1:19"},
	{"SET character_set_client = sjis", "1:28"},
	{"SET sql_log_bin = 0", "1:5"},
	{"SET gtid_next = 'x'", "1:5"},
	{"SET pseudo_slave_mode = 1", "1:5"},
	{"SET default_storage_engine = FEDERATED", "1:30"},
	{"SET hot.key_buffer_size = 1", "1:5"},
	{"SET debug = 'd'", "1:5"},
	{"SET completion_type = 1", "1:5"},
	{"SET `GLOBAL` = 1", "1:5"},
	// Files, other servers, other sessions.
	{"SELECT * FROM a INTO DUMPFILE 'x'", "1:17"},
	{"SELECT 1 INTO /* x */ OUTFILE 'x'", "1:10"},
	{"SELECT `load_file`('x')", "1:8"},
	{"SELECT RELEASE_ALL_LOCKS()", "1:8"},
	{"SELECT LÓAD_FILE('x')", "1:8"},
	{"SELECT group_replication_set_as_primary('x')", "1:8"},
	{"CREATE TABLE t (a INT) ENGINE = FEDERATED CONNECTION = 'mysql://x'", "1:33"},
	{"CREATE TABLE t (a INT) ENGINE SPIDER", "1:31"},
	{"CREATE TABLE t (a INT) ENGINE = `connect` TABLE_TYPE = MYSQL", "1:33"},
	{"CREATE TABLE t ENGINE = 'S3'", "1:25"},
	{"ALTER TABLE t ENGINE = FEDERATEDX", "1:24"},
	{"ALTER TABLE t ENGINE SPIDER", "1:22"},
	{"CREATE TABLE t (a INT) CONNECTION = 'server/t'", "1:37"},
	{"CREATE TABLE t (a INT) PARTITION BY HASH (a) (PARTITION p ENGINE = SPIDER)", "1:68"},
	{"CREATE TABLE t (a INT) DATA DIRECTORY = '/tmp'", "1:29"},
	{
		"CREATE TABLE t (a INT) TABLESPACE = other",
		"1:37",
	},
	{"ALTER TABLE t IMPORT TABLESPACE", "1:22"},
	{"CREATE TABLE t (a INT) CONNECTION 'mysql://u@h/d/t'", "1:35"},
	{"CREATE TABLE t (a INT) SECONDARY_ENGINE = RAPID", "1:41"},
	{"ALTER TABLE t SECONDARY_ENGINE = RAPID", "1:32"},
	{
		"CREATE TABLE t (a INT) SECONDARY_ENGINE RAPID",
		"1:41",
	},
	{"CREATE TABLE t (a INT) INDEX DIRECTORY '/tmp'", "1:30"},
	{"CREATE TABLE t (a INT) ENGINE_ATTRIBUTE = '{}'", "1:41"},
	{"CREATE TABLE t (a INT) FILE_NAME = '/etc/passwd'", "1:34"},
	{"CREATE TABLE t (a INT) `CONNECTION` = 'mysql://x'", "1:37"},
	{"CREATE TABLE t (a INT) option_list='host=x'", "1:35"},
	{"CREATE TABLE t (a INT) PARTITION BY HASH (a) (PARTITION p TABLESPACE = other)", "1:72"},
	{"CREATE TABLE t (a INT) PARTITION BY HASH (a) (PARTITION p DATA DIRECTORY = '/tmp')", "1:64"},
	{"ALTER TABLE t ADD PARTITION (PARTITION p VALUES LESS THAN (1) INDEX DIRECTORY '/tmp')", "1:69"},
	{"CREATE TABLE t (a INT) STORAGE_CLASS = 's3'", "1:38"},
	{"CREATE TABLE t (a INT) COMMENT = 'x' WRAPPER = 'mysql'", "1:46"},
	{"CREATE TABLE t (a INT) /*!80000 SECONDARY_ENGINE = RAPID */", "1:50"},
	// Other databases.
	{"INSERT other.t VALUES (3)", "1:8"},
	{"INSERT LOW_PRIORITY IGNORE INTO other.t VALUES (3)", "1:33"},
	{"REPLACE DELAYED `other` . `t` VALUES (3)", "1:17"},
	{"UPDATE IGNORE other.t SET a = 1", "1:15"},
	{"UPDATE a, other.t SET a.b = 1", "1:11"},
	{"UPDATE a JOIN (b, other.t) SET a.b = 1", "1:19"},
	{"DELETE a, other.t FROM a JOIN other.t", "1:11"},
	{"DELETE other.t.* FROM a", "1:8"},
	{"DELETE QUICK FROM other.t", "1:19"},
	{"DELETE FROM a USING a, other.t", "1:24"},
	{"CREATE INDEX i ON other.t (x)", "1:19"},
	{"CREATE UNIQUE INDEX i USING BTREE ON other.t (x)", "1:38"},
	{"DROP INDEX i ON other.t", "1:17"},
	{
		"CREATE TRIGGER other.x BEFORE INSERT ON t FOR EACH ROW SET @x = 1",
		"1:16",
	},
	{"CREATE TRIGGER x BEFORE UPDATE ON other.t FOR EACH ROW SET @x = 1", "1:35"},
	{"CREATE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW UPDATE other.t SET a = 1", "1:57"},
	{"ALTER TABLE t RENAME TO other.t", "1:25"},
	{"ALTER TABLE t RENAME other.t", "1:22"},
	{"ALTER TABLE t RENAME = other.t", "1:24"},
	{"ALTER TABLE t ADD a INT, RENAME AS other.t", "1:36"},
	{"RENAME TABLE a TO b, c TO other.d", "1:27"},
	{"RENAME TABLE other.a TO b", "1:14"},
	{"ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES other.t (c)", "1:46"},
	{
		"CREATE TABLE a LIKE other.t",
		"1:21",
	},
	{"CREATE TABLE IF NOT EXISTS a (LIKE other.t)", "1:36"},
	{"CREATE TABLE a AS SELECT * FROM b, other.t", "1:36"},
	{"CREATE VIEW v AS SELECT * FROM a JOIN other.t", "1:39"},
	{"CREATE VIEW v AS TABLE other.t", "1:24"},
	{"CREATE OR REPLACE VIEW other.v AS SELECT 1", "1:24"},
	{"SELECT a.b, c.d FROM a LEFT JOIN c ON a.x = c.x, other.t", "1:50"},
	{
		"SELECT * FROM a do, other.t",
		"1:21",
	},
	{"SELECT * FROM a USE INDEX FOR ORDER BY (i), other.t", "1:45"},
	{"SELECT * FROM { OJ other.t LEFT JOIN b ON b.c = t.c }", "1:20"},
	{"SELECT * FROM a STRAIGHT_JOIN other.t", "1:31"},
	{"SELECT * FROM ((other.t))", "1:17"},
	{"SELECT other.f(1)", "1:8"},
	{"SELECT other . /* x */ f (1)", "1:8"},
	{"DO other.f()", "1:4"},
	{"CALL other.p", "1:6"},
	{"SELECT other.t.b FROM t", "1:8"},
	{"SELECT NEXT VALUE FOR other.s", "1:23"},
	{"SELECT NEXTVAL(other.s)", "1:16"},
	{"CREATE SEQUENCE other.s", "1:17"},
	{"ALTER TABLE a EXCHANGE PARTITION p WITH TABLE other.t", "1:47"},
	{"ALTER TABLE a CONVERT TABLE other.t TO PARTITION p VALUES LESS THAN (1)", "1:29"},
	{"CREATE TABLE m (a INT) ENGINE = MERGE UNION = (a, other.t)", "1:51"},
	{
		"ALTER TABLE m UNION (other.t)",
		"1:22",
	},
	{"DROP TABLE IF EXISTS a, other.t", "1:25"},
	{"DROP VIEW a, other.v", "1:14"},
	{"DROP PROCEDURE IF EXISTS other.p", "1:26"},
	{"TRUNCATE other.t", "1:10"},
	{"OPTIMIZE TABLE a, other.t", "1:19"},
	{"CREATE PROCEDURE p() BEGIN IF 1 THEN DELETE FROM other.t; END IF; END", "1:50"},
	{"CREATE PROCEDURE p() BEGIN DROP VIEW a, other.v; END", "1:41"},
	{"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO TRUNCATE other.t", "1:52"},
	{"ALTER EVENT e RENAME TO other.e", "1:25"},
	{"CREATE FUNCTION other.f() RETURNS INT RETURN 1", "1:17"},
	{"INSERT INTO a SELECT * FROM mysql.user", "1:29"},
	{"UPDATE performance_schema.setup_actors SET enabled = 'NO'", "1:8"},
	{"SELECT sys.ps_is_account_enabled('a', 'b')", "1:8"},
	{"INSERT INTO Shop.a VALUES (1)", "1:13"},
	{"WITH x AS (SELECT * FROM other.t) SELECT * FROM x", "1:26"},
	{"ALTER DATABASE other CHARACTER SET utf8mb4", "1:16"},
	{"ALTER DATABASE READ ONLY = 1", "1:16"},
	{"CREATE DEFINER = root@localhost PROCEDURE p() SELECT 1", "1:18"},
	{"CREATE DEFINER = 'root'@'%' VIEW v AS SELECT 1", "1:18"},
	// Texts that are prepared.
	{"EXECUTE IMMEDIATE 'DROP DATABASE other'", "1:1"},
	{
		"SELECT 1;\n PREPARE s FROM \"DELETE FROM other.t\"",
		"2:2",
	},
	{"PREPARE s FROM 'SET GLOBAL a = 1'", "1:1"},
	{"EXECUTE IMMEDIATE 'SELECT ''x'' INTO OUTFILE ''y'''", "1:1"},
	{"PREPARE s FROM 'COMMIT'", "1:1"},
	{"EXECUTE IMMEDIATE 'CREATE USER x'", "1:1"},
	{"PREPARE s FROM 'DELETE FROM towpath_ledger'", "1:1"},
	{"ALTER TABLE t DISCARD PARTITION p TABLESPACE", "1:35"},
	{"ALTER TABLE t IMPORT PARTITION p, q TABLESPACE", "1:37"},
	// Bodies.
	{"CREATE PROCEDURE p() BEGIN SET GLOBAL a = 1; END", "1:32"},
	{"CREATE PROCEDURE p() BEGIN SET @x = 1, @@GLOBAL.a = 1; END", "1:42"},
	{"CREATE PROCEDURE p() BEGIN GRANT ALL ON *.* TO a; END", "1:28"},
	{"CREATE PROCEDURE p() BEGIN CREATE USER a; END", "1:28"},
	{"CREATE PROCEDURE p() BEGIN DROP DATABASE other; END", "1:28"},
	{"CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW KILL 5", "1:49"},
	{"CREATE PROCEDURE p() BEGIN SELECT 1 INTO OUTFILE 'x'; END", "1:37"},
	{"CREATE PROCEDURE p() BEGIN FROBNICATE; END", "1:28"},
}

// shop is the target in which scripts are vetted.
var shop = engine.Target{Database: "shop", Username: "app"}

func TestAttacks(t *testing.T) {
	t.Parallel()
	for _, c := range attacks {
		switch e := enginetest.Refusal(t, mysql.New(), shop, c.script); {
		case e == nil:
			t.Errorf("not refused: %s", c.script)
		case e.Pos.String() != c.at:
			t.Errorf("refused at %s, want %s: %s (%s)", e.Pos, c.at, c.script, e.Message)
		}
	}
}

// A dump with the lines of replication is refused with the option that leaves them out.
func TestSplit_replicationOfADumpNamesTheWayOut(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		"SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;\nSET @@SESSION.SQL_LOG_BIN= 0;",
		"SET @@SESSION.SQL_LOG_BIN = @MYSQLDUMP_TEMP_LOG_BIN;", "SET SESSION `sql_log_bin` = 1",
		"/*!80000 SET sql_log_bin = 0 */", "SET @@gtid_next = 'AUTOMATIC'",
	} {
		if e := enginetest.Refusal(t, mysql.New(), shop, script); e == nil || !strings.Contains(e.Message, "--set-gtid-purged=OFF") {
			t.Errorf("%s: refusal is %v", script, e)
		}
	}
}

// harmless are statements of real migrations that look like the attacks.
var harmless = []string{
	"INSERT INTO shop.a VALUES (1)",
	"INSERT INTO `shop`.`a` (a.b, c) SELECT b.c, d.e FROM b, d ON DUPLICATE KEY UPDATE a.b = b.c, c = d.e",
	"SELECT shop.a.id FROM `shop`.a", "SELECT a.id, b.id FROM a, b WHERE a.id = b.id ORDER BY b.c, a.d",
	"SELECT a.x AS b, c.y AS d FROM t a JOIN u c USING (x, y) GROUP BY a.x, c.y",
	"INSERT INTO a (b) VALUES (1.5), (.5), (1e5) ON DUPLICATE KEY UPDATE a.b = 1",
	"SELECT EXTRACT(YEAR FROM a.at), TRIM(BOTH 'x' FROM a.b), SUBSTRING(a.b FROM 2) FROM a",
	"SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id = a.id)",
	"SELECT 'FROM other.a', \"JOIN other.b\" FROM a", "SELECT table_name FROM information_schema.tables",
	"CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW SET NEW.b = OLD.b, NEW.c = OLD.c",
	"CREATE PROCEDURE p() BEGIN DECLARE r ROW(c INT); SELECT a.b INTO r.c FROM a; END",
	"UPDATE a JOIN b ON a.id = b.id SET a.c = b.c, a.d = b.d WHERE b.d > .5",
	"UPDATE a, b SET a.x = b.x, b.y = a.y", "DELETE a FROM a JOIN b ON b.id = a.id", "DELETE a.* FROM a",
	"SELECT * FROM a FOR UPDATE", "SELECT a.b IN (SELECT c.d FROM c), a.e FROM a",
	"CREATE TABLE t (engine VARCHAR(20), connection INT, data INT, directory INT, tablespace INT)",
	"ALTER TABLE t ADD engine VARCHAR(3), ADD COLUMN connection TEXT, DROP engine2",
	"CREATE TABLE t (a INT, CHECK (engine = 'v8')) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='a.b', STATS_PERSISTENT=1", "CREATE TABLE t (a INT REFERENCES b (c) ON DELETE CASCADE ON UPDATE SET NULL) SELECT b.a, c.d FROM b, c", "CREATE TABLE a LIKE b", "CREATE TABLE a (b INT CHECK (c LIKE d))", "ALTER TABLE a RENAME TO b, RENAME COLUMN c TO d, RENAME INDEX e TO f", "RENAME TABLE a TO b, c TO d", "ALTER TABLE a ADD UNIQUE INDEX i (b), ADD FOREIGN KEY (c) REFERENCES d (e) ON UPDATE CASCADE", "CREATE TABLE t (a INT) ENGINE=InnoDB AUTO_INCREMENT=7 AVG_ROW_LENGTH=9 DEFAULT CHARACTER SET=utf8mb4 COLLATE=utf8mb4_bin CHECKSUM=1 ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=8 MAX_ROWS=5 COMPRESSION='zlib'", "CREATE TABLE t AS SELECT a.b = 1 AS c, d = 2 FROM a WHERE e = 3", "ALTER TABLE t ALGORITHM=INPLACE, LOCK=NONE, ADD note INT DEFAULT 1, COMMENT = 'x', AUTO_INCREMENT = 3", "CREATE TABLE t (a INT) PARTITION BY KEY ALGORITHM=2 (a) PARTITIONS 3", "CREATE TABLE t (a INT, tablespace INT, CHECK (tablespace = a))", "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "CREATE TABLE t (a INT) /*!50100 TABLESPACE `innodb_system` */ ENGINE=InnoDB", "UPDATE t SET file_name = 'x', connection = 'y'", "CREATE INDEX i ON a (b)", "CREATE FULLTEXT INDEX i ON shop.a (b) COMMENT 'x.y'", "DROP INDEX i ON a", "DROP TABLE IF EXISTS a, b", "SELECT NEXT VALUE FOR s, a.b FROM a", "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`app`@`%.example.com` SQL SECURITY INVOKER VIEW v AS SELECT a.b, c.d FROM a, c WITH CHECK OPTION", "CREATE DEFINER=CURRENT_USER() PROCEDURE p() SELECT 1", "CREATE DEFINER = CURRENT_USER TRIGGER t AFTER INSERT ON a FOR EACH ROW INSERT INTO b SET x = NEW.y, z = NEW.w", "SELECT a.b FROM a UNION ALL SELECT c.d FROM c ORDER BY b", "(SELECT 1) UNION (SELECT a.b FROM a)",
	"SELECT STRAIGHT_JOIN a.b, c.d FROM a, c", "WITH RECURSIVE t AS (SELECT 1 n UNION ALL SELECT t.n + 1 " +
		"FROM t WHERE t.n < 5) SELECT t.n FROM t",
	"SELECT REPLACE(a.b, 'x', 'y'), INSERT(a.b, 1, 2, 'z'), TRUNCATE(a.c, 2) FROM a",
	"SELECT JSON_EXTRACT(a.doc, '$.x'), a.doc->>'$.y' FROM a, JSON_TABLE(a.doc, '$[*]' COLUMNS (x INT PATH '$.x')) j", "SELECT ROW_NUMBER() OVER (PARTITION BY a.b ORDER BY a.c, a.d) FROM a WINDOW w AS (ORDER BY a.e)",
	"SET @a = (SELECT a.b FROM a LIMIT 1), @b = 2", "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci",
	"SET SESSION sql_mode = ''", "SET foreign_key_checks = 0", "SET time_zone = '+00:00'",
	"SET @@session.unique_checks = 0", "GRANT SELECT, UPDATE (a, b) ON a TO reader",
	"GRANT SELECT ON shop.* TO 'reader'@'10.%'", "REVOKE INSERT ON shop.a FROM reader",
	"GRANT EXECUTE ON PROCEDURE p TO reader", "ALTER DATABASE CHARACTER SET = utf8mb4",
	"ALTER DATABASE shop COLLATE utf8mb4_bin", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01' " +
		"ON COMPLETION PRESERVE DO DELETE FROM a WHERE a.b < NOW()", "ANALYZE TABLE a", "CHECK TABLE a, b",
	"TRUNCATE a", "SHOW WARNINGS", "DO SLEEP(0)", "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'x'",
	"PREPARE s FROM @sql; EXECUTE s USING @a, @b; DEALLOCATE PREPARE s",
	"EXECUTE IMMEDIATE 'SELECT ?' USING 1 + 2",
	"EXECUTE IMMEDIATE \"UPDATE a SET b = 'it''s' WHERE c = ?\" USING @x", "DROP PREPARE s",
	"DELIMITER //\nSELECT 1;\n//\nDELIMITER ;\nSELECT 2",
	"CREATE PROCEDURE p(IN a INT, OUT b INT) SQL SECURITY INVOKER COMMENT 'x; y' BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; START TRANSACTION; l: WHILE a > 0 DO SET a = a - 1; IF a = 5 THEN ITERATE l; ELSE SET b = CASE a WHEN 1 THEN 2 ELSE 3 END; END IF; END WHILE l; COMMIT; END",
	"CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC READS SQL DATA RETURN (SELECT MAX(b.c) FROM b WHERE b.d = a)", "CREATE PROCEDURE p() BEGIN DECLARE done INT; DECLARE c CURSOR FOR SELECT a.b, a.c FROM a; OPEN c; FETCH c INTO @x, @y; CLOSE c; SET done = 1, @z = 2; END",
	"CREATE PROCEDURE p() BEGIN SET @s = 'x'; PREPARE q FROM @s; EXECUTE q; DEALLOCATE PREPARE q; CREATE TEMPORARY TABLE t LIKE a; DROP TEMPORARY TABLE t; CREATE INDEX i ON a (b); END",
	"SELECT /*+ NO_INDEX_MERGE(a i) */ a.b FROM a",
	"CREATE TABLE t (a INT /*!80023 INVISIBLE */, b INT /*!80016 CHECK (b > 0) */) /*!50100 PARTITION BY HASH (a) */", "SELECT a$b FROM `$c`", "SELECT a FROM b LOCK IN SHARE MODE", "/*!50003 CREATE*/ /*!50017 DEFINER=`app`@`localhost`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1 */", "DELETE FROM a WHERE b = 1 RETURNING a.b, a.c", "INSERT INTO a VALUES (1) RETURNING a.b, c",
	"LOCK TABLES `a` WRITE; INSERT INTO a VALUES (1); UNLOCK TABLES; UPDATE a SET b = 2",
	"BEGIN; CREATE TABLE w (id INT); INSERT INTO w VALUES (1); COMMIT;",
	"ALTER TABLE p ADD PARTITION (PARTITION p1 VALUES LESS THAN (10) ENGINE = InnoDB)",
}

func TestAttacks_realMigrationsPass(t *testing.T) {
	t.Parallel()
	for _, script := range harmless {
		if e := enginetest.Refusal(t, mysql.New(), shop, script); e != nil {
			t.Errorf("refused at %s: %s (%s)", e.Pos, script, e.Message)
		}
	}
}

package mysql_test

import (
	"testing"

	"towpath/internal/dialect/dialecttest"
	"towpath/internal/dialect/mysql"
)

var splits = []dialecttest.Case{
	{
		Name:   "DELIMITER",
		Script: "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\ndelimiter ;\nSELECT 3; SELECT 4",
		Want:   []string{"2:1 CREATE PROCEDURE notx", "4:1 SELECT", "4:11 SELECT"},
	},
	{
		Name:   "a delimiter made of a word's characters",
		Script: "DELIMITER $$\nSELECT 1$$ SELECT a;$$\nDELIMITER ;\nSELECT 2",
		Want:   []string{"2:1 SELECT", "2:12 SELECT", "4:1 SELECT"},
	},
	{
		Name:   "DELIMITER in quotes and inside of statements",
		Script: "SELECT 'x\nDELIMITER //\n'; SELECT 1\nAS delimiter ; SELECT 2",
		Want:   []string{"1:1 SELECT", "3:4 SELECT", "4:16 SELECT"},
	},
	{Name: "a body without DELIMITER", Script: `CREATE DEFINER=x@y PROCEDURE p(a INT)
BEGIN
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN SET @a = 1; END;
  l: LOOP IF a > 1 THEN LEAVE l; ELSEIF a < IF(a, 1, 2) THEN SET a = CASE a WHEN 1 THEN IF(a, 2, 3) ELSE 4 END; END IF; END LOOP l;
  CASE a WHEN 1 THEN IF a THEN SELECT 1; END IF; ELSE BEGIN END; END CASE;
  WHILE a < 3 DO SET a = a + 1; END WHILE; REPEAT SET a = LENGTH(REPEAT('x', 3)); UNTIL a > 5 END REPEAT;
END; SELECT 1;`, Want: []string{"1:1 CREATE PROCEDURE notx", "7:6 SELECT"}},
	{
		Name:   "a trigger whose body is an IF",
		Script: "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.x THEN SET NEW.x = 1; END IF; SELECT 1",
		Want:   []string{"1:1 CREATE TRIGGER notx", "1:87 SELECT"},
	},
	{
		Name:   "a trigger of one statement",
		Script: "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = IF(NEW.y, CASE 1 WHEN 1 THEN 2 END, 2); SELECT 1",
		Want:   []string{"1:1 CREATE TRIGGER notx", "1:102 SELECT"},
	},
	{
		Name:   "a function that returns a CASE",
		Script: "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN CASE 1 WHEN 1 THEN 2 END; SELECT 1",
		Want:   []string{"1:1 CREATE FUNCTION notx", "1:80 SELECT"},
	},
	{
		Name:   "an event",
		Script: "CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; END; SELECT 1",
		Want:   []string{"1:1 CREATE EVENT notx", "1:83 SELECT"},
	},
	{
		Name:   "IF EXISTS opens nothing",
		Script: "DROP TABLE IF EXISTS a; CREATE PROCEDURE IF NOT EXISTS p() SELECT 1; SELECT 2",
		Want:   []string{"1:1 DROP TABLE notx", "1:25 CREATE PROCEDURE notx", "1:70 SELECT"},
	},
	{
		Name: "quotes and escapes", Script: "SELECT 'a\\';b', \"c\\\";d\", `e;``f\\`, 'g'';h'; SELECT 2",
		Want: []string{"1:1 SELECT", "1:45 SELECT"},
	},
	{
		Name:   "comments",
		Script: "SELECT 1--1; SELECT 2 -- ;\n; SELECT 3 # ;\n; /* ; */ SELECT /*+ HINT; */ 4;--\nSELECT 5",
		Want:   []string{"1:1 SELECT", "1:14 SELECT", "2:3 SELECT", "3:11 SELECT", "4:1 SELECT"},
	},
	{
		Name:   "conditional comments are code",
		Script: "/*!40101 SET NAMES utf8mb4 */; CREATE TABLE a (b INT) /*!50100 PARTITION BY HASH (b) */; /*M!100000 SELECT 1 */;",
		Want:   []string{"1:1 SET", "1:32 CREATE TABLE notx", "1:90 SELECT"},
	},
	{
		Name:   "what commits by itself",
		Script: "CREATE TEMPORARY TABLE a (b INT); DROP TEMPORARY TABLE a; CREATE OR REPLACE TEMPORARY TABLE a (b INT); TRUNCATE a; CALL p(); ANALYZE TABLE a; RENAME TABLE a TO b; CREATE UNIQUE INDEX i ON a (b); GRANT SELECT ON a TO b; INSERT INTO a VALUES (1)",
		Want: []string{
			"1:1 CREATE TABLE", "1:35 DROP TABLE", "1:59 CREATE TABLE", "1:104 TRUNCATE notx",
			"1:116 CALL notx", "1:126 ANALYZE notx", "1:143 RENAME TABLE notx", "1:164 CREATE INDEX notx",
			"1:196 GRANT notx", "1:220 INSERT",
		},
	},
	{
		Name:   "harmless settings",
		Script: "SET @a = 1, foreign_key_checks = 0; SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; SET NAMES utf8mb4; SET @@session.unique_checks = 0, @b = (SELECT 1, 2); SET CHARACTER SET utf8",
		Want:   []string{"1:1 SET", "1:37 SET", "1:85 SET", "1:104 SET", "1:157 SET"},
	},
	{
		Name:   "settings inside a body are its own",
		Script: "CREATE PROCEDURE p() BEGIN START TRANSACTION; COMMIT; SET autocommit = 0; END",
		Want:   []string{"1:1 CREATE PROCEDURE notx"},
	},
	{
		Name:   "views with options",
		Script: "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`b` SQL SECURITY INVOKER VIEW v AS SELECT 1",
		Want:   []string{"1:1 CREATE VIEW notx"},
	},
}

var refused = []dialecttest.Refuse{
	{Script: "SELECT 1;\n GRANT ON", At: "2:2", Word: "Name the database"},
	{Script: "#- the lines of an old Mac\rSELECT 1;\r", At: "1:27", Word: "carriage return"},
	{Script: "SELECT 1;\n-- a\r\r \n-- b\r\n  --\rSELECT 2", At: "4:5", Word: "carriage return"},
	{Script: "DELIMITER //\rSELECT 1//", At: "1:13", Word: "carriage return"},
	{Script: "SELECT 1;\n START TRANSACTION", At: "2:2", Word: "START"},
	{Script: "BEGIN NOT ATOMIC SELECT 1; END", At: "1:1", Word: "BEGIN"},
	{Script: "COMMIT", At: "1:1", Word: "COMMIT"},
	{Script: "/*!50000 COMMIT */", At: "1:10", Word: "COMMIT"},
	{Script: "/*!99999 SELECT */ COMMIT", At: "1:20", Word: "COMMIT"},
	{Script: "/*M!100100 xa*/ start 'x'", At: "1:12", Word: "XA"},
	{Script: "/*!99999 ' */ COMMIT; -- '", At: "1:12", Word: "*/"},
	{Script: "/*! SELECT 1 -- */ COMMIT\n", At: "1:14", Word: "comment"},
	{Script: "/*! SELECT /* x */ 1 */", At: "1:12", Word: "comment"},
	{Script: "CREATE PROCEDURE p() /*!99999 BEGIN */ SELECT 1; COMMIT; END", At: "1:22", Word: "decides"},
	{Script: "ROLLBACK", At: "1:1", Word: "ROLLBACK"},
	{Script: "XA START 'x'", At: "1:1", Word: "XA"},
	{Script: "LOCK TABLES a WRITE; UPDATE a SET b = 1", At: "1:22", Word: "LOCK TABLES"},
	{Script: "PREPARE s FROM CONCAT('a', 'b')", At: "1:16", Word: "SET @sql"},
	{Script: "EXECUTE IMMEDIATE @a || @b", At: "1:22", Word: "SET @sql"},
	{Script: "USE mysql", At: "1:1", Word: "USE"},
	{Script: "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE a", At: "1:1", Word: "LOAD"},
	{Script: "SELECT 1 INTO OUTFILE '/tmp/x'", At: "1:10", Word: "files of the database server"},
	{Script: "SELECT LOAD_FILE('/etc/passwd')", At: "1:8", Word: "files"},
	{Script: "SOURCE other.sql", At: "1:1", Word: "mysql client"},
	{Script: "SELECT 1\\G", At: "1:9", Word: "mysql client"},
	{Script: "DROP DATABASE other", At: "1:1", Word: "own database"},
	{Script: "CREATE OR REPLACE SCHEMA other", At: "1:1", Word: "own database"},
	{Script: "SET autocommit = 1", At: "1:5", Word: "AUTOCOMMIT"},
	{Script: "SET @a = 1, @@session.lock_wait_timeout = 99", At: "1:23", Word: "LOCK_WAIT_TIMEOUT"},
	{Script: "SET @a = (1, 2), GLOBAL read_only = 1", At: "1:18", Word: "GLOBAL"},
	{Script: "SET @@global.read_only = 1", At: "1:7", Word: "GLOBAL"},
	{Script: "SET SESSION `max_statement_time` = 0", At: "1:13", Word: "MAX_STATEMENT_TIME"},
	{Script: "SET STATEMENT max_statement_time = 0 FOR SELECT 1", At: "1:5", Word: "STATEMENT"},
	{Script: "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE", At: "1:13", Word: "TRANSACTION"},
	{Script: "SET PASSWORD = 'x'", At: "1:5", Word: "PASSWORD"},
	{Script: "SET sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES'", At: "1:16", Word: "sql_mode"},
	{Script: "SET sql_mode = @x", At: "1:16", Word: "sql_mode"},
	{Script: "SET NAMES gbk", At: "1:11", Word: "utf8mb4"},
	{Script: "KILL 5", At: "1:1", Word: "KILL"},
	{Script: "DELETE FROM shop.`towpath_ledger`", At: "1:18", Word: "towpath_ledger"},
	{Script: "/*!50000 DROP TABLE towpath_ledger */", At: "1:21", Word: "towpath_ledger"},
	{
		Script: "SELECT 1; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SELECT 1;", At: "1:11",
		Word: "END",
	},
	{Script: "SELECT `a", At: "1:8", Word: "never closed"},
	{Script: "SELECT 1 /* x", At: "1:10", Word: "never closed"},
	{Script: "SELECT 1 /*! x", At: "1:10", Word: "never closed"},
	{Script: "SELECT 1;\nDELIMITER \\\n", At: "2:1", Word: "DELIMITER"},
}

func fixture() dialecttest.Fixture {
	return dialecttest.Fixture{
		Cut:            mysql.Split,
		Splits:         splits,
		Refused:        refused,
		OwnTransaction: [2]string{"START TRANSACTION", "COMMIT WORK"},
		Corpus:         "../../engine/mysql/testdata/schemas/*.sql",
	}
}

func TestDialect(t *testing.T) {
	t.Parallel()
	dialecttest.Run(t, fixture())
}

func FuzzSplit(f *testing.F) { dialecttest.Fuzz(f, fixture()) }

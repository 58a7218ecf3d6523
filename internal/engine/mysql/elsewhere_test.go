package mysql

import "testing"

func TestOtherDatabase(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"INSERT INTO other.a VALUES (1)":                                           "other",
		"INSERT IGNORE INTO `other`.a VALUES (1)":                                  "other",
		"REPLACE INTO /* x */ `o``t` . `a` VALUES (1)":                             "o`t",
		"UPDATE other.a SET b = 1":                                                 "other",
		"DELETE FROM other.a":                                                      "other",
		"CREATE TABLE other.a (id INT)":                                            "other",
		"CREATE TABLE IF NOT EXISTS other.a (id INT)":                              "other",
		"CREATE OR REPLACE VIEW other.v AS SELECT 1":                               "other",
		"ALTER TABLE other.a ADD b INT":                                            "other",
		"DROP TABLE IF EXISTS a, other.a":                                          "other",
		"DROP PROCEDURE other.p":                                                   "other",
		"RENAME TABLE a TO other.a":                                                "other",
		"TRUNCATE other.a":                                                         "other",
		"SELECT * FROM a JOIN other.b ON a.id = b.id":                              "other",
		"INSERT INTO a SELECT * FROM mysql.user":                                   "mysql",
		"SELECT other.a.id FROM a, other.a":                                        "other",
		"CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW DELETE FROM other.b":      "other",
		"ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES other.c (id)":                "other",
		"/*!50000 DROP TABLE other.a */":                                           "other",
		"INSERT INTO Shop.a VALUES (1)":                                            "",
		"SELECT shop.a.id FROM `shop`.a":                                           "",
		"SELECT a.id, b.id FROM a, b WHERE a.id = b.id ORDER BY b.c":               "",
		"INSERT INTO a (b) VALUES (1.5) ON DUPLICATE KEY UPDATE a.b = 1":           "",
		"SELECT EXTRACT(YEAR FROM a.at), TRIM(BOTH 'x' FROM a.b) FROM a":           "",
		"SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id = a.id)":         "",
		"SELECT 'FROM other.a', \"JOIN other.b\" FROM a":                           "",
		"SELECT table_name FROM information_schema.tables":                         "",
		"CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW SET NEW.b = OLD.b":       "",
		"CREATE PROCEDURE p() BEGIN SELECT a.b INTO r.c FROM a; CALL pkg.p(); END": "",
		"UPDATE a JOIN b ON a.id = b.id SET a.c = b.c WHERE b.d > .5":              "",
		"DELETE a FROM a JOIN b ON b.id = a.id":                                    "",
		"SELECT * FROM a FOR UPDATE":                                               "",
	} {
		if got := otherDatabase(text, "shop"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

package mysql_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/enginetest/mariadbserver"
	"towpath/internal/engine/mysql"
)

var server *mariadbserver.Server

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if server, err = mariadbserver.Start(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}())
}

// many is a table of some hundred rows that every server has.
const many = "information_schema.collations"

// held is how sure a server is of who holds a lock on a table: MariaDB does not keep it by itself.
func held() string {
	if server.MySQL {
		return ""
	}
	return "probably "
}

func fixture() enginetest.Fixture {
	return enginetest.Fixture{
		Engine: mysql.New(),
		New:    func(t *testing.T) engine.Target { return server.Database(t) },
		Admin:  func(t *testing.T, _ string, statements ...string) { server.Exec(t, statements...) },
		Missing: func(*testing.T) engine.Target {
			target := server.Target()
			target.Database = "nowhere"
			return target
		},
		AutoKey: "BIGINT AUTO_INCREMENT PRIMARY KEY",
		Slow:    "SELECT COUNT(*) FROM " + many + " a, " + many + " b, " + many + " c, " + many + " d",
		Blocker: []string{
			held() + "held by connection ", ", user owner, from ", "active for ",
			"it runs: SELECT COUNT(*) FROM " + many + " a",
		},
		Has: func(word string) bool {
			return word == map[bool]string{
				true:  "mysql",
				false: "mariadb",
			}[server.MySQL]
		},
		Schema: "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY, b VARCHAR(9) DEFAULT 'it''s'); INSERT INTO a VALUES (5, 'x'); CREATE VIEW v AS SELECT * FROM a;",
		Cosmetic: [2]string{
			"CREATE TABLE a (id INT, b VARCHAR(3)); CREATE INDEX i ON a (b); CREATE INDEX h ON a (id)",
			"create table `a` -- the one\n(id integer(11),\n b varchar(3)); INSERT INTO a VALUES (1, 'x');\nCREATE INDEX h ON a (id ASC); CREATE INDEX i ON a /* b */ (b)",
		},
	}
}

func TestEngine(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, fixture())
}

func TestSchema_everyFixtureReplays(t *testing.T) {
	t.Parallel()
	enginetest.ReplayAll(t, fixture(), "testdata/schemas", compareMariaDBDump)
}

func FuzzDump(f *testing.F) {
	for _, name := range []string{
		"a", `it's "odd" \`, "größe 表 🐘", "-- ; /* */", "a`b$$c$1", " ", "%s\n",
		"towpath",
	} {
		f.Add(name, name)
	}
	quote := func(mark, text string) string { return mark + strings.ReplaceAll(text, mark, mark+mark) + mark }
	f.Fuzz(func(t *testing.T, name, text string) {
		id, literal := quote("`", name), quote("'", strings.ReplaceAll(text, `\`, `\\`))
		enginetest.Survives(t, fixture(), "CREATE TABLE "+id+" ("+id+" VARCHAR(99) DEFAULT "+literal+
			" COMMENT "+literal+" CHECK ("+id+" <> "+literal+"), e ENUM ("+literal+
			// MariaDB cuts control characters off an alias's start and may be left with none
			"), KEY "+id+" ("+id+")) COMMENT "+literal+"; CREATE VIEW "+quote("`", name+"v")+" AS SELECT "+
			literal+" AS "+quote("`", "c"+name)+" FROM "+id+
			"; CREATE FUNCTION "+id+"() RETURNS TEXT DETERMINISTIC RETURN "+literal)
	})
}

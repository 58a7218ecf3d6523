package sqlite_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/sqlite"
)

// fresh returns an engine over an empty folder and a database in it.
func fresh(t testing.TB) (*sqlite.Engine, engine.Target) {
	t.Helper()
	e := sqlite.New(sqlite.Config{Root: t.TempDir()})
	target := engine.Target{Address: ".", Database: "shop"}
	if err := e.Create(context.Background(), target); err != nil {
		t.Fatal(err)
	}
	return e, target
}

// fixture creates all its databases in one folder.
func fixture(t *testing.T) enginetest.Fixture {
	t.Helper()
	e, missing := fresh(t)
	missing.Database = "nowhere"
	var made atomic.Int64
	return enginetest.Fixture{
		Engine: e,
		New: func(t *testing.T) engine.Target {
			target := engine.Target{Address: ".", Database: fmt.Sprintf("shop%03d", made.Add(1))}
			if err := e.Create(context.Background(), target); err != nil {
				t.Fatal(err)
			}
			return target
		},
		Missing:          func(*testing.T) engine.Target { return missing },
		AutoKey:          "INTEGER PRIMARY KEY",
		Slow:             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
		Blocker:          []string{"another connection holds the file's lock"},
		TransactionalDDL: true,
		Schema:           schema,
		Cosmetic: [2]string{
			"CREATE TABLE a (id INTEGER, b TEXT); CREATE INDEX i ON a (b); CREATE INDEX h ON a (id)",
			"create table a -- the one\n(id integer,\n b text);\nCREATE INDEX h\n ON a (id); CREATE INDEX i ON a /* b */ (b)",
		},
	}
}

func TestEngine(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, fixture(t))
}

func TestSchema_everyFixtureReplays(t *testing.T) {
	t.Parallel()
	enginetest.ReplayAll(t, fixture(t), "testdata/schemas", nil)
}

const schema = `
CREATE TABLE author (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE, CHECK (name <> ''));
CREATE TABLE "odd [name]" (a TEXT DEFAULT 'it''s; --', b REAL GENERATED ALWAYS AS (length(a) * 2.0) STORED, -- a note
  PRIMARY KEY (a)) WITHOUT ROWID, STRICT;
CREATE TABLE book (id INTEGER PRIMARY KEY, author INTEGER REFERENCES author (id) ON DELETE CASCADE, title TEXT);
CREATE UNIQUE INDEX book_title ON book (title DESC, lower(title)) WHERE title IS NOT NULL;
CREATE VIEW z_books AS SELECT b.title, a.name FROM book AS b JOIN author AS a ON a.id = b.author;
CREATE VIEW a_books AS SELECT title FROM z_books; -- sorts before what it reads
CREATE TRIGGER book_in INSTEAD OF INSERT ON a_books BEGIN
  INSERT INTO book (title) VALUES (CASE WHEN NEW.title = ';' THEN 'END;' ELSE NEW.title END);
  UPDATE author SET name = name WHERE id = 1;
END;
CREATE TEMP TABLE scratch (a);
CREATE VIRTUAL TABLE words USING fts5(title, content='book', content_rowid='id');
INSERT INTO author (name) VALUES ('a');
ALTER TABLE book RENAME TO books;
ALTER TABLE books ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
ANALYZE;
`

func FuzzDump(f *testing.F) {
	for _, name := range []string{
		"a", `it's "odd" \`, "größe 表 🐘", "-- ; /* */", "a`b$$c$1", " ", "%s\n",
		"towpath",
	} {
		f.Add(name, name)
	}
	quote := func(mark, text string) string { return mark + strings.ReplaceAll(text, mark, mark+mark) + mark }
	f.Fuzz(func(t *testing.T, name, text string) {
		id, literal := quote(`"`, name), quote("'", text)
		enginetest.Survives(t, fixture(t), "CREATE TABLE "+id+" ("+id+" TEXT DEFAULT "+literal+" CHECK ("+id+
			" <> "+literal+")); CREATE INDEX "+
			quote("`", name+"i")+" ON "+id+" ("+id+") WHERE "+id+" <> "+literal+"; CREATE VIEW "+
			quote(`"`, name+"v")+" AS SELECT "+literal+" AS "+id+" FROM "+id)
	})
}

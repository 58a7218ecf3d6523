package sqlite_test

import (
	"errors"
	"slices"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
)

// conditional are statements that may be passed over, in forms that people write.
const conditional = "CREATE TABLE IF NOT EXISTS t (key TEXT, [Value] NUMERIC(10, 2) DEFAULT (1 + 2) CHECK " +
	"([Value] > 0), `period` INT, sum AS (period + 1), " +
	"CONSTRAINT u UNIQUE (key, period), PRIMARY KEY (period)) WITHOUT ROWID;\n" + `
CREATE TABLE IF NOT EXISTS main.T (PERIOD INT);
CREATE TABLE IF NOT EXISTS copied AS SELECT 1 AS z;
CREATE INDEX IF NOT EXISTS i ON t (lower(key), period + 1, "Value" COLLATE NOCASE DESC) WHERE period > 3;
CREATE UNIQUE INDEX IF NOT EXISTS main.I2 ON t (KEY, (period));
`

func TestExec_whatIsThereAlreadyPasses(t *testing.T) {
	t.Parallel()
	e, target := sqlite.New(sqlite.Config{Root: t.TempDir()}), engine.Target{Address: ".", Database: "shop"}
	if err := e.Create(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := begin(t, e, target)
		if err := errors.Join(run(t, s, conditional), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExec_anotherThingOfTheNameIsNotTheOne(t *testing.T) {
	t.Parallel()
	e, target := sqlite.New(sqlite.Config{Root: t.TempDir()}), engine.Target{Address: ".", Database: "shop"}
	if err := e.Create(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	s := begin(t, e, target)
	const setup = `CREATE TABLE "order" (id INTEGER PRIMARY KEY, ü VARCHAR(10) NOT NULL DEFAULT 'x', u INT UNIQUE); CREATE VIEW v AS SELECT id FROM "order";` +
		`CREATE TRIGGER tr AFTER INSERT ON "order" BEGIN SELECT 1; END; CREATE INDEX i ON "order" (u) WHERE u > 3; CREATE TABLE made AS SELECT 1 AS id;` +
		`CREATE TABLE checked (id INT CHECK (id > 0)); CREATE TABLE strictly (id INT) STRICT;` +
		`CREATE TABLE deep (a TEXT COLLATE NOCASE, b INT, g AS (b + 1)); ALTER TABLE deep ADD COLUMN k INT REFERENCES "order" ON DELETE CASCADE;` +
		`CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)`
	if err := errors.Join(run(t, s, setup), s.Close()); err != nil {
		t.Fatal(err)
	}
	const same, differs, uncompared = "same", "differs", "not compared"
	for text, want := range map[string]string{
		`CREATE TABLE IF NOT EXISTS "ORDER" (ü varchar( 10 ) DEFAULT 'x', id INTEGER PRIMARY KEY)`: same,
		// another letter to SQLite
		`CREATE TABLE IF NOT EXISTS "order" (Ü VARCHAR(10))`:                           differs,
		`CREATE TABLE IF NOT EXISTS "order" (ü VARCHAR(20))`:                           differs,
		`CREATE TABLE IF NOT EXISTS "order" (u INT PRIMARY KEY)`:                       differs,
		`CREATE TABLE IF NOT EXISTS "order" (u INT DEFAULT 3)`:                         differs,
		`CREATE TABLE IF NOT EXISTS "order" (u INT NOT NULL)`:                          differs,
		`CREATE TABLE IF NOT EXISTS main."order" (u INT, UNIQUE (u))`:                  same,
		`CREATE TABLE IF NOT EXISTS made AS SELECT 2 AS z`:                             uncompared,
		`CREATE TABLE IF NOT EXISTS checked (id INT CHECK (id > 1))`:                   differs,
		`CREATE TABLE IF NOT EXISTS checked (id INT CHECK (id  >  0))`:                 same,
		`CREATE TABLE IF NOT EXISTS checked (id INT, CONSTRAINT c CHECK (id > 0))`:     same,
		`CREATE TABLE IF NOT EXISTS checked (id INT, CHECK ("id" > 0))`:                uncompared,
		`CREATE TABLE IF NOT EXISTS deep (a TEXT COLLATE nocase)`:                      same,
		`CREATE TABLE IF NOT EXISTS deep (a TEXT)`:                                     same,
		`CREATE TABLE IF NOT EXISTS deep (a TEXT COLLATE RTRIM)`:                       differs,
		`CREATE TABLE IF NOT EXISTS deep (a TEXT COLLATE BINARY)`:                      differs,
		`CREATE TABLE IF NOT EXISTS deep (g AS (b + 1), b INT)`:                        same,
		`CREATE TABLE IF NOT EXISTS deep (g AS (b + 2), b INT)`:                        differs,
		`CREATE TABLE IF NOT EXISTS deep (g)`:                                          differs,
		`CREATE TABLE IF NOT EXISTS deep (g AS ([b] + 1), b INT)`:                      uncompared,
		`CREATE TABLE IF NOT EXISTS deep (b INT AS (a + 1), a TEXT)`:                   differs,
		`CREATE TABLE IF NOT EXISTS deep (k INT REFERENCES "order" ON DELETE CASCADE)`: same,
		`CREATE TABLE IF NOT EXISTS deep (k INT, FOREIGN KEY (k) REFERENCES "order")`:  differs,
		`CREATE TABLE IF NOT EXISTS deep (b INT REFERENCES "order")`:                   differs,
		`CREATE TABLE IF NOT EXISTS deep (b INT) STRICT`:                               differs,
		`CREATE TABLE IF NOT EXISTS counted (id INTEGER PRIMARY KEY AUTOINCREMENT)`:    same,
		`CREATE TABLE IF NOT EXISTS "order" (id INTEGER PRIMARY KEY AUTOINCREMENT)`:    differs,
		`CREATE TABLE IF NOT EXISTS strictly (id INT) STRICT`:                          same,
		`CREATE TABLE IF NOT EXISTS fresh AS SELECT 2 AS z`:                            same,
		`CREATE VIEW IF NOT EXISTS v AS SELECT /* the */ id  FROM "order"`:             same,
		`CREATE VIEW IF NOT EXISTS v AS select id from [order]`:                        uncompared,
		`CREATE VIEW IF NOT EXISTS v AS SELECT id + 1 FROM "order"`:                    differs,
		`CREATE TRIGGER IF NOT EXISTS tr AFTER INSERT ON "order" BEGIN SELECT 1; END`:  same,
		`CREATE TRIGGER IF NOT EXISTS tr AFTER INSERT ON "order" BEGIN SELECT 2; END`:  differs,
		`CREATE TRIGGER IF NOT EXISTS tr BEFORE INSERT ON "order" BEGIN SELECT 1; END`: differs,
		`CREATE INDEX IF NOT EXISTS i ON "order" (u) WHERE u > 3`:                      same,
		`CREATE INDEX IF NOT EXISTS i ON "order" (u) WHERE u > 4`:                      differs,
		`DROP INDEX IF EXISTS "order"`:                                                 "skipped",
		`DROP INDEX IF EXISTS nope`:                                                    same,
	} {
		s := begin(t, e, target)
		err := run(t, s, text)
		got := same
		var failed *engine.Error
		switch said := s.(engine.Talker).Notices(); {
		case errors.As(err, &failed) && failed.Kind == engine.Unmet:
			got = differs
		case err != nil:
			t.Errorf("%s: %v", text, err)
		case slices.ContainsFunc(said.Kept, towpath.Notice.Look):
			got = said.Kept[0].Level
		}
		if got != want {
			t.Errorf("%s: %s, want %s: %v", text, got, want, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

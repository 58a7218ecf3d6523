package sqlite_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/statement"
)

// dump is the output of SQLite's own shell for a file.
func dump(t *testing.T, file string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sqlite3", "-readonly", file, ".dump").Output()
	if err != nil {
		t.Fatalf("dump %s: %v", file, err)
	}
	return string(out)
}

// rowsOfDump are such as a dump has to write with care.
const rowsOfDump = `;
CREATE TABLE "order; --" ("größe" TEXT, "END" BLOB);
INSERT INTO "order; --" VALUES ('it''s; BEGIN' || char(10) || 'COMMIT; --', x'00ff'), ('/* ', NULL), ('towpath_ledger', 1e300);
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a REFERENCES counted ON DELETE CASCADE);
INSERT INTO counted VALUES (7, 9), (9, 7);
DELETE FROM counted WHERE id = 9 AND a = 0;
CREATE TRIGGER cased AFTER DELETE ON counted WHEN CASE OLD.id WHEN 7 THEN 1 END BEGIN SELECT CASE WHEN 1 THEN 2 END; END;
ANALYZE;`

// The output of sqlite3 for each fixture runs as a first file and creates the same schema and rows.
// It writes virtual tables directly into the schema, which is refused.
func TestSplit_runsDumpsAsAFirstFile(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/schemas/*.sql")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			e := sqlite.New(sqlite.Config{Root: root})
			source, replay := engine.Target{Address: ".", Database: "source"}, engine.Target{
				Address:  ".",
				Database: "replay",
			}
			if err := errors.Join(e.Create(t.Context(), source), e.Create(t.Context(), replay)); err != nil {
				t.Fatal(err)
			}
			if err := runUnchecked(t, e, source, string(script)+rowsOfDump); err != nil {
				t.Fatal(err)
			}
			text := dump(t, filepath.Join(root, "source.db"))
			if strings.Contains(text, "VIRTUAL TABLE") {
				refusedDump(t, e, text)
				return
			}
			if err := run(t, keys(t, e, replay, text), text); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if again := dump(t, filepath.Join(root, "replay.db")); again != text {
				t.Errorf("the replay is\n%s\nwant\n%s", again, text)
			}
			if want, got := fingerprint(t, e, source), fingerprint(t, e, replay); got != want {
				t.Error("the fingerprints differ")
			}
		})
	}
}

// refusedDump checks that the first refusal names the line, and the statement to write instead.
func refusedDump(t *testing.T, e engine.Engine, text string) {
	t.Helper()
	line := strings.Count(text[:strings.Index(text, "PRAGMA writable_schema=ON")], "\n") + 1
	for _, err := range e.Split(strings.NewReader(text)) {
		var refused *statement.Error
		if !errors.As(err, &refused) {
			continue
		}
		if refused.Pos.Line != line || refused.Pos.Column != 8 ||
			!strings.Contains(refused.Message, "CREATE VIRTUAL TABLE") {
			t.Errorf("it is refused with %v, want it at %d:8", refused, line)
		}
		return
	}
	t.Error("it is not refused")
}

func fingerprint(t *testing.T, e engine.Engine, target engine.Target) string {
	t.Helper()
	db, err := e.Open(context.WithoutCancel(t.Context()), target)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	schema, err := db.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return schema.Fingerprint
}

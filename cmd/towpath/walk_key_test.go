package main

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pressly/goose/v3"
)

// eachMetadata runs a walk with the metadata in a file, and on PostgreSQL.
func eachMetadata(t *testing.T, walk func(t *testing.T, metadata string)) {
	t.Helper()
	for _, shared := range []bool{false, true} {
		name, metadata := "metadata on SQLite", ""
		if shared {
			name = "metadata on PostgreSQL"
			server := postgresTargets(servers.postgres.Target())
			database, err := server.create(t.Context(), "walk")
			if err != nil {
				t.Fatal(err)
			}
			metadata = server.dsn(database)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(t, metadata)
		})
	}
}

// TestWalk_keys loses the key file, tries a wrong one, restores the right one, and starts to use a
// new key. The targets have passwords, which the key encrypts.
func TestWalk_keys(t *testing.T) {
	t.Parallel()
	eachMetadata(t, func(t *testing.T, metadata string) {
		w := walked(t, everyTarget()["PostgreSQL"](), metadata)
		w.grow(t, 1)
		w.settled(t, 1)
		w.must(t, w.stop(syscall.SIGTERM))
		key := w.in("towpath-data.key")
		right, err := os.ReadFile(key)
		w.must(t, err)

		w.must(t, os.Remove(key))
		if out := w.refused(t); !strings.Contains(out, "is missing") ||
			!strings.Contains(out, "put it back") {
			t.Errorf("without its key it says %s", out)
		}
		if _, err := os.Stat(key); !os.IsNotExist(err) {
			t.Errorf("a new key was made: %v", err)
		}
		wrong := bytes.Repeat([]byte{5}, 32)
		w.must(t, os.WriteFile(key, wrong, 0o600))
		if out := w.refused(t); !strings.Contains(out,
			"is not the one that the metadata was encrypted with") {
			t.Errorf("with a wrong key it says %s", out)
		}
		if now, err := os.ReadFile(key); err != nil || !bytes.Equal(now, wrong) {
			t.Errorf("the key was replaced: %v", err)
		}

		w.must(t, os.WriteFile(key, right, 0o600))
		w.shell(t, w.dir, instructions(t, "### A ledger that is not trusted", "head")[0]+
			" && mv new.key towpath-data.key && chmod 600 towpath-data.key")
		if both, err := os.ReadFile(key); err != nil || len(both) != 64 || !bytes.HasSuffix(both, right) {
			t.Fatalf("the new key file has %d bytes, %v", len(both), err)
		}
		w.must(t, w.start())
		w.settled(t, 1)
		w.grow(t, 2)
		w.settled(t, 2)
		text, err := os.ReadFile(w.log.Name())
		w.must(t, err)
		if !bytes.Contains(text, []byte("ledger sealed")) ||
			!bytes.Contains(text, []byte("with an earlier key")) {
			t.Error("the log does not say that ledgers were sealed with the new key")
		}
	})
}

// oldSchema is the version of the metadata's schema before ledgers had seals.
const oldSchema = 12

// TestWalk_upgrade starts on metadata with an older program's schema, which is migrated; and on
// metadata of a newer program, which is refused and stays as it is.
func TestWalk_upgrade(t *testing.T) {
	t.Parallel()
	eachMetadata(t, func(t *testing.T, metadata string) {
		w := prepared(t, sqliteTargets{}, metadata)
		driver, dsn, dialect := "sqlite", "file:"+w.in("towpath-data/towpath.db")+
			"?_pragma=busy_timeout(5000)", goose.DialectSQLite3
		if metadata != "" {
			driver, dsn, dialect = "pgx", metadata, goose.DialectPostgres
		}
		w.must(t, os.Mkdir(w.in("towpath-data"), 0o700))
		edit := func(do func(*sql.DB) error) { // and close, as SQLite's -wal goes with the last connection
			t.Helper()
			db, err := sql.Open(driver, dsn)
			w.must(t, err)
			w.must(t, errors.Join(do(db), db.Close()))
		}
		edit(func(db *sql.DB) error {
			old, err := goose.NewProvider(dialect, db,
				os.DirFS(filepath.Join("..", "..", "internal", "store", "migrations")))
			if err != nil {
				return err
			}
			_, err = old.UpTo(t.Context(), oldSchema)
			return err
		})

		w.must(t, w.start())
		var err error
		w.linkID, err = w.link(w.ctx, w.grant, nil)
		w.must(t, err)
		w.grow(t, 1)
		w.settled(t, 1)
		w.must(t, w.stop(syscall.SIGTERM))

		edit(func(db *sql.DB) error {
			_, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (900, true)")
			return err
		})
		out := w.refused(t)
		for _, want := range []string{
			"schema version 900", "made by a newer Towpath",
			"Start the newer program again", "restore the backup",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("it does not say %q: %s", want, out)
			}
		}
		edit(func(db *sql.DB) error {
			_, err := db.Exec("DELETE FROM goose_db_version WHERE version_id = 900")
			return err
		})
		w.must(t, w.start())
		w.grow(t, 2)
		w.settled(t, 2)
	})
}

// TestWalk_moveTheMetadata moves from SQLite to PostgreSQL and back with the command in
// docs/operate.md. Pushes continue after each move, and nothing runs twice.
func TestWalk_moveTheMetadata(t *testing.T) {
	t.Parallel()
	w := walked(t, everyTarget()["PostgreSQL"](), "")
	w.grow(t, 1)
	w.settled(t, 1)
	server := postgresTargets(servers.postgres.Target())
	database, err := server.create(t.Context(), "moved")
	w.must(t, err)
	move := instructions(t, "## Several replicas", "towpath metadata copy")[0]
	documented := move[strings.Index(move, "postgres://"):]

	w.must(t, w.stop(syscall.SIGTERM))
	w.shell(t, w.dir, strings.Replace(move, documented, "'"+server.dsn(database)+"'", 1))
	w.set("--metadata-url", server.dsn(database))
	w.must(t, w.start())
	w.settled(t, 1)
	w.grow(t, 2)
	w.settled(t, 2)

	w.must(t, w.stop(syscall.SIGTERM))
	w.shell(t, w.dir, "towpath metadata copy --from '"+server.dsn(database)+
		"' --to sqlite:towpath-data/back.db")
	w.set("--metadata-url", "sqlite:"+w.in("towpath-data/back.db"))
	w.must(t, w.start())
	w.settled(t, 2)
	w.grow(t, 3)
	w.settled(t, 3)
}

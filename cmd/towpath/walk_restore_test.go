package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWalk_backUpAndRestore follows "Back up and restore" in docs/operate.md, with its commands: a
// backup under pushes, changes after it, a crash, the restore next to the crash's files, and once
// more in an empty place.
func TestWalk_backUpAndRestore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		where  func() targets
		shared bool // the metadata is on PostgreSQL
	}{
		"SQLite":                          {everyTarget()["SQLite"], false},
		"PostgreSQL, metadata on SQLite":  {everyTarget()["PostgreSQL"], false},
		"PostgreSQL, metadata there, too": {everyTarget()["PostgreSQL"], true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			metadata, word := "", "towpath metadata"
			if c.shared { // by the name in the document
				server := postgresTargets(servers.postgres.Target())
				servers.postgres.Exec(t, "postgres", "DROP DATABASE IF EXISTS towpath WITH (FORCE)")
				servers.postgres.Exec(t, "postgres", "CREATE DATABASE towpath")
				metadata, word = server.dsn("towpath"), "pg_dump"
			}
			w := walked(t, c.where(), metadata)
			save, back := instructions(t, "## Back up and restore", word)[0], ""
			if c.shared {
				back = instructions(t, "## Back up and restore", "pg_restore")[0]
			} else {
				back = instructions(t, "## Back up and restore", "towpath metadata restore")[0]
			}
			w.grow(t, 1)
			w.must(t, w.wait("done"))
			for n := 2; n <= 4; n++ {
				w.grow(t, n)
			}
			w.shell(t, w.dir, save) // while these run
			for n := 5; n <= 7; n++ {
				w.grow(t, n)
			}
			w.settled(t, 7)
			if c.shared {
				w.restored(t, back)
				return
			}
			check := instructions(t, "## Back up and restore", "towpath metadata check")[0]
			if out := w.shell(t, w.dir, strings.Replace(check, "PATH", "towpath-backup.db",
				1)); !strings.Contains(out, "is whole") {
				t.Errorf("the check says %s", out)
			}
			w.must(t, w.stop(syscall.SIGTERM))
			if left := w.beside(t, "towpath-data/towpath.db-*"); len(left) > 0 {
				t.Errorf("after a graceful stop there are %q", left)
			}
			w.must(t, w.start())
			w.restored(t, back)
			w.inAnEmptyPlace(t, back)
		})
	}
}

// restored kills the server, restores the backup, and checks everything against the databases.
func (w *world) restored(t *testing.T, back string) {
	t.Helper()
	w.must(t, w.stop(syscall.SIGKILL))
	if w.metadata == "" && len(w.beside(t, "towpath-data/towpath.db-wal")) == 0 {
		t.Error("the crash has left no -wal, so nothing is shown here")
	}
	w.shell(t, w.dir, back)
	w.must(t, w.start())
	w.settled(t, 7)
	w.grow(t, 8)
	w.settled(t, 8)
}

// inAnEmptyPlace restores into an empty folder, as on another machine.
func (w *world) inAnEmptyPlace(t *testing.T, back string) {
	t.Helper()
	w.must(t, w.stop(syscall.SIGTERM))
	place := t.TempDir()
	for _, name := range []string{"towpath-backup.db", "towpath-data.key"} {
		w.must(t, os.Link(w.in(name), filepath.Join(place, name)))
	}
	w.shell(t, place, back)
	w.set("--data", filepath.Join(place, "towpath-data"))
	w.must(t, w.start())
	w.settled(t, 8)
	w.grow(t, 9)
	w.settled(t, 9)
}

// TestWalk_restoreByHand puts a file next to the -wal of another one: the server refuses it until
// that is moved away, as docs/operate.md requires.
func TestWalk_restoreByHand(t *testing.T) {
	t.Parallel()
	w := walked(t, sqliteTargets{}, "")
	w.grow(t, 1)
	w.settled(t, 1)
	w.shell(t, w.dir, instructions(t, "## Back up and restore", "towpath metadata backup")[0])
	w.grow(t, 2)
	w.settled(t, 2)
	w.must(t, w.stop(syscall.SIGKILL))
	file := w.in("towpath-data/towpath.db")
	w.shell(t, w.dir, "cp towpath-backup.db towpath-data/towpath.db")
	before, err := os.ReadFile(file)
	w.must(t, err)
	if out := w.refused(t); !strings.Contains(out, "-wal") {
		t.Errorf("it says %s", out)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
	w.shell(t, w.dir, "mkdir aside && mv towpath-data/towpath.db-wal towpath-data/towpath.db-shm aside/")
	w.must(t, w.start())
	w.settled(t, 2)

	// After a graceful stop nothing is beside the file, and replacing it is enough.
	w.must(t, w.stop(syscall.SIGTERM))
	w.shell(t, w.dir, "cp towpath-backup.db towpath-data/towpath.db")
	w.must(t, w.start())
	w.settled(t, 2)
	w.grow(t, 3)
	w.settled(t, 3)
}

package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// backup copies the metadata while no server runs. There is one copy at a time.
func (w *world) backup() error { return w.copyMetadata("backup", false) }

// restore replaces the metadata by the copy.
func (w *world) restore() error { return w.copyMetadata("backup", true) }

func (w *world) copyMetadata(name string, back bool) error {
	if w.process != nil {
		return errors.New("the server runs")
	}
	if w.metadata == "" {
		from, to := filepath.Join(w.dir, "data"), filepath.Join(w.dir, name)
		if back {
			from, to = to, from
		}
		return errors.Join(os.RemoveAll(to), os.CopyFS(to, os.DirFS(from)))
	}
	server := postgresTargets(servers.postgres.Target())
	db, err := sql.Open(server.driver, server.dsn("postgres"))
	if err != nil {
		return err
	}
	from := w.metadata[strings.LastIndex(w.metadata, "/")+1:]
	from, _, _ = strings.Cut(from, "?")
	to := from + "_" + name
	if back {
		from, to = to, from
	}
	for _, text := range []string{"DROP DATABASE IF EXISTS %[1]s", "CREATE DATABASE %[1]s TEMPLATE %[2]s"} {
		if _, err := db.ExecContext(w.ctx, fmt.Sprintf(text, to, from)); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return db.Close()
}

func verbBackup(ts *testscript.TestScript, _ bool, _ []string)  { check(ts, worldOf(ts).backup()) }
func verbRestore(ts *testscript.TestScript, _ bool, _ []string) { check(ts, worldOf(ts).restore()) }

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towpath/internal/store"
)

// BenchmarkNothingToDo reconciles a repository of ten thousand migrations that every database has:
// the head has not moved, and the ledgers were read recently. It also measures the pass that
// rereads the ledgers, which happens every five minutes. The floor reads one database's ledger and
// lists the folder.
func BenchmarkNothingToDo(b *testing.B) {
	for name, where := range map[string]targets{
		"sqlite": sqliteTargets{}, "postgres": postgresTargets(servers.postgres.Target()),
		"mysql": mariadbTargets(servers.mariadb.Target()),
	} {
		b.Run(name, func(b *testing.B) { nothingToDo(b, name, where) })
	}
}

func nothingToDo(b *testing.B, name string, where targets) {
	const files, looks = 10_000, 10
	ctx := b.Context()
	w, err := newWorld(ctx, b.TempDir(), where, "")
	if err != nil {
		b.Fatal(err)
	}
	defer w.close()
	if err := w.start("--log-level=warn"); err != nil {
		b.Fatal(err)
	}
	folder := filepath.Join(b.TempDir(), "shop")
	if err := os.Mkdir(folder, 0o700); err != nil {
		b.Fatal(err)
	}
	for n := range files {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d__ddl__t.sql", n+1)),
			[]byte("CREATE TABLE t (id INT);\n"), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	w.commit(b, map[string]string{demoDirectory + "/shop/1__ddl__t.sql": "CREATE TABLE t (id INT);\n"})
	if w.linkID, err = w.link(ctx, w.grant, map[string]any{"existingFiles": "run"}); err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(w.wait("done"), w.stop(os.Interrupt)); err != nil {
		b.Fatal(err)
	}
	c, err := parse(b, w.args[1:]...)
	if err != nil {
		b.Fatal(err)
	}
	s, err := newServer(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	grow(b, w, s.store, files)
	look := func(ctx context.Context) {
		if _, err := s.sync.Reconcile(ctx, w.linkID); err != nil {
			b.Fatal(err)
		}
	}
	plain, err := where.open(w, "test")
	if err != nil {
		b.Fatal(err)
	}
	defer plain.Close()
	look(ctx)
	idle := timed(looks, func() { look(ctx) })
	reread := timed(looks, func() {
		if err := s.store.Write(ctx, func(tx *store.Tx) error {
			link, err := tx.Link(ctx, w.linkID)
			if err != nil {
				return err
			}
			return tx.StaleLedgers(ctx, link.ProjectID)
		}); err != nil {
			b.Fatal(err)
		}
		look(ctx)
	})
	floor := timed(looks, func() { readAndList(b, plain, where.ledger(), folder, files) })
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Println(verdict("nothing-to-do-10000-"+name, ms(idle), ms(floor), "ms"))
	fmt.Printf("bench: nothing-to-do-10000-%s-ledgers-reread %s for three databases\n", name,
		reread.Round(time.Millisecond/10))
}

// grow multiplies the files of the link and its databases, from one to n.
func grow(b *testing.B, w *world, st *store.Store, n int) {
	b.Helper()
	err := st.Write(b.Context(), func(tx *store.Tx) error {
		manifest, err := tx.Manifest(b.Context(), w.linkID)
		if err != nil {
			return err
		}
		for i := 2; i <= n; i++ {
			f := manifest[0]
			f.Version, f.Label, f.Path = fmt.Sprint(i), fmt.Sprint(i), strings.Replace(f.Path, "/1__",
				fmt.Sprintf("/%d__", i), 1)
			manifest = append(manifest, f)
		}
		return tx.PutManifestFile(b.Context(), manifest...)
	})
	if err != nil {
		b.Fatal(err)
	}
	const columns = "type, state, description, path, checksum, commit_hash, epoch, server_id, database_id, " +
		"statements_total, statements_done, started_at, finished_at, intent"
	for _, environment := range demoEnvironments {
		db, err := w.targets.open(w, environment)
		if err != nil {
			b.Fatal(err)
		}
		for from := 2; from <= n; from += 500 { // MariaDB's recursion ends at 1,000
			_, err := db.ExecContext(b.Context(), fmt.Sprintf(`INSERT INTO %[1]s (version, %[2]s) WITH RECURSIVE n (i) AS (SELECT %[3]d UNION ALL SELECT i + 1 FROM n WHERE i < %[4]d)
				SELECT CONCAT('', i), %[2]s FROM n, %[1]s AS l WHERE l.version = '1'`, w.targets.ledger(), columns, from, min(from+499, n)))
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func timed(times int, do func()) time.Duration {
	began := time.Now()
	for range times {
		do()
	}
	return time.Since(began) / time.Duration(times)
}

// readAndList does the work of a bare loop that finds nothing to do.
func readAndList(b *testing.B, db *sql.DB, ledger, folder string, want int) {
	rows, err := db.QueryContext(b.Context(), "SELECT version, checksum FROM "+ledger)
	if err != nil {
		b.Fatal(err)
	}
	known := map[string]string{}
	for rows.Next() {
		var version, checksum string
		if err := rows.Scan(&version, &checksum); err != nil {
			b.Fatal(err)
		}
		known[version] = checksum
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(known) < want {
		b.Fatal(len(known), err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != want {
		b.Fatal(len(entries), err)
	}
}

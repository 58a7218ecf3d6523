package main

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKilledAnywhere kills the server at ten moments between a delivery and the status on the
// commit, one after the other. Each time it checks that every database has every migration once and
// that the status is right.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	w, err := newWorld(t.Context(), t.TempDir(), sqliteTargets{}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if err := w.start(); err != nil {
		t.Fatal(err)
	}
	if w.linkID, err = w.link(t.Context(), w.grant, nil); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 10; n++ {
		files := map[string]string{}
		for part := range 3 {
			version := fmt.Sprintf("%d.%d", n, part)
			files["migrations/shop/"+version+"__ddl__t.sql"] = fmt.Sprintf(
				"CREATE TABLE t%d_%d (id INTEGER PRIMARY KEY);\nINSERT INTO t%d_%d VALUES (NULL);\n", n, part,
				n, part)
		}
		hash := w.commit(t, files)
		// the moment, from one millisecond to a tenth of a second
		time.Sleep(time.Duration(n*n) * time.Millisecond)
		if err := w.stop(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if err := w.start(); err != nil {
			t.Fatal(err)
		}
		if err := w.wait("done"); err != nil {
			t.Fatalf("killed %d ms after the delivery: %v", n*n, err)
		}
		want := "test SUCCESSFUL, staging SUCCESSFUL, prod SUCCESSFUL"
		if err := w.until(20*time.Second, func() (bool, string) {
			got := strings.Join(w.statuses(hash), ", ")
			return got == want, "statuses " + got
		}); err != nil {
			t.Errorf("killed %d ms after the delivery: %v", n*n, err)
		}
	}
	for _, environment := range demoEnvironments {
		rows, err := w.query(environment,
			"SELECT count(*), count(DISTINCT version) FROM towpath_ledger WHERE version <> '' AND state = 'done'")
		if err != nil || !slices.Equal(rows, []string{"30|30"}) {
			t.Errorf("%s: ledger %v %v", environment, rows, err)
		}
		tables, err := w.query(environment,
			"SELECT name FROM sqlite_master WHERE name LIKE 't%' AND type = 'table' AND name <> 'towpath_ledger'")
		if err != nil || len(tables) != 30 {
			t.Errorf("%s: tables %v %v", environment, tables, err)
		}
		for _, table := range tables {
			if rows, err := w.query(environment, "SELECT count(*) FROM "+table); err != nil ||
				!slices.Equal(rows, []string{"1"}) {
				t.Errorf("%s: rows of %s: %v %v", environment, table, rows, err)
			}
		}
	}
}

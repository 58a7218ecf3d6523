package main

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLedgerVerify(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "demo")
	info, stop := startDemo(t, "--data", data)
	defer stop()
	file := info.Databases[0].Path
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for n := 0; n < 3; time.Sleep(20 * time.Millisecond) {
		// until the table exists
		_ = db.QueryRow("SELECT count(*) FROM towpath_ledger WHERE state = 'done' AND version <> ''").Scan(&n)
		if t.Context().Err() != nil {
			t.Fatal("the demo's files do not come in")
		}
	}
	verify := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{
			"ledger", "verify", "--data", filepath.Join(data, "data"),
			"--sqlite-root", filepath.Dir(filepath.Dir(file)),
		}, args...), &out, &errs)
		return code, out.String() + errs.String()
	}
	name := "SQLite " + info.Databases[0].Environment + "/" + info.Databases[0].Name
	if code, text := verify(name); code != 0 || !strings.Contains(text, ": genuine, ") {
		t.Fatalf("code %d: %s", code, text)
	}
	if _, err := db.Exec("UPDATE towpath_ledger SET path = 'x' WHERE version = '2'"); err != nil {
		t.Fatal(err)
	}
	if code, text := verify(name, "--json"); code != exitNotGenuine ||
		!strings.Contains(text, `"state":"tampered","differs":"version 2 (ddl) was changed"`) {
		t.Errorf("code %d: %s", code, text)
	}
	if code, text := verify("nowhere/shop"); code != exitFailed ||
		!strings.Contains(text, "no database nowhere/shop") {
		t.Errorf("code %d: %s", code, text)
	}
	if code, text := verify(name, "--key-file", filepath.Join(data, "none.key")); code != exitUsage ||
		!strings.Contains(text, "no such file") {
		t.Errorf("code %d: %s", code, text)
	}
}

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// startDemo runs a demo until stop is called, and returns the demo's own info.
func startDemo(t *testing.T, args ...string) (info demoInfo, stop func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	file := filepath.Join(t.TempDir(), "demo.json")
	var out, errs bytes.Buffer
	ended := make(chan int)
	go func() {
		ended <- run(ctx,
			append([]string{
				"demo", "--listen", "127.0.0.1:0", "--bitbucket-listen", "localhost:0", "--info",
				file,
			}, args...), &out, &errs)
	}()
	for {
		text, err := os.ReadFile(file)
		if err == nil && json.Unmarshal(text, &info) == nil && len(info.Databases) == 3 &&
			info.ConsoleURL != "" {
			break
		}
		select {
		case code := <-ended:
			cancel()
			t.Fatalf("it ended with %d: %s", code, errs.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return info, func() {
		t.Helper()
		cancel()
		if code := <-ended; code != 0 {
			t.Errorf("it ended with %d: %s", code, errs.String())
		}
	}
}

// TestDemoWatch_outlivesWhatItLooksAt unlinks a repository between the list and the look at it.
func TestDemoWatch_outlivesWhatItLooksAt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var looks atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/rollouts":
			_, _ = io.WriteString(w, `{"items":[]}`)
		case "/api/v1/projects", "/api/v1/projects/order/repository-links":
			_, _ = io.WriteString(w, `{"items":[{"id":"order"}]}`)
		default:
			if looks.Add(1) == 2 {
				cancel()
			}
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	d := &demo{api: &apiClient{base: server.URL, http: server.Client()}}
	if err := d.watch(ctx, io.Discard); err != nil || looks.Load() < 2 {
		t.Errorf("it ended after %d looks: %v", looks.Load(), err)
	}
}

func TestDemoLine_keepsColumnsApart(t *testing.T) {
	t.Parallel()
	path := "migrations/shop/4__ddl__a_name_that_is_longer_than_its_column.sql"
	line := demoLine("69ca7c86aaaa", "staging", "warehouse", path, "failed", path+":1:7: syntax error")
	if !strings.HasSuffix(line, "  69ca7c86  staging   warehouse  "+path+"  failed     1:7: syntax error\n") {
		t.Errorf("%q", line)
	}
	if strings.Count(line, path) != 1 {
		t.Errorf("the path stands there twice: %q", line)
	}
	line = demoLine("69ca7c86aaaa", "test", "shop", "1.sql", "unusable",
		"has 2 places that must not run:\n1:1: BEGIN\n3:1: COMMIT")
	if !strings.HasSuffix(line, "must not run:\n    1:1: BEGIN\n    3:1: COMMIT\n") {
		t.Errorf("%q", line)
	}
}

func TestDemoTask_saysWhatIsInTheDatabase(t *testing.T) {
	t.Parallel()
	const nothing = "Nothing of this file is in the database."
	failed := demoReason{Code: "statement-failed", Text: "a.sql:1:1: no"}
	began := time.Now()
	ended := began.Add(7 * time.Millisecond)
	for name, c := range map[string]struct {
		task             demoTask
		inDatabase, want string
	}{
		"done": {task: demoTask{StartedAt: &began, FinishedAt: &ended}, want: "7 ms"},
		"failed": {
			task: demoTask{Reason: failed, Error: failed}, inDatabase: nothing,
			want: "a.sql:1:1: no\n" + nothing,
		},
		"said already": {
			task:       demoTask{Reason: demoReason{Text: "no (" + nothing + ")"}},
			inDatabase: nothing, want: "no (" + nothing + ")",
		},
		"skipped later": {
			task: demoTask{Reason: demoReason{Text: "Not needed."}, Error: failed},
			want: "Not needed. Its last attempt failed: a.sql:1:1: no",
		},
	} {
		if got := c.task.why(c.inDatabase); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDemoTask_isUndone(t *testing.T) {
	t.Parallel()
	for want, task := range map[string]demoTask{
		"done": {State: "done", Type: "ddl"}, "undone": {State: "done", Type: "undo"},
		"failed": {State: "failed", Type: "undo"},
	} {
		if got := task.word(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestDemoWayOut_namesThePage(t *testing.T) {
	t.Parallel()
	d := &demo{info: demoInfo{ConsoleURL: "http://console"}}
	for state, want := range map[string]string{
		"failed":    "\nPush a corrected file, or retry or skip it: http://console/rollouts/r/tasks/t",
		"held":      "\nRelease or skip it: http://console/rollouts/r/tasks/t",
		"unknown":   "\nResolve it: http://console/rollouts/r/tasks/t",
		"done":      "",
		"cancelled": "",
	} {
		if got := d.wayOut(demoRollout{ID: "r"}, demoTask{ID: "t", State: state}); got != want {
			t.Errorf("%s: %q", state, got)
		}
	}
}

func TestDemo_startsAndEnds(t *testing.T) {
	t.Parallel()
	info, stop := startDemo(t)
	// A browser connects before it sends a request; that must not make the end a failure.
	silent, err := net.Dial("tcp", strings.TrimPrefix(info.BitbucketURL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if err := silent.Close(); err != nil {
		t.Error(err)
	}
}

func TestDemo_filesLandInPublic(t *testing.T) {
	t.Parallel()
	args := []string{"--postgres"}
	if folder := os.Getenv("TOWPATH_TEST_POSTGRES"); folder != "" {
		args = append(args, "--programs", folder)
	}
	info, stop := startDemo(t, args...)
	defer stop()
	for _, d := range info.Databases {
		createDatabase(t, d.Admin)
		db, err := sql.Open("pgx", d.Path)
		if err != nil {
			t.Fatal(err)
		}
		schema := ""
		for deadline := time.Now().Add(30 * time.Second); schema == "" &&
			time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			err := db.QueryRow("SELECT coalesce(string_agg(schemaname, ' '), '') FROM pg_catalog.pg_tables " +
				"WHERE tablename IN ('customer', 'orders')").Scan(&schema)
			if err != nil {
				t.Fatal(err)
			}
		}
		if schema != "public public" && schema != "public" {
			t.Errorf("%s: the tables are in %q", d.Environment, schema)
		}
		var powerful bool
		err = db.QueryRow("SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_catalog.pg_roles WHERE " +
			"rolname = CURRENT_USER").Scan(&powerful)
		if err != nil || powerful {
			t.Errorf("%s: the user may do more than it needs: %v", d.Environment, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// createDatabase creates a database beside the demo's, as a tool does that compares.
func createDatabase(t *testing.T, admin string) {
	t.Helper()
	db, err := sql.Open("pgx", admin)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `CREATE DATABASE "order"`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Error(err)
	}
}

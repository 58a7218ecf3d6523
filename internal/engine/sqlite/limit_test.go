package sqlite_test

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// resident is how much memory the process holds, SQLite's own included, which Go does not count.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// bound reports whether a message is of the expected bound, or of the memory as a whole, whichever
// comes first.
func bound(message, want string) bool {
	return strings.Contains(message, want) || strings.Contains(message, "out of memory")
}

// large are statements that want more than a session may have.
var large = map[string]string{
	"SELECT hex(zeroblob(400000000)), hex(zeroblob(400000001)), hex(zeroblob(400000002)), hex(zeroblob(400000003))": "too big",
	"CREATE TABLE big AS SELECT zeroblob(1000000000) AS b":                                                          "too big",
	"SELECT randomblob(900000000)":                                            "too big",
	"SELECT printf('%.900000000c', 'x')":                                      "too big",
	"SELECT replace(printf('%.60000000c', 'x'), 'x', 'yyyyyyyyyyyyyyyyyyyy')": "too big",
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200) SELECT group_concat(hex(zeroblob(5000000))) FROM n":     "too big",
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100) SELECT json_group_array(hex(zeroblob(5000000))) FROM n": "too big",
	"SELECT " + strings.Repeat("hex(zeroblob(30000000)), ", 40) +
		"1": "out of memory",
	"WITH RECURSIVE n(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM n) SELECT length(s) FROM n": "too big",
	"SELECT 'x' LIKE '" + strings.Repeat("%a", 5000) +
		"'": "too complex",
}

// Not parallel: it measures the memory of the process.
func TestSession_staysWithinItsMemory(t *testing.T) {
	e, target := fresh(t)
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	before := resident(t)
	var highest atomic.Int64
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				highest.Store(max(highest.Load(), resident(t)))
			}
		}
	}()
	for text, want := range large {
		s, err := db.Begin(t.Context(), engine.SessionOptions{
			LockTimeout:      time.Second,
			StatementTimeout: time.Minute,
		})
		if err != nil {
			t.Fatal(err)
		}
		var known *engine.Error
		_, err = s.Exec(t.Context(), statement.Statement{Text: text})
		if !errors.As(err, &known) || known.Kind != engine.Failed || !bound(known.Message, want) {
			t.Errorf("%.80s: error is %v", text, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if grown := highest.Load() - before; grown > 700<<20 {
		t.Errorf("the process grew by %d MiB", grown>>20)
	} else {
		t.Logf("the process grew by %d MiB", grown>>20)
	}
}

func TestExec_cutsTheWordsOfAScript(t *testing.T) {
	t.Parallel()
	e, target := fresh(t)
	s := begin(t, e, target)
	for _, text := range []string{
		"CREATE TABLE a (x)",
		"CREATE TRIGGER t BEFORE INSERT ON a BEGIN SELECT RAISE(ABORT, printf('%.50000000c', 'x')); END",
	} {
		if _, err := s.Exec(t.Context(), statement.Statement{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	var known *engine.Error
	if _, err := s.Exec(t.Context(), statement.Statement{Text: "INSERT INTO a VALUES (1)"}); !errors.As(err,
		&known) ||
		known.Kind != engine.Failed || len(known.Message) > towpath.MaxText+200 {
		t.Errorf("error has %d bytes", len(err.Error()))
	}
	if _, err := s.Exec(t.Context(), statement.Statement{Text: "SELECT " + strings.Repeat("nosuchcolumn",
		100_000)}); !errors.As(err, &known) || len(known.Message) > towpath.MaxText+200 {
		t.Errorf("error has %d bytes", len(err.Error()))
	}
}

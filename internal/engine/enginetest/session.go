package enginetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/engine"
)

func testEmptyLedger(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	before := b.schema(ctx)
	if got := b.ledger(ctx); len(got) != 0 {
		t.Fatalf("ledger of a new database: %v", got)
	}
	if before.Dump != "" {
		t.Errorf("dump of an empty database: %q", before.Dump)
	}
	if after := b.schema(ctx); after != before {
		t.Errorf("reading changed the schema:\n%s", after.Dump)
	}
}

func testCommit(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	s := b.begin(ctx, options)
	if s.Identity() == "" {
		t.Error("the session has no identity")
	}
	want := entry("1", 1)
	if _, found, err := s.Entry(ctx, want.MigrationID); err != nil || found {
		t.Fatalf("entry before: found %v, %v", found, err)
	}
	b.exec(ctx, s, "CREATE TABLE a (id "+f.AutoKey+", name varchar(40))")
	if err := s.Record(ctx, want); err != nil {
		t.Fatal(err)
	}
	if got, found, err := s.Entry(ctx, want.MigrationID); err != nil || !found || cmp.Diff(want, got) != "" {
		t.Fatalf("entry within the session: found %v, %v\n%s", found, err, cmp.Diff(want, got))
	}
	if err := s.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]towpath.LedgerEntry{want}, b.ledger(ctx)); diff != "" {
		t.Error(diff)
	}
	if dump := b.schema(ctx).Dump; !strings.Contains(dump, "name") {
		t.Errorf("the table is missing:\n%s", dump)
	}
}

func testRollback(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	b.apply(ctx, "CREATE TABLE a (id int)")
	before := b.schema(ctx)
	s := b.begin(ctx, options)
	if _, _, err := s.Entry(ctx, towpath.MigrationID{Version: "1", Type: towpath.TypeDDL}); err != nil {
		t.Fatal(err)
	}
	b.exec(ctx, s, "INSERT INTO a VALUES (1)")
	if f.TransactionalDDL {
		b.exec(ctx, s, "CREATE TABLE b (id int)")
	}
	if err := s.Record(ctx, entry("1", 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.ledger(ctx); len(got) != 0 {
		t.Errorf("the ledger kept %v", got)
	}
	if after := b.schema(ctx); after != before {
		t.Errorf("the schema changed:\n%s", after.Dump)
	}
	if rows := b.countByDelete(ctx, "a"); rows != 0 {
		t.Errorf("%d rows stayed", rows)
	}
}

// countByDelete empties a table and returns how many rows it had: a session returns no results.
func (b *bench) countByDelete(ctx context.Context, table string) int64 {
	b.t.Helper()
	s := b.begin(ctx, options)
	rows := b.exec(ctx, s, "DELETE FROM "+table)
	if err := s.Close(); err != nil {
		b.t.Fatal(err)
	}
	return rows
}

func testNoTx(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	o := options
	o.NoTx = true
	s := b.begin(ctx, o)
	b.exec(ctx, s, "CREATE TABLE a (id int)")
	b.exec(ctx, s, "INSERT INTO a VALUES (1), (2)")
	want := entry("1", 1)
	if err := s.Record(ctx, want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]towpath.LedgerEntry{want}, b.ledger(ctx)); diff != "" {
		t.Error(diff)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if rows := b.countByDelete(ctx, "a"); rows != 2 {
		t.Errorf("%d rows lasted, want 2", rows)
	}
}

func testLedgerFields(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	first, second := entry("1.10", 3), entry("1.9", 3)
	finished := first.StartedAt.Add(1500 * time.Microsecond)
	first.FinishedAt = &finished
	first.State = towpath.LedgerBaselined
	first.Type = towpath.TypeBaseline
	second.StartedAt = first.StartedAt.Add(time.Second)
	second.State = towpath.LedgerRunning
	second.Path = ""
	second.Description = "it's a \\ \"quote\""
	if err := b.record(ctx, first, second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]towpath.LedgerEntry{first, second}, b.ledger(ctx)); diff != "" {
		t.Error(diff)
	}
}

func testNewerFormat(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	head := entry("", 3)
	head.Type = towpath.TypeHead
	head.State = towpath.LedgerDone
	head.StatementsDone = 0
	head.Intent = "format 7"
	if err := b.record(ctx, entry("1", 3), head); err != nil {
		t.Fatal(err)
	}
	_, err := b.db.Ledger(ctx)
	if e := wantKind(t, err, engine.Refused); e.Known().Params["has"] != "7" {
		t.Errorf("it says %s", e)
	}
}

func testFenced(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	if err := b.record(ctx, entry("1", 5)); err != nil {
		t.Fatal(err)
	}
	wantKind(t, b.record(ctx, entry("1", 4)), engine.Fenced)
	same := entry("1", 5)
	same.State = towpath.LedgerFailed
	if err := b.record(ctx, same); err != nil {
		t.Fatalf("the same epoch: %v", err)
	}
	if err := b.record(ctx, same); err != nil {
		t.Fatalf("the same row again: %v", err)
	}
	newer := entry("1", 6)
	if err := b.record(ctx, newer); err != nil {
		t.Fatalf("a newer epoch: %v", err)
	}
	if diff := cmp.Diff([]towpath.LedgerEntry{newer}, b.ledger(ctx)); diff != "" {
		t.Error(diff)
	}
}

func testLocked(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	b.apply(ctx, "CREATE TABLE a (id int)")
	holder := b.begin(ctx, options)
	b.exec(ctx, holder, "INSERT INTO a VALUES (1)")
	slow, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = holder.Exec(slow, sql(f.Slow)) // only to be seen
	}()
	defer func() {
		stop()
		<-over
	}()
	start := time.Now()
	// The blocker is queried when most of the wait is over: the rest is for a new connection and
	// its queries.
	o := engine.SessionOptions{LockTimeout: 3 * time.Second, StatementTimeout: 20 * time.Second}
	second, err := b.db.Begin(ctx, o)
	if err == nil {
		_, err = second.Exec(ctx, sql("ALTER TABLE a ADD COLUMN b int"))
		defer second.Close()
	}
	told := wantKind(t, err, engine.Locked)
	for _, want := range f.Blocker {
		if !strings.Contains(told.Message, want) {
			t.Errorf("%s is not named: %s", want, told.Message)
		}
	}
	if took := time.Since(start); took > o.LockTimeout+5*time.Second {
		t.Errorf("it took %s to tell, with a limit of %s", took, o.LockTimeout)
	}
}

func testStatementTimeout(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	start := time.Now()
	s := b.begin(ctx, engine.SessionOptions{
		LockTimeout:      time.Second,
		StatementTimeout: 300 * time.Millisecond,
	})
	_, err := s.Exec(ctx, sql(f.Slow))
	wantKind(t, err, engine.Timeout)
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("the statement was stopped after %s", took)
	}
}

func testCancel(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	b.apply(ctx, "CREATE TABLE a (id int)")
	s := b.begin(ctx, options)
	b.exec(ctx, s, "INSERT INTO a VALUES (1)")
	cancelled, cancel := context.WithCancel(ctx)
	stop := time.AfterFunc(200*time.Millisecond, cancel)
	defer stop.Stop()
	start := time.Now()
	_, err := s.Exec(cancelled, sql(f.Slow))
	wantKind(t, err, engine.Timeout)
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("the statement was stopped after %s", took)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// The server has released the locks, and nothing stayed.
	b.apply(ctx, "ALTER TABLE a ADD COLUMN b int")
	if rows := b.countByDelete(ctx, "a"); rows != 0 {
		t.Errorf("%d rows stayed", rows)
	}
}

func testFailed(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	s := b.begin(ctx, options)
	_, err := s.Exec(ctx, sql("INSERT INTO no_such_table VALUES (1)"))
	if e := wantKind(t, err, engine.Failed); !strings.Contains(e.Message, "no_such_table") {
		t.Errorf("message is %q", e.Message)
	}
}

func testRows(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	s := b.begin(ctx, options)
	for _, step := range []struct {
		text string
		rows int64
	}{
		{"CREATE TABLE a (id int, b int)", 0},
		{"INSERT INTO a VALUES (1, 1), (2, 2), (3, 3)", 3},
		{"CREATE INDEX a_b ON a (b)", 0},
		{"UPDATE a SET b = 9 WHERE id < 3", 2},
		{"DELETE FROM a WHERE id = 7", 0},
		{"DELETE FROM a", 3},
	} {
		if got := b.exec(ctx, s, step.text); got != step.rows {
			t.Errorf("%s: %d rows, want %d", step.text, got, step.rows)
		}
	}
}

func testUnicode(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	b.apply(ctx, "CREATE TABLE a (id int, name varchar(40)); INSERT INTO a VALUES (1, 'Grüße; 東京 🚀'), (2, "+
		"'it''s')")
	s := b.begin(ctx, options)
	if rows := b.exec(ctx, s, "DELETE FROM a WHERE name = 'Grüße; 東京 🚀'"); rows != 1 {
		t.Errorf("%d rows match, want 1", rows)
	}
}

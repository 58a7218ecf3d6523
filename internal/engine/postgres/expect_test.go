package postgres_test

import (
	"errors"
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// count runs outside of transactions, so it shows whether a statement has run that was undone.
var count = statement.Statement{Verb: "SELECT", Text: `SELECT nextval('"order"')`}

func TestExpectNone_nothingRunsWhenThereIsARow(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	db := open(t, target)
	server.Exec(t, target.Database, `CREATE SEQUENCE "order"`)
	counted := func() (n int) {
		t.Helper()
		server.Query(t, target.Database, &n, `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "order"`)
		return n
	}
	lease := towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Type: towpath.TypeLease}, State: towpath.LedgerDone, Epoch: 2,
	}
	s := begin(t, db, options)
	if err := errors.Join(s.Record(t.Context(), entry("1"), lease), s.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	for range 3 { // from the second session on, the condition is prepared
		for _, c := range []struct {
			version string
			epoch   int64
			want    engine.Kind
		}{
			{"1", 2, engine.Unexpected}, {"2", 1, engine.Fenced}, {"2", 2, ""},
		} {
			before := counted()
			s := begin(t, db, options)
			mine := lease
			mine.Epoch = c.epoch
			if err := s.Record(t.Context(), mine); err != nil {
				t.Fatal(err)
			}
			s.(engine.Expecter).ExpectNone(entry(c.version).MigrationID)
			_, err := s.Exec(t.Context(), count)
			if kindOf(err) != c.want {
				t.Errorf("version %s with epoch %d: %v, want %q", c.version, c.epoch, err, c.want)
			}
			var failure *engine.Error
			if errors.As(err, &failure) && !failure.Earlier {
				t.Errorf("version %s with epoch %d: the statement itself is said to have failed: %v", c.version,
					c.epoch, err)
			}
			if err := errors.Join(s.Commit(t.Context()), s.Close()); (err == nil) != (c.want == "") {
				t.Errorf("version %s: commit is %v", c.version, err)
			}
			if ran := before != counted(); ran != (c.want == "") {
				t.Errorf("version %s with epoch %d: the statement ran: %t", c.version, c.epoch, ran)
			}
		}
	}
}

func TestExpectNone_isOneRoundTripWithTheFirstStatement(t *testing.T) {
	t.Parallel()
	counting, sent := countedEngine()
	db, err := counting.Open(t.Context(), server.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for n := range 4 {
		before := sent.Load()
		s := begin(t, db, options)
		begun := sent.Load()
		s.(engine.Expecter).ExpectNone(entry("1").MigrationID)
		// The server is told to say all that it says behind this one, whatever a script has silenced.
		text := fmt.Sprintf(`CREATE TABLE IF NOT EXISTS "t%d" (id int)`, n)
		if _, err := s.Exec(t.Context(), statement.Statement{Verb: "CREATE TABLE", Text: text}); err != nil {
			t.Fatal(err)
		}
		ran := sent.Load()
		if err := errors.Join(s.Commit(t.Context()), s.Close()); err != nil {
			t.Fatal(err)
		}
		ended := sent.Load()
		if n > 1 && (begun != before || ran != begun+1 || ended != ran+1) {
			t.Errorf("session %d: %d round trips to begin, %d to run, %d to commit", n, begun-before, ran-begun,
				ended-ran)
		}
	}
}

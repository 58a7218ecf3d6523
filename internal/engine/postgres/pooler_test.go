package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest/pgserver"
	"towpath/internal/engine/postgres"
	"towpath/internal/statement"
)

func TestPooler(t *testing.T) {
	t.Parallel()
	direct := server.Database(t)
	pooled := direct
	pooled.Address = server.Pooler(t, "transaction", 1)
	report, err := postgres.New().Check(t.Context(), pooled)
	if err != nil || !report.OK || len(report.Findings) == 0 || !strings.Contains(report.Findings[0].Message,
		"pooler") {
		t.Errorf("report is %+v, %v", report, err)
	}
	withTLS := pooled
	withTLS.Options = map[string]string{"tls": "require"}
	report, err = postgres.New().Check(t.Context(), withTLS)
	if err != nil || report.OK || len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Message,
		"does not offer TLS") {
		t.Errorf("report is %+v, %v", report, err)
	}

	db := open(t, pooled)
	o := options
	o.NoTx = true
	s := begin(t, db, o)
	if _, err := s.Exec(t.Context(), statement.Statement{Text: "VACUUM", NoTx: true}); kindOf(
		err) != engine.Refused || !strings.Contains(err.Error(), "own address") {
		t.Errorf("error is %v", err)
	}
	if err := s.Record(t.Context(), entry("1")); err != nil {
		t.Error(err)
	}
	s = begin(t, db, options)
	for _, text := range []string{
		"CREATE SCHEMA hidden", "SET search_path = hidden",
		"CREATE TABLE a (id int)",
	} {
		if _, err := s.Exec(t.Context(), statement.Statement{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Record(t.Context(), entry("2")), s.Commit(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
	// The pool has one session, so this is the same one.
	if err := run(t.Context(), begin(t, db, options),
		"DO $$ BEGIN ASSERT current_setting('search_path') LIKE '%public%'; END $$"); err != nil {
		t.Errorf("the settings outlived the migration: %v", err)
	}
	if got, err := open(t, direct).Ledger(t.Context()); err != nil || len(got.Entries) != 2 {
		t.Errorf("ledger is %v, %v", got, err)
	}
}

func TestPooler_inSessionMode(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	target.Address = server.Pooler(t, "session", 3)
	target.Options[postgres.OptionPooler] = "session"
	report, err := postgres.New().Check(t.Context(), target)
	if err != nil || !report.OK || len(report.Findings) > 0 && strings.Contains(report.Findings[0].Message,
		"pooler") {
		t.Errorf("report is %+v, %v", report, err)
	}
	o := options
	o.NoTx = true
	s := begin(t, open(t, target), o)
	for _, text := range []string{
		"CREATE TABLE \"order\" (ü int)",
		"CREATE INDEX CONCURRENTLY i ON \"order\" (ü)", "VACUUM \"order\"",
	} {
		if _, err := s.Exec(t.Context(), statement.Statement{Text: text, NoTx: true}); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if err := s.Record(t.Context(), entry("1")); err != nil {
		t.Error(err)
	}
}

func TestPooler_thatIsNotInTheModeThatPeopleSay(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	target.Address = server.Pooler(t, "transaction", 2)
	target.Options[postgres.OptionPooler] = "session"
	report, err := postgres.New().Check(t.Context(), target)
	if err != nil || report.OK || !strings.Contains(report.Findings[0].Message, "not in session mode") {
		t.Errorf("report is %+v, %v", report, err)
	}
	o := options
	o.NoTx = true
	mine := begin(t, open(t, target), o)
	busy := begin(t, open(t, target), options) // keeps the session of the server that was free
	_, err = busy.Exec(t.Context(), statement.Statement{Text: "SELECT 1"})
	if err == nil {
		_, err = mine.Exec(t.Context(), statement.Statement{Text: "VACUUM", NoTx: true})
	}
	if kindOf(err) != engine.Refused {
		t.Errorf("error is %v", err)
	}
}

func TestCheck_standby(t *testing.T) {
	t.Parallel()
	standby, err := pgserver.StartStandby()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := standby.Stop(); err != nil {
			t.Error(err)
		}
	})
	target := standby.Target()
	target.Database = "postgres"
	report, err := postgres.New().Check(t.Context(), target)
	if err != nil || report.OK || len(report.Findings) == 0 || !strings.Contains(report.Findings[0].Message,
		"standby") {
		t.Errorf("report is %+v, %v", report, err)
	}
	if _, err := open(t, target).Begin(t.Context(), options); kindOf(err) != engine.Failed ||
		!strings.Contains(err.Error(), "recovery") {
		t.Errorf("error is %v", err)
	}
	if _, err := open(t, target).Schema(t.Context()); err != nil {
		t.Error(err)
	}
}

package mysql_test

import (
	"errors"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
	"towpath/internal/statement"
)

// A node of a cluster that has undone the transaction of a statement, and has said nothing, does not
// record the statement.
func TestExecRecord_inATransactionThatTheServerUndid(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	db, err := mysql.New().Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	s, err := db.Begin(t.Context(), engine.SessionOptions{NoTx: true, LockTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	mysql.InCluster(s)
	row := func(version string) towpath.LedgerEntry {
		return towpath.LedgerEntry{
			MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDML},
			State:       towpath.LedgerRunning,
			StartedAt:   time.Now(),
		}
	}
	if _, err := s.ExecRecord(t.Context(), statement.Statement{Text: "DO 1"}, row("1")); err != nil {
		t.Fatal(err)
	}
	_, err = s.ExecRecord(t.Context(), statement.Statement{Text: "ROLLBACK"}, row("2"))
	if e := (*engine.Error)(nil); !errors.As(err, &e) || e.Kind != engine.Locked {
		t.Errorf("the error is %v", err)
	}
	for version, want := range map[string]bool{"1": true, "2": false} {
		if _, found, err := s.Entry(t.Context(), row(version).MigrationID); err != nil || found != want {
			t.Errorf("version %s is recorded: %v, %v", version, found, err)
		}
	}
}

// Package enginetest has the suite that every engine must pass, on a real database.
package enginetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// Fixture is an engine and the parts of its dialect that the suite needs.
type Fixture struct {
	Engine engine.Engine
	New    func(t *testing.T) engine.Target // a fresh, empty database

	// Admin runs statements in a database as an administrator; nil where there are no users.
	Admin func(t *testing.T, database string, statements ...string)

	Missing func(t *testing.T) engine.Target // a database that is not there
	AutoKey string                           // type and constraints of a key that counts up
	Slow    string                           // a statement that needs many seconds
	// the description of a session that holds a lock and runs Slow
	Blocker          []string
	TransactionalDDL bool
	Schema           string // a script with one of everything that the catalog reader knows
	// Has reports whether the running server is of the kind or version that a line of a script
	// needs: "18", "mariadb". Nil needs nothing.
	Has func(word string) bool
	// Cosmetic are two scripts whose catalogs are the same although their texts differ.
	Cosmetic [2]string
}

// wait bounds every test of the suite.
const wait = 30 * time.Second

// Run runs the suite.
func Run(t *testing.T, f Fixture) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"a new database has no ledger, and reading makes none", testEmptyLedger},
		{"a migration and its ledger row last together", testCommit},
		{"closing without commit leaves nothing", testRollback},
		{"without a transaction each statement lasts", testNoTx},
		{"a ledger row keeps all its fields", testLedgerFields},
		{"a ledger of a newer format is refused", testNewerFormat},
		{"an older epoch is fenced off", testFenced},
		{"somebody else's lock is told within the bound", testLocked},
		{"a statement over its limit is stopped", testStatementTimeout},
		{"a cancelled statement is stopped", testCancel},
		{"a failing statement is the database's own words", testFailed},
		{"row counts are those of the statement", testRows},
		{"a dump replays to the same fingerprint", testDump},
		{"a new column is one more line of a dump", testColumnALine},
		{"a repair takes back what was done by hand", testRepair},
		{"the ledger is not part of the schema", testSchemaWithoutLedger},
		{"the fingerprint changes with the schema only", testFingerprint},
		{"text in any script survives", testUnicode},
		{"a missing database is unavailable", testMissing},
		{"a database that is there is found and healthy", testDiscover},
		{"histories of other tools are read, and nothing else", testHistories},
		{"a new row of another tool is noticed", testHistoryMark},
		{"the rights that are described are enough", testRights},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, f)
		})
	}
}

// bench is one open database.
type bench struct {
	t  *testing.T
	f  Fixture
	db engine.DB
}

func setup(t *testing.T, f Fixture) (context.Context, *bench) {
	t.Helper()
	return setupTarget(t, f, f.New(t))
}

func setupTarget(t *testing.T, f Fixture, target engine.Target) (context.Context, *bench) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	t.Cleanup(cancel)
	db, err := f.Engine.Open(ctx, target)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return ctx, &bench{t: t, f: f, db: db}
}

var options = engine.SessionOptions{LockTimeout: 5 * time.Second, StatementTimeout: 20 * time.Second}

func (b *bench) begin(ctx context.Context, o engine.SessionOptions) engine.Session {
	b.t.Helper()
	s, err := b.db.Begin(ctx, o)
	if err != nil {
		b.t.Fatalf("begin: %v", err)
	}
	b.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.t.Errorf("close session: %v", err)
		}
	})
	return s
}

// apply runs a script in one session and commits it.
func (b *bench) apply(ctx context.Context, script string) {
	b.t.Helper()
	notx := false
	for _, s := range b.split(script) {
		notx = notx || s.NoTx
	}
	o := options
	o.NoTx = notx
	s := b.begin(ctx, o)
	for _, one := range b.split(script) {
		if _, err := s.Exec(ctx, one); err != nil {
			b.t.Fatalf("%s: %s: %v", one.Pos, one.Summary(120), err)
		}
	}
	if err := s.Commit(ctx); err != nil {
		b.t.Fatalf("commit: %v", err)
	}
	if err := s.Close(); err != nil {
		b.t.Fatalf("close: %v", err)
	}
}

func (b *bench) split(script string) (all []statement.Statement) {
	b.t.Helper()
	for s, err := range b.f.Engine.Split(strings.NewReader(script)) {
		if err != nil {
			b.t.Fatalf("split: %v", err)
		}
		all = append(all, s)
	}
	return all
}

func sql(text string) statement.Statement { return statement.Statement{Text: text} }

// exec runs one statement, with what the splitter knows of it.
func (b *bench) exec(ctx context.Context, s engine.Session, text string) int64 {
	b.t.Helper()
	all := b.split(text)
	if len(all) != 1 {
		b.t.Fatalf("%s: %d statements", text, len(all))
	}
	rows, err := s.Exec(ctx, all[0])
	if err != nil {
		b.t.Fatalf("%s: %v", text, err)
	}
	return rows
}

func wantKind(t *testing.T, err error, kind engine.Kind) *engine.Error {
	t.Helper()
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("error is %v, want kind %s", err, kind)
	}
	return e
}

func entry(version string, epoch int64) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID:     towpath.MigrationID{Version: version, Type: towpath.TypeDDL},
		State:           towpath.LedgerDone,
		Description:     "create ünïcode 表",
		Path:            "db/1##ddl.sql",
		Checksum:        strings.Repeat("a", 64),
		Commit:          strings.Repeat("b", 40),
		Epoch:           epoch,
		ServerID:        "server",
		DatabaseID:      "database",
		StatementsTotal: 3,
		StatementsDone:  2,
		StartedAt:       time.Date(2026, 11, 22, 10, 11, 12, 345678000, time.UTC),
	}
}

func (b *bench) record(ctx context.Context, entries ...towpath.LedgerEntry) error {
	b.t.Helper()
	s := b.begin(ctx, options)
	if err := s.Record(ctx, entries...); err != nil {
		return errors.Join(err, s.Close())
	}
	return errors.Join(s.Commit(ctx), s.Close())
}

func (b *bench) ledger(ctx context.Context) []towpath.LedgerEntry {
	b.t.Helper()
	l, err := b.db.Ledger(ctx)
	if err != nil {
		b.t.Fatalf("ledger: %v", err)
	}
	if len(l.Shape) > 0 {
		b.t.Fatalf("the ledger's table: %q", l.Shape)
	}
	return l.Entries
}

func (b *bench) schema(ctx context.Context) engine.Schema {
	b.t.Helper()
	schema, err := b.db.Schema(ctx)
	if err != nil {
		b.t.Fatalf("schema: %v", err)
	}
	return schema
}

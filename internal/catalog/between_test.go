package catalog_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/store"
)

// busy is an engine on whose databases a migration ends after the ledger was read and before the
// catalog is.
type busy struct {
	engine.Engine
	migrate func()
}

func (b busy) Open(ctx context.Context, t engine.Target) (engine.DB, error) {
	db, err := b.Engine.Open(ctx, t)
	return busyDB{DB: db, migrate: b.migrate}, err
}

type busyDB struct {
	engine.DB
	migrate func()
}

func (b busyDB) Schema(ctx context.Context) (engine.Schema, error) {
	b.migrate()
	return b.DB.Schema(ctx)
}

// A database whose first migration runs while its ledger is read has tables and a record, and no
// file of it is held.
func TestRefreshLedgers_aMigrationBetweenTwoReadingsIsSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec(t, "shop", "VACUUM")
	_, list := b.add(t)
	plain := b.Engines[towpath.EngineSQLite]
	entry := towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL},
		State:       towpath.LedgerDone,
		DatabaseID:  list[0].ID,
	}
	b.Engines[towpath.EngineSQLite] = busy{Engine: plain, migrate: sync.OnceFunc(func() {
		b.exec(t, "shop", "CREATE TABLE item (id INTEGER)")
		db, err := plain.Open(t.Context(), engine.Target{Address: ".", Database: "shop"})
		if err != nil {
			t.Fatal(err)
		}
		session, err := db.Begin(t.Context(), engine.SessionOptions{LockTimeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if err := session.Record(t.Context(), entry); err != nil {
			t.Fatal(err)
		}
		if err := session.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = session.Close()
		_ = db.Close()
	})}
	if s := b.snapshots(t)["shop"]; !s.Error.IsZero() || s.Populated || len(s.Entries) != 1 {
		t.Errorf("shop is %+v", s)
	}
}

// A reading that had begun when somebody asked for one does not count: what they mean may have come
// after it.
func TestRefreshLedgers_aRequestDuringAReadingIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t, "straße")
	b.add(t)
	request := func() {
		b.write(t, func(ctx context.Context, tx *store.Tx) error {
			return tx.StaleLedgers(ctx, b.project.ID)
		})
	}
	fresh := func(want bool) {
		t.Helper()
		if got := b.snapshots(t)["straße"]; got.Fresh(b.Store.Now(), time.Hour) != want {
			t.Errorf("fresh: %v, of %+v", !want, got)
		}
	}
	fresh(true)
	b.Engines[towpath.EngineSQLite] = busy{
		Engine: b.Engines[towpath.EngineSQLite], migrate: sync.OnceFunc(request),
	}
	request()
	fresh(false)
	fresh(true)
}

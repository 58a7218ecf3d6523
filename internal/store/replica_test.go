package store_test

import (
	"context"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// wakes waits until the store is woken; the tests see no other hint, since they never poll.
func wakes(t *testing.T, s *store.Store, why string) {
	t.Helper()
	select {
	case <-s.Woken():
	case <-time.After(20 * time.Second):
		t.Fatalf("nobody was woken: %s", why)
	}
}

func TestWoken_byOwnWork(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		if s.Shared() {
			wakes(t, s, "listening began")
		}
		enqueue(t, s, "l1")
		wakes(t, s, "work was enqueued")
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.EnqueueAt(ctx, towpath.JobReconcile, "l2", tx.Now.Add(time.Hour))
		})
		select {
		case <-s.Woken():
			t.Error("woken for work of later")
		case <-time.After(50 * time.Millisecond):
		}
	})
}

func TestWoken_byAnotherReplicasWork(t *testing.T) {
	t.Parallel()
	address := newPostgres(t)
	a, b := open(t, address), open(t, address)
	wakes(t, a, "listening began")
	wakes(t, b, "listening began")
	for range 3 {
		enqueue(t, a, "l1")
		wakes(t, a, "own work")
		wakes(t, b, "another replica's work")
	}
}

func TestWoken_againAfterALostConnection(t *testing.T) {
	t.Parallel()
	address := newPostgres(t)
	a, b := open(t, address), open(t, address)
	wakes(t, a, "listening began")
	wakes(t, b, "listening began")
	write(t, a, func(ctx context.Context, tx *store.Tx) error {
		return tx.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "+
			"current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()")
	})
	wakes(t, b, "listening began again")
	enqueue(t, a, "l1")
	wakes(t, b, "another replica's work")
}

func TestNow_isTheDatabaseTimeInAllReplicas(t *testing.T) {
	t.Parallel()
	address := newPostgres(t)
	a, b := open(t, address), open(t, address)
	var told time.Time
	read(t, a, func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // one row
		var micros int64
		for rows.Next() {
			if err := rows.Scan(&micros); err != nil {
				return err
			}
		}
		told = time.UnixMicro(micros)
		return rows.Err()
	})
	// The bound is wide for a loaded machine, and far below any lease.
	for name, s := range map[string]*store.Store{"a": a, "b": b} {
		if ahead := s.Now().Sub(told); ahead < -200*time.Millisecond || ahead > time.Second {
			t.Errorf("%s is %v ahead of the database", name, ahead)
		}
	}
}

func TestClock_isSetFromTheDatabase(t *testing.T) {
	t.Parallel()
	s := open(t, newPostgres(t))
	s.ShiftClock(-time.Hour)
	if behind := time.Since(s.Now()); behind < 59*time.Minute {
		t.Fatalf("the clock was not shifted: %v", behind)
	}
	if err := s.SetClock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if off := time.Since(s.Now()).Abs(); off > time.Second {
		t.Errorf("%v off after it was set", off)
	}
}

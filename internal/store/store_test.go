package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "metadata with space.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func write(t *testing.T, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func TestJobAskedForDuringItsRunRunsAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, towpath.JobReconcile, "l1") })
	var claimed []towpath.Job
	claim := func(ctx context.Context, tx *store.Tx) (err error) {
		claimed, err = tx.ClaimJobs(ctx, "me", tx.Now.Add(time.Minute), 10)
		return err
	}
	write(t, s, claim)
	if len(claimed) != 1 {
		t.Fatalf("claimed %d jobs, want 1", len(claimed))
	}
	first := claimed[0]
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, towpath.JobReconcile, "l1") })
	write(t, s, claim)
	if len(claimed) != 0 {
		t.Fatalf("claimed a leased job: %+v", claimed)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.FinishJob(ctx, first, nil) })
	write(t, s, claim)
	if len(claimed) != 1 {
		t.Fatal("what was asked for during the run was swallowed")
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.FinishJob(ctx, claimed[0], nil) })
	write(t, s, claim)
	if len(claimed) != 0 {
		t.Fatal("finished work is still due")
	}
}

package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towpath"
	"towpath/internal/engine/enginetest/pgserver"
	"towpath/internal/jobs"
	"towpath/internal/store"
)

const kind = towpath.JobKind("test-kind")

type bundle struct {
	store  *store.Store
	runner *jobs.Runner
}

func setup(t *testing.T, metadata string, handler jobs.Handler) *bundle {
	t.Helper()
	st, err := store.Open(t.Context(), metadata)
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{store: st, runner: &jobs.Runner{
		Store: st, Owner: "a", Handlers: map[towpath.JobKind]jobs.Handler{kind: handler},
		Logger: slog.New(slog.DiscardHandler),
	}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.runner.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, st.Close()); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bundle) enqueue(t *testing.T, subject string) {
	t.Helper()
	if err := b.store.Write(t.Context(),
		func(tx *store.Tx) error { return tx.Enqueue(t.Context(), kind, subject) }); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) job(t *testing.T, subject string) (job towpath.Job) {
	t.Helper()
	err := b.store.Read(t.Context(), func(tx *store.Tx) (err error) {
		job, err = tx.Job(t.Context(), kind, subject)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatalf("timed out: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// server holds metadata beside the SQLite files.
var server *pgserver.Server

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	var err error
	if server, err = pgserver.Start(); err == nil {
		code = m.Run()
		err = errors.Join(server.Stop(), goleak.Find())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// onBoth runs a test with its metadata in SQLite and in PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, metadata string)) {
	t.Helper()
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "m.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		target := server.Database(t)
		address := url.URL{
			Scheme:   "postgres",
			User:     url.UserPassword(target.Username, target.Password),
			Host:     target.Address,
			Path:     target.Database,
			RawQuery: "sslmode=disable",
		}
		test(t, address.String())
	})
}

func TestAskedForWhileRunningIsSeenOnceMore(t *testing.T) {
	onBoth(t, func(t *testing.T, metadata string) {
		var runs atomic.Int64
		started, release := make(chan struct{}, 10), make(chan struct{}, 10)
		b := setup(t, metadata, func(ctx context.Context, _ string) (*time.Time, error) {
			runs.Add(1)
			started <- struct{}{}
			<-release
			return nil, nil
		})
		b.enqueue(t, "x")
		<-started
		b.enqueue(t, "x")
		b.enqueue(t, "x")
		release <- struct{}{}
		<-started
		release <- struct{}{}
		until(t, "all seen", func() bool {
			j := b.job(t, "x")
			return j.Generation == 3 &&
				j.ObservedGeneration == 3
		})
		if runs.Load() != 2 {
			t.Errorf("ran %d times, want 2", runs.Load())
		}
	})
}

func TestFailureIsKeptAndRetried(t *testing.T) {
	onBoth(t, func(t *testing.T, metadata string) {
		var runs atomic.Int64
		b := setup(t, metadata, func(context.Context, string) (*time.Time, error) {
			now := time.Now()
			switch runs.Add(1) {
			case 1:
				return &now, errors.New("far side is down")
			case 2:
				panic("bad subject")
			}
			return nil, nil
		})
		b.enqueue(t, "x")
		until(t, "success at the third try",
			func() bool { j := b.job(t, "x"); return j.ObservedGeneration == j.Generation })
		if j := b.job(t, "x"); runs.Load() != 3 || j.Attempts != 0 || !j.LastError.IsZero() {
			t.Errorf("after %d runs: %+v", runs.Load(), j)
		}
	})
}

func TestAgainLooksOnceMore(t *testing.T) {
	onBoth(t, func(t *testing.T, metadata string) {
		var runs atomic.Int64
		b := setup(t, metadata, func(context.Context, string) (*time.Time, error) {
			soon := time.Now().Add(20 * time.Millisecond)
			if runs.Add(1) == 1 {
				return &soon, nil
			}
			return nil, nil
		})
		b.enqueue(t, "x")
		until(t, "a second look", func() bool { return runs.Load() == 2 })
	})
}

func TestLostLeaseStopsTheHandler(t *testing.T) {
	onBoth(t, func(t *testing.T, metadata string) {
		started, cause := make(chan struct{}), make(chan error, 1)
		st, err := store.Open(t.Context(), metadata)
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		r := &jobs.Runner{
			Store:  st,
			Owner:  "a",
			Lease:  600 * time.Millisecond, // long enough to be extended on a busy machine
			Logger: slog.New(slog.DiscardHandler),
			Handlers: map[towpath.JobKind]jobs.Handler{kind: func(ctx context.Context,
				_ string,
			) (*time.Time, error) {
				close(started)
				<-ctx.Done()
				cause <- context.Cause(ctx)
				return nil, ctx.Err()
			}},
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		if err := st.Write(ctx, func(tx *store.Tx) error { return tx.Enqueue(ctx, kind, "x") }); err != nil {
			t.Fatal(err)
		}
		go func() { done <- r.Run(ctx) }()
		<-started
		// Another process takes over: frees the lease and claims with its own name.
		if err := st.Write(ctx, func(tx *store.Tx) error {
			if err := tx.FreeLeases(ctx); err != nil {
				return err
			}
			_, err := tx.ClaimJobs(ctx, "b", tx.Now.Add(time.Hour), 1)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := <-cause; got == nil || errors.Is(got, context.Canceled) {
			t.Errorf("handler ended with %v, want the loss of its lease", got)
		}
		stop()
		<-done
		var job towpath.Job
		if err := st.Read(t.Context(),
			func(tx *store.Tx) (err error) {
				job, err = tx.Job(t.Context(), kind,
					"x")
				return err
			}); err != nil {
			t.Fatal(err)
		}
		if job.Lease.Owner != "b" || job.ObservedGeneration != 0 {
			t.Errorf("the old owner wrote over the new one: %+v", job)
		}
	})
}

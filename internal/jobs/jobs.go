// Package jobs runs background work. It claims due rows of the job table, calls the handler of each
// kind, extends the lease meanwhile, and records the outcome. The handlers define what a job means.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Handler brings a subject to its desired state. It may be called for a subject that needs no work
// or no longer exists. requeueAt, when not nil, schedules the next run; with an error it overrides
// the default backoff.
type Handler func(ctx context.Context, subject string) (requeueAt *time.Time, err error)

// PeriodicJob is work that depends only on the clock.
type PeriodicJob struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// Runner runs jobs until its context ends.
type Runner struct {
	Store    *store.Store
	Owner    string // unique per start of a process
	Handlers map[towpath.JobKind]Handler
	Periodic []PeriodicJob
	Workers  int           // jobs at once; 0 is 16
	Lease    time.Duration // how long a job stays claimed after its last heartbeat; 0 is 15 s
	Logger   *slog.Logger
}

// idlePoll bounds the delay of work that another process has enqueued.
const idlePoll = time.Second

// Run claims and runs jobs until ctx ends, then waits for the handlers to return. The handlers'
// contexts end with ctx.
func (r *Runner) Run(ctx context.Context) error {
	if r.Workers <= 0 {
		r.Workers = 16
	}
	if r.Lease <= 0 {
		r.Lease = 15 * time.Second
	}
	var running sync.WaitGroup
	for _, s := range r.Periodic {
		running.Add(1)
		go func() {
			defer running.Done()
			r.runPeriodic(ctx, s)
		}()
	}
	done := make(chan struct{}, r.Workers)
	busy := 0
	for ctx.Err() == nil {
		claimed, err := r.claim(ctx, r.Workers-busy)
		if err != nil && ctx.Err() == nil {
			r.Logger.Error("cannot claim jobs", "error", err)
		}
		for _, job := range claimed {
			busy++
			running.Add(1)
			go func() {
				defer running.Done()
				r.run(ctx, job)
				done <- struct{}{}
			}()
		}
		timer := time.NewTimer(r.pause(ctx, busy))
		select {
		case <-ctx.Done():
		case <-r.Store.Woken():
		case <-timer.C:
		case <-done:
			busy--
		}
		timer.Stop()
	}
	for ; busy > 0; busy-- {
		<-done
	}
	running.Wait()
	return nil
}

func (r *Runner) claim(ctx context.Context, free int) (claimed []towpath.Job, err error) {
	if free == 0 {
		return nil, nil
	}
	due := false
	err = r.Store.Read(ctx, func(tx *store.Tx) error {
		next, err := tx.NextDue(ctx)
		due = next != nil && !next.After(tx.Now)
		return err
	})
	if err != nil || !due {
		return nil, err
	}
	err = r.Store.Write(ctx, func(tx *store.Tx) error {
		claimed, err = tx.ClaimJobs(ctx, r.Owner, tx.Now.Add(r.Lease), free)
		return err
	})
	return claimed, err
}

// pause returns how long to wait for the next due job, unless a signal arrives first.
func (r *Runner) pause(ctx context.Context, busy int) time.Duration {
	wait := idlePoll
	if busy >= r.Workers {
		return wait // a finishing worker sends a signal
	}
	err := r.Store.Read(ctx, func(tx *store.Tx) error {
		next, err := tx.NextDue(ctx)
		if next != nil {
			wait = min(wait, max(next.Sub(tx.Now), 5*time.Millisecond))
		}
		return err
	})
	if err != nil {
		return idlePoll // claim gets the same error and reports it
	}
	return wait
}

func (r *Runner) run(ctx context.Context, job towpath.Job) {
	log := r.Logger.With("job", job.Kind, "subject", job.Subject)
	jobCtx, cancel := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.keepLease(jobCtx, cancel, job)
	}()
	requeueAt, err := r.handle(jobCtx, job)
	cause := context.Cause(jobCtx)
	cancel(nil)
	<-stopped

	// The outcome is recorded even while the server stops: otherwise the work would wait for the
	// lease to expire.
	endCtx, end := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer end()
	writeErr := r.Store.Write(endCtx, func(tx *store.Tx) error {
		switch {
		case cause != nil: // interrupted, which does not count as a failure: run it again
			return tx.FailJob(endCtx, job, job.LastError, tx.Now)
		case err != nil:
			retry := tx.Now.Add(Backoff(job.Attempts))
			if requeueAt != nil {
				retry = *requeueAt
			}
			return tx.FailJob(endCtx, job, towpath.ReasonOf(err), retry)
		}
		return tx.FinishJob(endCtx, job, requeueAt)
	})
	if err != nil && cause == nil {
		log.Warn("job failed, will retry", "attempt", job.Attempts+1, "error", err)
	}
	if writeErr != nil {
		log.Error("cannot write a job's outcome", "error", writeErr)
	}
}

// handle calls the handler and turns a panic into an error, so that one subject cannot stop the
// others.
func (r *Runner) handle(ctx context.Context, job towpath.Job) (requeueAt *time.Time, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	handler := r.Handlers[job.Kind]
	if handler == nil {
		return nil, fmt.Errorf("no handler for job kind %q", job.Kind)
	}
	return handler(ctx, job.Subject)
}

var errLeaseLost = fmt.Errorf("another process has taken over the job")

func (r *Runner) keepLease(ctx context.Context, cancel context.CancelCauseFunc, job towpath.Job) {
	tick := time.NewTicker(r.Lease / 3)
	defer tick.Stop()
	until := time.Now().Add(r.Lease)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		ours := true
		err := r.Store.Write(ctx, func(tx *store.Tx) (err error) {
			ours, err = tx.ExtendJob(ctx, job, tx.Now.Add(r.Lease))
			return err
		})
		switch {
		case err == nil && ours:
			until = time.Now().Add(r.Lease)
		case err == nil, time.Now().After(until):
			cancel(errLeaseLost)
			return
		}
	}
}

func (r *Runner) runPeriodic(ctx context.Context, s PeriodicJob) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		if err := s.Run(ctx); err != nil && ctx.Err() == nil {
			r.Logger.Error("periodic job failed", "job", s.Name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Backoff returns how long to wait after a number of consecutive failures: half a second, doubling
// up to five minutes, with a quarter of jitter so that retries spread.
func Backoff(failures int) time.Duration {
	d := 500 * time.Millisecond << min(failures, 10)
	d = min(d, 5*time.Minute)
	return d - d/8 + rand.N(d/4)
}

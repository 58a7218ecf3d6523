package executor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// progressEvery bounds how often progress is written.
const progressEvery = 500 * time.Millisecond

// batch is a series of attempts in one target, under one lease and one connection.
type batch struct {
	*shared
	queue
	ahead     ahead
	rolloutID string
	claimTime time.Duration    // how long the tasks of one claim should take together
	ticks     <-chan time.Time // of the heartbeat; nil uses a clock
	logger    *slog.Logger
}

// work runs the claimed tasks and those that follow, until none is left or one does not succeed.
// errLeaseLost when another process may have taken over.
func (b *batch) work(ctx context.Context) error {
	defer b.fill(nil) // no attempt runs any more
	defer b.ahead.wait()
	for size := 0; ; {
		b.target.reading = 0
		began := time.Now()
		ran, succeeded, err := b.runClaimed(ctx)
		if err != nil {
			return err
		}
		if size = claimSize(ran, time.Since(began)-b.target.reading, b.claimTime); !succeeded || ctx.Err() != nil {
			size = 0
		}
		if more, err := b.report(ctx, size); err != nil || !more {
			return err
		}
	}
}

// runClaimed runs the waiting attempts, up to the first task that does not succeed. It returns how many
// ran.
func (b *batch) runClaimed(ctx context.Context) (ran int, succeeded bool, err error) {
	for ; ; ran++ {
		a := b.next(b.lease.now)
		if a == nil {
			return ran, true, nil
		}
		a.script = b.ahead.take(a)
		b.ahead.begin(ctx, b.following(), b.target.engine, b.target.address)
		a.out = a.run(ctx)
		a.endedAt = b.lease.now()
		if errors.Is(context.Cause(ctx), errLeaseLost) || a.out.fenced {
			return ran, false, errLeaseLost
		}
		b.finish(a)
		if a.out.state != towpath.TaskDone {
			return ran, false, nil
		}
	}
}

// report writes the outcomes of attempts and claims up to size more tasks, in one transaction. When
// there are none, it releases the target.
func (b *batch) report(parent context.Context, size int) (more bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), writeLimit)
	defer cancel()
	ended, unbegun := b.empty()
	b.confirmSchemas(ctx, ended)
	if len(ended) > 0 {
		b.reached("before metadata")
	}
	var claimed []*attempt
	err = b.store.Write(ctx, func(tx *store.Tx) error {
		claimed = nil
		if err := b.saveOutcomes(ctx, tx, ended, unbegun); err != nil {
			return err
		}
		if size > 0 {
			line, err := tx.NextTasks(ctx, b.rolloutID, b.database.ID, size)
			if err != nil {
				return err
			}
			if line, err = passingTasks(ctx, tx, line); err != nil {
				return err
			}
			if claimed, err = b.start(ctx, tx, line); err != nil {
				return err
			}
		}
		if len(claimed) > 0 {
			return tx.EnqueueAt(ctx, towpath.JobAdvance, b.rolloutID, tx.Now.Add(progressEvery))
		}
		if err := tx.Enqueue(ctx, towpath.JobAdvance, b.rolloutID); err != nil {
			return err
		}
		return b.lease.release(ctx, tx)
	})
	if err != nil {
		return false, fmt.Errorf("report tasks: %w", err)
	}
	b.log(ctx, ended)
	b.target.alone = len(claimed) == 1
	b.fill(claimed)
	return len(claimed) > 0, nil
}

// confirmSchemas compares the schema that was followed through attempts with the whole one. If they
// differ, it is not known what each of them has changed: only the last schema is kept.
func (b *batch) confirmSchemas(ctx context.Context, ended []*attempt) {
	schema, confirmed := b.target.confirm(ctx)
	if confirmed || len(ended) == 0 {
		return
	}
	if len(ended) > 1 {
		for _, a := range ended {
			a.before, a.after = nil, nil
		}
	}
	ended[len(ended)-1].after = schema
}

// catchUp runs while a task takes long: it reports the tasks before it and returns those that wait
// behind it to pending, so that people can decide about them.
func (b *batch) catchUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, b.lease.length/2)
	defer cancel()
	b.relieve(func(ended, unbegun []*attempt) error {
		err := b.store.Write(ctx, func(tx *store.Tx) error {
			if err := b.saveOutcomes(ctx, tx, ended, unbegun); err != nil {
				return err
			}
			return tx.Enqueue(ctx, towpath.JobAdvance, b.rolloutID)
		})
		if err == nil {
			b.log(ctx, ended)
		}
		return err
	})
}

// saveOutcomes writes the outcomes of attempts and releases unstarted ones, while the lease is held.
func (b *batch) saveOutcomes(ctx context.Context, tx *store.Tx, ended, unbegun []*attempt) error {
	held, err := b.lease.extend(ctx, tx)
	if err != nil {
		return err
	}
	if !held {
		return errLeaseLost
	}
	if err := b.target.ledger.note(ctx, tx); err != nil {
		return err
	}
	r := reporter{tx: tx, rolloutID: b.rolloutID}
	if err := r.finish(ctx, b.database.ID, ended); err != nil {
		return err
	}
	return r.release(ctx, unbegun)
}

func (b *batch) log(ctx context.Context, ended []*attempt) {
	for _, a := range ended {
		b.logger.InfoContext(ctx, "task run",
			"task", a.task.ID, "database", a.task.DatabaseID, "version", a.task.Version,
			"attempt", a.stored.Number, "state", a.out.state,
			"reason", a.out.reason.Code, "message", wording.Text(a.out.reason))
	}
}

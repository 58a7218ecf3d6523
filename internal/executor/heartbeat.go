package executor

import (
	"context"
	"errors"
	"time"

	"towpath"
	"towpath/internal/store"
)

// progressEvery bounds how often a run's progress is written.
const progressEvery = 500 * time.Millisecond

// watch keeps the lease while the turn works, and its tasks' progress. The context that it returns ends with errLeaseLost
// as its cause when the lease is gone. stop must be called.
func (t *batch) watch(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(min(max(t.lease()/3, time.Millisecond), progressEvery))
		defer ticker.Stop()
		ticks := ticker.C
		if t.Ticks != nil {
			ticks = t.Ticks
		}
		var before *attempt
		extended, told := time.Now(), int64(0)
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks:
			}
			r := t.running()
			if r != nil {
				r.cancelIfAsked(ctx)
			}
			if r != nil && r == before {
				t.catchUp(ctx)
			}
			finished := r.statementsFinished()
			if r == before && finished == told && time.Since(extended) < t.lease()/3 {
				continue
			}
			switch held, err := t.beat(ctx, r, finished); {
			case err == nil && !held, err != nil && time.Since(extended) >= t.lease():
				cancel(errLeaseLost)
				return
			case err == nil:
				before, extended, told = r, time.Now(), finished
			}
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-done
	}
}

// running is what is being done now; nil between two tasks.
func (t *batch) running() *attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

// statementsFinished counts the finished statements.
func (r *attempt) statementsFinished() int64 {
	if r == nil {
		return 0
	}
	return r.finished.Load()
}

// catchUp, while a task takes long, tells how those before it have ended, and makes those pending again that wait behind it:
// others may decide about them meanwhile. What fails is tried at the next look: none of them is begun by then.
func (t *batch) catchUp(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unsure, t.waiting = append(t.unsure, t.waiting...), nil
	if len(t.ended)+len(t.unsure) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, t.lease()/2)
	defer cancel()
	err := t.Store.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(t.settleUp(ctx, tx, t.ended, t.unsure), tx.Enqueue(ctx, towpath.JobAdvance, t.rolloutID))
	})
	if err != nil {
		return
	}
	t.tell(ctx, t.ended)
	t.ended, t.unsure = nil, nil
}

// cancelIfAsked ends the attempt when a person wants it to end.
func (r *attempt) cancelIfAsked(ctx context.Context) {
	asked := false
	err := r.Store.Read(ctx, func(tx *store.Tx) error {
		t, err := tx.Task(ctx, r.task.ID)
		asked = err == nil && t.CancelAt != nil && t.Attempts == r.stored.Number
		return err
	})
	if cancel := r.cancel.Load(); err == nil && asked && cancel != nil {
		(*cancel)(errCancelled)
	}
}

// beat extends the lease and writes how far a run is; held is false when the lease is another's.
func (t *batch) beat(ctx context.Context, r *attempt, finished int64) (held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, t.lease()/2)
	defer cancel()
	err = t.Store.Write(ctx, func(tx *store.Tx) error {
		epoch := t.epoch.Load()
		if held, err = tx.ExtendTarget(ctx, t.database.ID, t.owner, epoch, tx.Now.Add(t.lease())); err != nil || !held {
			held = held || epoch != t.epoch.Load() // the turn itself has raised it meanwhile
			return err
		}
		if r == nil {
			return nil
		}
		task, err := tx.Task(ctx, r.task.ID)
		if err != nil || task.State != towpath.TaskRunning {
			return err
		}
		task.Total, task.Finished, task.StartedAt = int(r.total.Load()), int(finished), &r.beganAt
		return tx.UpdateTask(ctx, &task)
	})
	return held, err
}

// raise lifts the lease's epoch over one found in the ledger. Metadata that was restored from a backup is behind its
// ledgers, which would refuse its writes; the lease itself says that the run is the only one.
func (r *attempt) raise(ctx context.Context, found int64) error {
	if found < r.epoch.Load() {
		return nil
	}
	return r.Store.Write(ctx, func(tx *store.Tx) error {
		d, err := tx.Database(ctx, r.task.DatabaseID)
		if err != nil {
			return err
		}
		if d.Lease.Owner != r.owner {
			return errLeaseLost
		}
		d.Lease.Epoch = found + 1
		r.epoch.Store(d.Lease.Epoch)
		return tx.UpdateDatabase(ctx, &d)
	})
}

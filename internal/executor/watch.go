package executor

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// progressEvery bounds how often a run's progress is written.
const progressEvery = 500 * time.Millisecond

// watch keeps the lease and the task's progress while the run works. The context that it returns ends with errLeaseLost as
// its cause when the lease is gone. stop must be called.
func (r *run) watch(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(min(max(r.lease()/3, time.Millisecond), progressEvery))
		defer ticker.Stop()
		extended, told := time.Now(), int64(0)
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if r.cancelAsked(ctx) {
				cancel(errCancelled)
				return
			}
			if r.finished.Load() == told && time.Since(extended) < r.lease()/3 {
				continue
			}
			finished := r.finished.Load()
			switch held, err := r.beat(ctx, int(finished)); {
			case err == nil && !held, err != nil && time.Since(extended) >= r.lease():
				cancel(errLeaseLost)
				return
			case err == nil:
				extended, told = time.Now(), finished
			}
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-done
	}
}

// cancelAsked tells whether a person wants this attempt to end.
func (r *run) cancelAsked(ctx context.Context) (asked bool) {
	err := r.Store.Read(ctx, func(tx *store.Tx) error {
		t, err := tx.Task(ctx, r.task.ID)
		asked = err == nil && t.CancelAt != nil && t.Attempts == r.attempt.Number
		return err
	})
	return err == nil && asked
}

// beat extends the lease and writes how far the run is; held is false when the lease is another's.
func (r *run) beat(ctx context.Context, finished int) (held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.lease()/2)
	defer cancel()
	err = r.Store.Write(ctx, func(tx *store.Tx) error {
		epoch := r.epoch.Load()
		if held, err = tx.ExtendTarget(ctx, r.task.DatabaseID, r.owner, epoch, tx.Now.Add(r.lease())); err != nil || !held {
			held = held || epoch != r.epoch.Load() // the run itself has raised it meanwhile
			return err
		}
		t, err := tx.Task(ctx, r.task.ID)
		if err != nil || t.State != towpath.TaskRunning {
			return err
		}
		t.Total, t.Finished = int(r.total.Load()), finished
		return tx.UpdateTask(ctx, &t)
	})
	return held, err
}

// raise lifts the lease's epoch over one found in the ledger. Metadata that was restored from a backup is behind its
// ledgers, which would refuse its writes; the lease itself says that the run is the only one.
func (r *run) raise(ctx context.Context, found int64) error {
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

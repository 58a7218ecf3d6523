package executor

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// heartbeat keeps the lease while the batch works, and writes the progress of its tasks. The
// returned context ends with the cause errLeaseLost when the lease is lost. The caller must call
// stop.
func (b *batch) heartbeat(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if lost := b.keepLease(ctx); lost {
			cancel(errLeaseLost)
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-done
	}
}

// keepLease sends heartbeats until ctx ends or the lease is lost.
func (b *batch) keepLease(ctx context.Context) (lost bool) {
	length := b.lease.length
	ticker := time.NewTicker(min(max(length/3, time.Millisecond), progressEvery))
	defer ticker.Stop()
	ticks := ticker.C
	if b.ticks != nil {
		ticks = b.ticks
	}
	var before *attempt
	extended, reported := time.Now(), int64(0)
	for {
		select {
		case <-ctx.Done():
			return false
		case <-ticks:
		}
		a := b.running()
		finished := int64(0)
		if a != nil {
			b.cancelIfAsked(ctx, a)
			finished = a.finished.Load()
		}
		if a != nil && a == before {
			b.catchUp(ctx)
			finished = a.finished.Load()
		}
		if a == before && finished == reported && time.Since(extended) < length/3 {
			continue
		}
		held, err := b.beat(ctx, a, finished)
		switch {
		case err == nil && !held, err != nil && time.Since(extended) >= length:
			return true
		case err == nil:
			before = a
			extended = time.Now()
			reported = finished
		}
	}
}

// cancelIfAsked cancels an attempt when a person has asked for it.
func (b *batch) cancelIfAsked(ctx context.Context, a *attempt) {
	asked := false
	err := b.store.Read(ctx, func(tx *store.Tx) error {
		t, err := tx.Task(ctx, a.task.ID)
		asked = err == nil && t.CancelAt != nil && t.Attempts == a.stored.Number
		return err
	})
	if err == nil && asked {
		a.cancel()
	}
}

// beat extends the lease and writes an attempt's progress. held is false when the lease is lost.
func (b *batch) beat(ctx context.Context, a *attempt, finished int64) (held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, b.lease.length/2)
	defer cancel()
	err = b.store.Write(ctx, func(tx *store.Tx) error {
		epoch := b.lease.epoch.Load()
		if held, err = b.lease.extend(ctx, tx); err != nil || !held {
			held = held || epoch != b.lease.epoch.Load() // the batch itself has raised the epoch meanwhile
			return err
		}
		if a == nil {
			return nil
		}
		task, err := tx.Task(ctx, a.task.ID)
		if err != nil || task.State != towpath.TaskRunning {
			return err
		}
		task.Total = int(a.total.Load())
		task.Finished = int(finished)
		task.StartedAt = &a.beganAt
		return tx.UpdateTask(ctx, &task)
	})
	return held, err
}

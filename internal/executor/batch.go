package executor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/seal"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/wording"
)

const (
	// Tasks that follow each other are claimed and reported in batches, since each is a commit of the metadata. A batch
	// grows while the last one was quick, so that few tasks are called running that wait for one before them.
	maxBatch = 64
)

// batch is the time in which a target is ours: its lease, a connection to it, and tasks of a rollout one after the other.
type batch struct {
	*Service
	rolloutID string
	database  towpath.Database
	instance  towpath.Instance
	owner     string // of the lease; each turn has its own, so that two of one process never share one
	epoch     atomic.Int64
	defaults  statement.Limits // of files that say nothing
	maximum   statement.Limits // that a file may ask for

	allowRoles bool // of the environment
	engine     engine.Engine
	target     engine.Target
	db         engine.DB // nil when it is not connected
	takeover   bool      // an earlier run may still be at work in the target
	fenced     bool      // the lease's row in the ledger is this turn's
	schema     *string   // the schema's dump as the last change has left it; nil when it was not read

	book   *seal.Book                 // the ledger's sum; nil when the ledger was not read, or is to be sealed again
	reseal bool                       // the ledger is genuine, and has no seals of the key in use
	known  seal.Known                 // what the metadata had of the ledger when the turn began
	newest atomic.Pointer[seal.Known] // what this turn has written; the watch reads it while the turn writes

	mu      sync.Mutex
	ended   []*attempt // and not reported
	waiting []*attempt // claimed, and not begun
	unsure  []*attempt // perhaps released: they are not begun any more
	current *attempt
}

// claim takes the target's lease, with tasks that are to run one after the other.
func (s *Service) claim(ctx context.Context, tx *store.Tx, tasks []towpath.Task) (t *batch, requeueAt *time.Time, err error) {
	t = &batch{Service: s, rolloutID: tasks[0].RolloutID, owner: s.Owner + "/" + store.NewID()}
	if t.database, err = tx.Database(ctx, tasks[0].DatabaseID); err != nil {
		return nil, nil, err
	}
	t.takeover = t.database.Lease.Owner != "" || tasks[0].State == towpath.TaskRunning
	if busy, err := tx.BusyTargets(ctx, t.database.InstanceID); err != nil || busy >= s.perInstance() {
		at := tx.Now.Add(fullWait)
		return nil, &at, err
	}
	epoch, ok, err := tx.ClaimTarget(ctx, t.database.ID, t.owner, tx.Now.Add(s.lease()))
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		at := tx.Now.Add(busyWait)
		return nil, &at, nil
	}
	t.epoch.Store(epoch)
	t.known = seal.Known{Number: t.database.Ledger.Number, Seal: t.database.Ledger.Seal}
	if t.instance, err = tx.Instance(ctx, t.database.InstanceID); err != nil {
		return nil, nil, err
	}
	e, err := tx.Environment(ctx, t.database.EnvironmentID)
	if err != nil {
		return nil, nil, err
	}
	p, err := tx.Project(ctx, tasks[0].ProjectID)
	if err != nil {
		return nil, nil, err
	}
	t.defaults, t.maximum = s.limits(e, p)
	t.allowRoles = e.AllowRoles
	if t.waiting, err = t.take(ctx, tx, tasks); err != nil {
		return nil, nil, err
	}
	return t, nil, tx.Enqueue(ctx, towpath.JobAdvance, t.rolloutID)
}

// take marks tasks as running and makes an attempt of each, closing one that a crash has left open.
func (t *batch) take(ctx context.Context, tx *store.Tx, tasks []towpath.Task) (runs []*attempt, err error) {
	for _, task := range tasks {
		r := &attempt{batch: t, limits: t.defaults, was: task}
		number := 1
		if task.Attempts > 0 {
			attempts, err := tx.Attempts(ctx, task.ID)
			if err != nil {
				return nil, err
			}
			for _, a := range attempts {
				number = max(number, a.Number+1)
				r.resolved = task.State == towpath.TaskPending && a.State == towpath.TaskUnknown // of the last one
				if a.State == towpath.TaskRunning {
					a.State, a.Message, a.FinishedAt = towpath.TaskFailed, towpath.Why(towpath.ReasonServerDied), &tx.Now
					if err := tx.UpdateAttempt(ctx, &a); err != nil {
						return nil, err
					}
				}
			}
		}
		task.State, task.Reason, task.Error, task.Attempts, task.Total, task.Finished = towpath.TaskRunning, towpath.Reason{}, towpath.Reason{}, number, 0, 0
		task.StartedAt, task.FinishedAt = &tx.Now, nil // and CancelAt stays: what a person asked of a run that died is asked of this one
		if err := tx.UpdateTask(ctx, &task); err != nil {
			return nil, err
		}
		r.task, r.stored = task, towpath.Attempt{TaskID: task.ID, Number: number, State: towpath.TaskRunning, StartedAt: tx.Now}
		if err := tx.CreateAttempt(ctx, &r.stored); err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// work runs what was claimed, then what follows, until there is nothing more or a task does not end well.
// errLeaseLost when another process may have taken over.
func (t *batch) work(ctx context.Context) error {
	defer t.wait(nil) // nothing of this turn runs any more
	for size := 1; ; {
		began, well := time.Now(), true
		for well {
			r := t.next()
			if r == nil {
				break
			}
			r.out = r.work(ctx)
			if r.endedAt = *r.now(); context.Cause(ctx) == errLeaseLost || r.out.fenced {
				return errLeaseLost
			}
			t.end(r)
			well = r.out.state == towpath.TaskDone
		}
		if size = max(size/2, 1); time.Since(began) < t.quick() {
			size = min(size*4, maxBatch)
		}
		if !well || ctx.Err() != nil {
			size = 0
		}
		more, err := t.report(ctx, size)
		if err != nil || !more {
			return err
		}
	}
}

// next begins what waits longest; nil when nothing does.
func (t *batch) next() *attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = nil
	if len(t.waiting) > 0 {
		t.current, t.waiting = t.waiting[0], t.waiting[1:]
		t.current.beganAt = *t.current.now()
	}
	return t.current
}

// end takes a run among those that are to be reported.
func (t *batch) end(r *attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.ended = nil, append(t.ended, r)
}

// close ends what was under way: it returns the runs that have ended, and those that were claimed and have not begun.
func (t *batch) close() (ended, unbegun []*attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ended, unbegun = t.ended, append(t.waiting, t.unsure...)
	t.current, t.ended, t.waiting, t.unsure = nil, nil, nil, nil
	return ended, unbegun
}

// wait replaces what is claimed and not begun.
func (t *batch) wait(runs []*attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.waiting = nil, runs
}

// report writes how runs have ended, in one transaction, and claims size tasks more. Where there are none, it gives the target back.
func (t *batch) report(parent context.Context, size int) (more bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), writeLimit)
	defer cancel()
	ended, unbegun := t.close()
	if len(ended) > 0 {
		ended[0].reached("before metadata")
	}
	var claimed []*attempt
	err = t.Store.Write(ctx, func(tx *store.Tx) error {
		claimed = nil
		if err := t.settleUp(ctx, tx, ended, unbegun); err != nil {
			return err
		}
		if size > 0 {
			line, err := tx.Line(ctx, t.rolloutID, t.database.ID, size)
			if err != nil {
				return err
			}
			if claimed, err = t.take(ctx, tx, line); err != nil {
				return err
			}
		}
		if len(claimed) > 0 {
			return tx.EnqueueAt(ctx, towpath.JobAdvance, t.rolloutID, tx.Now.Add(progressEvery))
		}
		if err := tx.Enqueue(ctx, towpath.JobAdvance, t.rolloutID); err != nil {
			return err
		}
		return tx.ReleaseTarget(ctx, t.database.ID, t.owner, t.epoch.Load())
	})
	if err != nil {
		return false, fmt.Errorf("report tasks: %w", err)
	}
	t.tell(ctx, ended)
	t.wait(claimed)
	return len(claimed) > 0, nil
}

// settleUp writes how runs ended and releases unbegun ones, while the lease is held.
func (t *batch) settleUp(ctx context.Context, tx *store.Tx, ended, unbegun []*attempt) error {
	held, err := tx.ExtendTarget(ctx, t.database.ID, t.owner, t.epoch.Load(), tx.Now.Add(t.lease()))
	if err != nil {
		return err
	}
	if !held {
		return errLeaseLost
	}
	if err := errors.Join(t.noteLedger(ctx, tx), t.conclude(ctx, tx, ended)); err != nil {
		return err
	}
	return t.giveBack(ctx, tx, unbegun)
}

// tell logs how runs have ended.
func (t *batch) tell(ctx context.Context, ended []*attempt) {
	for _, r := range ended {
		t.logger().InfoContext(ctx, "task run", "task", r.task.ID, "database", r.task.DatabaseID, "version", r.task.Version,
			"attempt", r.stored.Number, "state", r.out.state, "reason", r.out.reason.Code, "message", wording.Text(r.out.reason))
	}
}

// giveBack releases tasks of which nothing was begun.
func (t *batch) giveBack(ctx context.Context, tx *store.Tx, runs []*attempt) error {
	for _, r := range runs {
		task, err := tx.Task(ctx, r.task.ID)
		if err != nil {
			return err
		}
		if task.State != towpath.TaskRunning || task.Attempts != r.stored.Number {
			continue // released before, by a transaction whose commit was not confirmed
		}
		if err := errors.Join(t.wakeOther(ctx, tx, task.RolloutID), r.release(ctx, tx, task)); err != nil {
			return err
		}
	}
	return nil
}

// release returns a claimed but unstarted task to pending, then applies any decision that arrived while it was
// marked running: a cancel request fails it, an unlink cancels it, a newer commit plans it again.
func (r *attempt) release(ctx context.Context, tx *store.Tx, task towpath.Task) error {
	if task.CancelAt != nil {
		out := outcome{state: towpath.TaskFailed, reason: towpath.Why(towpath.ReasonCancelledEarly)}
		r.beganAt, r.endedAt = r.stored.StartedAt, tx.Now
		return errors.Join(r.closeAttempt(ctx, tx, out), endTask(ctx, tx, &task, out, tx.Now))
	}
	rollout, err := tx.RolloutAlone(ctx, task.RolloutID)
	if err != nil {
		return err
	}
	link, err := tx.Link(ctx, rollout.LinkID)
	unlinked := towpath.ErrorCode(err) == towpath.CodeNotFound
	if err != nil && !unlinked {
		return err
	}
	last := r.was // what its last attempt has left
	task.State, task.Attempts, task.Error, task.Total, task.Finished = towpath.TaskPending, r.stored.Number-1, last.Error, last.Total, last.Finished
	task.StartedAt, task.FinishedAt = last.StartedAt, last.FinishedAt
	if err := errors.Join(tx.UpdateTask(ctx, &task), tx.DeleteAttempt(ctx, r.stored.ID)); err != nil {
		return err
	}
	if unlinked {
		task.Close(towpath.TaskCancelled, towpath.Why(towpath.ReasonUnlinked), tx.Now)
		return tx.UpdateTask(ctx, &task)
	}
	if task.RolloutID == r.task.RolloutID && link.SyncedCommit == rollout.Commit {
		return nil
	}
	return planAgain(ctx, tx, task)
}

// connect opens the target, unless it is open.
func (t *batch) connect(ctx context.Context) (err error) {
	if t.db == nil {
		t.db, err = t.engine.Open(ctx, t.target)
	}
	return err
}

// disconnect gives up the connection: what matters was committed, or is undone.
func (t *batch) disconnect() {
	if t.db != nil {
		_ = t.db.Close()
	}
	t.db, t.schema, t.book = nil, nil, nil
}

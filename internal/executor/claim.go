package executor

import (
	"context"
	"fmt"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/seal"
	"towpath/internal/store"
)

const (
	busyWait = time.Second     // before a target that another batch holds is claimed again
	fullWait = time.Second / 4 // before an instance at its limit is checked again
)

// begin claims the task's target with the task, or with all tasks that run there. b is nil when
// there is nothing to do, or nothing before requeueAt.
func (s *Service) begin(ctx context.Context, taskID string) (b *batch, requeueAt *time.Time, err error) {
	unknown := false
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		b = nil
		requeueAt = nil
		unknown = false
		task, err := tx.Task(ctx, taskID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		tasks := []towpath.Task{task}
		switch task.State {
		case towpath.TaskUnknown:
			unknown = true
			return nil
		case towpath.TaskPending:
			if may, err := tx.MayStart(ctx, task); err != nil || !may {
				return err
			}
			if paused, err := isPaused(ctx, tx, task); err != nil || paused {
				return err
			}
			var passes bool
			if passes, requeueAt, err = passGate(ctx, tx, task, false); err != nil || !passes {
				return err
			}
			if may, err := mayUndo(ctx, tx, task); err != nil || !may {
				return err
			}
		default: // a batch that began with this task may have left others running
			if tasks, err = tx.RunningTasks(ctx, task.DatabaseID); err != nil || len(tasks) == 0 {
				return err
			}
		}
		b, requeueAt, err = s.claim(ctx, tx, tasks)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("begin task: %w", err)
	}
	if unknown {
		requeueAt, err = s.recheck(ctx, taskID)
	}
	return b, requeueAt, err
}

// claim takes the target's lease, with tasks that run one after the other.
func (s *Service) claim(
	ctx context.Context, tx *store.Tx, tasks []towpath.Task,
) (b *batch, requeueAt *time.Time, err error) {
	database, err := tx.Database(ctx, tasks[0].DatabaseID)
	if err != nil {
		return nil, nil, err
	}
	if busy, err := tx.BusyTargets(ctx, database.InstanceID); err != nil || busy >= s.PerInstance {
		at := tx.Now.Add(fullWait)
		return nil, &at, err
	}
	l := s.newLease(database.ID)
	held, err := l.claim(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	if !held {
		at := tx.Now.Add(busyWait)
		return nil, &at, nil
	}
	if b, err = s.newBatch(ctx, tx, tasks[0], database, l); err != nil {
		return nil, nil, err
	}
	if b.waiting, err = b.start(ctx, tx, tasks); err != nil {
		return nil, nil, err
	}
	return b, nil, tx.Enqueue(ctx, towpath.JobAdvance, b.rolloutID)
}

// newBatch builds the batch of a claimed target.
func (s *Service) newBatch(
	ctx context.Context, tx *store.Tx, task towpath.Task, d towpath.Database, l *lease,
) (*batch, error) {
	instance, err := tx.Instance(ctx, d.InstanceID)
	if err != nil {
		return nil, err
	}
	e, err := tx.Environment(ctx, d.EnvironmentID)
	if err != nil {
		return nil, err
	}
	p, err := tx.Project(ctx, task.ProjectID)
	if err != nil {
		return nil, err
	}
	unreleased := d.Lease.Owner != "" || task.State == towpath.TaskRunning
	t := &target{
		reach:  func() (engine.Engine, engine.Target, error) { return s.reach(instance, d.Name) },
		logger: s.Logger,
		alone:  true, // each batch begins with one task
		ledger: &ledger{
			keys:       seal.NewKeys(s.Keyring),
			keyID:      s.Keyring.KeyID(),
			databaseID: d.ID,
			known:      seal.Known{Number: d.Ledger.Number, Seal: d.Ledger.Seal},
		},
	}
	b := &batch{
		shared: &shared{
			store:      s.Store,
			database:   d,
			target:     t,
			lease:      l,
			takeover:   &takeover{target: t, lease: l, pending: unreleased},
			allowRoles: e.AllowRoles,
			snapshots:  s.SnapshotSchemas,
			retry:      retry{tries: s.LockTries, backoff: s.Backoff},
			reached:    s.Reached,
		},
		rolloutID: task.RolloutID,
		claimTime: s.ClaimTime,
		ticks:     s.Ticks,
		logger:    s.Logger,
	}
	b.defaults, b.maximum = s.limits(e, p)
	if !unreleased {
		t.expected, err = expectedSchema(ctx, tx, e, task, d)
	}
	return b, err
}

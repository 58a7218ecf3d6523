package executor

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// attempt is one run of one task, in the batch of its target.
type attempt struct {
	*batch
	task      towpath.Task
	was       towpath.Task // before this attempt
	stored    towpath.Attempt
	resolved  bool             // a person has decided that it runs again
	broke     bool             // a connection of this run broke while the file ran
	unsettled bool             // what this run has done may be in the database, or not
	limits    statement.Limits // the file's own included

	total    atomic.Int64 // statements
	finished atomic.Int64

	script   *store.Content
	noTx     bool // statements commit one by one
	keys     bool // foreign keys may act in the file's transaction
	oneByOne bool // since the file says so
	at       progress
	logs     []towpath.StatementLog
	noticed  int // notices in them
	rows     int64
	before   string // the schema's dump before the change; "" when none was taken
	after    string
	out      outcome
	beganAt  time.Time // and not when its batch was claimed
	endedAt  time.Time
	cancel   atomic.Pointer[context.CancelCauseFunc]
}

// begin claims the task's target, with the task and those that follow it. t is nil when there is nothing to do, or not before again.
func (s *Service) begin(ctx context.Context, taskID string) (t *batch, requeueAt *time.Time, err error) {
	unknown := false
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		t, requeueAt, unknown = nil, nil, false
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
		default: // a turn that began with this task may have left others running
			if tasks, err = tx.RunningTasks(ctx, task.DatabaseID); err != nil || len(tasks) == 0 {
				return err
			}
		}
		t, requeueAt, err = s.claim(ctx, tx, tasks)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("begin task: %w", err)
	}
	if unknown {
		requeueAt, err = s.recheck(ctx, taskID)
	}
	return t, requeueAt, err
}

// reach finds the engine of an instance and opens its password.
func (s *Service) reach(i towpath.Instance, database string) (engine.Engine, engine.Target, error) {
	e, ok := s.Engines[i.Engine]
	if !ok {
		return nil, engine.Target{}, towpath.Errorf(towpath.CodeUnavailable, "This server cannot speak to %s databases.", i.Engine)
	}
	t := engine.Target{Address: i.Address, Username: i.Username, Options: i.Options, Database: database}
	if len(i.SealedPassword) == 0 {
		return e, t, nil
	}
	password, err := s.Keeper.Open(i.SealedPassword, "instance/"+i.ID+"/password")
	if err != nil {
		return nil, engine.Target{}, towpath.Errorf(towpath.CodeInternal, "The password of instance %s cannot be opened with this server's key. Enter it again.", i.Name)
	}
	t.Password = string(password)
	return e, t, nil
}

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

// stoppedMessage closes the attempt of a run that ended without a word.
const stoppedMessage = "The server stopped during this attempt. The next one asks the database how far it came."

// run is one attempt of one task, under the lease of its target.
type run struct {
	*Service
	task      towpath.Task
	attempt   towpath.Attempt
	database  towpath.Database
	instance  towpath.Instance
	owner     string // of the lease; each run has its own, so that two runs of one process never share one
	epoch     atomic.Int64
	resolved  bool // a person has decided that it runs again
	takeover  bool // an earlier run may still be at work in the target
	fenced    bool // this run has written the lease's row
	unsettled bool // what this run has done may be in the database, or not
	limits    statement.Limits
	highest   statement.Limits // of the environment

	total    atomic.Int64 // statements
	finished atomic.Int64

	engine   engine.Engine
	target   engine.Target
	script   []byte
	noTx     bool // statements commit one by one
	oneByOne bool // since the file says so
	at       situation
	logs     []towpath.StatementLog
	rows     int64
	before   string // the schema's dump before the change; "" when none was taken
	after    string
}

// begin claims the task's target and marks the task as running. r is nil when there is nothing to do, or not before again.
func (s *Service) begin(ctx context.Context, taskID string) (r *run, again *time.Time, err error) {
	unknown := false
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		r, again, unknown = nil, nil, false
		t, err := tx.Task(ctx, taskID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		switch t.State {
		case towpath.TaskUnknown:
			unknown = true
			return nil
		case towpath.TaskPending:
			if may, err := tx.MayStart(ctx, t); err != nil || !may {
				return err
			}
		case towpath.TaskRunning:
		default:
			return nil
		}
		r, again, err = s.claim(ctx, tx, t)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("begin task: %w", err)
	}
	if unknown {
		again, err = s.recheck(ctx, taskID)
	}
	return r, again, err
}

// claim takes the target's lease and makes an attempt, closing one that a crash has left open.
func (s *Service) claim(ctx context.Context, tx *store.Tx, t towpath.Task) (*run, *time.Time, error) {
	r := &run{Service: s, owner: s.Owner + "/" + store.NewID()}
	last, err := tx.Database(ctx, t.DatabaseID)
	if err != nil {
		return nil, nil, err
	}
	r.takeover = last.Lease.Owner != "" || t.State == towpath.TaskRunning
	epoch, ok, err := tx.ClaimTarget(ctx, t.DatabaseID, r.owner, tx.Now.Add(s.lease()))
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		at := tx.Now.Add(busyWait)
		return nil, &at, nil
	}
	r.epoch.Store(epoch)
	attempts, err := tx.Attempts(ctx, t.ID)
	if err != nil {
		return nil, nil, err
	}
	number := 1
	for _, a := range attempts {
		number = max(number, a.Number+1)
		r.resolved = t.State == towpath.TaskPending && a.State == towpath.TaskUnknown // of the last one
		if a.State == towpath.TaskRunning {
			a.State, a.Message, a.FinishedAt = towpath.TaskFailed, stoppedMessage, &tx.Now
			if err := tx.UpdateAttempt(ctx, &a); err != nil {
				return nil, nil, err
			}
		}
	}
	t.State, t.Reason, t.Attempts, t.Total, t.Finished, t.StartedAt, t.FinishedAt, t.CancelAt = towpath.TaskRunning, "", number, 0, 0, &tx.Now, nil, nil
	if err := tx.UpdateTask(ctx, &t); err != nil {
		return nil, nil, err
	}
	r.task, r.attempt = t, towpath.Attempt{TaskID: t.ID, Number: number, State: towpath.TaskRunning, StartedAt: tx.Now}
	if err := tx.CreateAttempt(ctx, &r.attempt); err != nil {
		return nil, nil, err
	}
	if r.database, err = tx.Database(ctx, t.DatabaseID); err != nil {
		return nil, nil, err
	}
	if r.instance, err = tx.Instance(ctx, r.database.InstanceID); err != nil {
		return nil, nil, err
	}
	e, err := tx.Environment(ctx, r.database.EnvironmentID)
	if err != nil {
		return nil, nil, err
	}
	p, err := tx.Project(ctx, t.ProjectID)
	if err != nil {
		return nil, nil, err
	}
	r.highest = statement.Limits{Lock: e.MaxLockTimeout, Statement: e.MaxStatementTimeout}
	r.limits = statement.Limits{Lock: p.LockTimeout, Statement: p.StatementTimeout}.
		Or(statement.Limits{Lock: e.LockTimeout, Statement: e.StatementTimeout}).Or(s.limits()).Under(r.highest)
	return r, nil, tx.Enqueue(ctx, towpath.JobAdvance, t.RolloutID)
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

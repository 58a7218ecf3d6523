// Package executor runs tasks, one at a time in a database. It is the only package that changes
// target databases.
//
// A lease in the metadata keeps two batches out of one target. The ledger inside the target records
// what happened there; where the engine can, its rows commit with the change. Where the metadata
// and the ledger differ, the ledger decides.
package executor

import (
	"context"
	"errors"
	"time"
)

// RunTask runs a task, and then those that follow it in its database. It is the handler of
// towpath.JobRunTask. It takes over a task that another process left running, and resumes it from
// the target's ledger. A failure in the target becomes the task's state; the error is about the
// metadata only.
func (s *Service) RunTask(ctx context.Context, taskID string) (requeueAt *time.Time, err error) {
	s = s.withDefaults()
	b, requeueAt, err := s.begin(ctx, taskID)
	if err != nil || b == nil {
		return requeueAt, err
	}
	defer b.target.disconnect() // even when an attempt panics
	working, stop := b.heartbeat(ctx)
	defer stop()
	err = b.work(working)
	if errors.Is(err, errLeaseLost) || errors.Is(context.Cause(working), errLeaseLost) {
		at := s.Store.Now().Add(s.Lease)
		return &at, nil
	}
	return nil, err
}

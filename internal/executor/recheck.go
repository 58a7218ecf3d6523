package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towpath"
	"towpath/internal/seal"
	"towpath/internal/store"
)

// recheck reads the ledger for a task whose outcome is unknown. If the ledger can be read and is
// clear, it decides the outcome. Otherwise it is read again at requeueAt, or a person decides.
func (s *Service) recheck(ctx context.Context, taskID string) (requeueAt *time.Time, err error) {
	var t towpath.Task
	var d towpath.Database
	var i towpath.Instance
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if t, err = tx.Task(ctx, taskID); err != nil {
			return err
		}
		if d, err = tx.Database(ctx, t.DatabaseID); err != nil {
			return err
		}
		i, err = tx.Instance(ctx, d.InstanceID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read task of unknown outcome: %w", err)
	}
	found, err := s.evidence(ctx, t, d, i)
	if err != nil { // still not reachable
		at := s.Store.Now().Add(unreadWait)
		return &at, nil
	}
	if !found.complete && found.indeterminate {
		return nil, nil // a person decides
	}
	out := outcome{state: towpath.TaskPending}
	if found.complete {
		out = outcome{state: towpath.TaskDone, changes: found.changes, reason: lookAt(found.changes)}
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Task(ctx, taskID)
		if err != nil || now.State != towpath.TaskUnknown || now.Attempts != t.Attempts {
			return err
		}
		return resolveUnknown(ctx, tx, now, out)
	})
	if err != nil {
		return nil, fmt.Errorf("resolve task of unknown outcome: %w", err)
	}
	return nil, nil
}

// evidence reads the task's ledger.
func (s *Service) evidence(
	ctx context.Context, t towpath.Task, d towpath.Database, i towpath.Instance,
) (found evidence, err error) {
	e, address, err := s.reach(i, d.Name)
	if err != nil {
		return found, err
	}
	db, err := e.Open(ctx, address)
	if err != nil {
		return found, err
	}
	defer func() { _ = db.Close() }()
	l, err := db.Ledger(ctx)
	if err != nil {
		return found, err
	}
	if seal.NewKeys(s.Keyring).Check(l, d.ID, seal.Known{}).Trouble != "" {
		return evidence{begun: true, indeterminate: true}, nil
	}
	return collectEvidence(t, l.Entries, d.ID), nil
}

// resolveUnknown writes the outcome that the ledger shows.
func resolveUnknown(ctx context.Context, tx *store.Tx, t towpath.Task, out outcome) error {
	if out.state == towpath.TaskPending {
		if err := takeText(ctx, tx, &t); err != nil {
			return err
		}
	}
	if err := errors.Join(finishTask(ctx, tx, &t, out, tx.Now), correctAttempt(ctx, tx, t, out)); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, towpath.JobAdvance, t.RolloutID); err != nil {
		return err
	}
	from, err := originOf(ctx, tx, t.RolloutID)
	if err != nil {
		return err
	}
	return addHistory(ctx, tx, from, t, out.changes, effects{})
}

// correctAttempt writes the outcome into the last attempt too. An unknown attempt before a task
// that runs again would look like a person's decision.
func correctAttempt(ctx context.Context, tx *store.Tx, t towpath.Task, out outcome) error {
	attempts, err := tx.Attempts(ctx, t.ID)
	if err != nil || len(attempts) == 0 {
		return err
	}
	last := attempts[len(attempts)-1]
	last.State = out.attemptState()
	return tx.UpdateAttempt(ctx, &last)
}

// takeText gives a task that runs again the branch's current text. That text may begin with the
// statements that ran.
func takeText(ctx context.Context, tx *store.Tx, t *towpath.Task) error {
	if t.Action != towpath.ActionApply || t.Type == towpath.TypeUndo {
		return nil
	}
	r, err := tx.RolloutAlone(ctx, t.RolloutID)
	if err != nil {
		return err
	}
	link, err := tx.Link(ctx, r.LinkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil // unlinked: its text stays
	}
	if err != nil {
		return err
	}
	_, err = tx.UpdateText(ctx, link, t)
	return err
}

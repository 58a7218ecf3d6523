package executor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// work does the task, starting over while others hold locks and nothing is kept.
func (r *run) work(ctx context.Context) outcome {
	out, err := r.prepare(ctx)
	for try := 1; err == nil; try++ {
		r.logs, r.rows, r.at = nil, 0, situation{noTx: r.noTx}
		r.finished.Store(0)
		var failure error
		if out, failure = r.once(ctx); failure == nil {
			return out
		}
		var e *ending
		if errors.As(failure, &e) {
			return e.outcome
		}
		if out, settled := r.settle(ctx, failure, try); settled {
			return out
		}
		err = r.pause(ctx, try)
	}
	var e *ending
	if errors.As(err, &e) {
		return e.outcome
	}
	if ctx.Err() != nil {
		return r.interrupted()
	}
	return outcome{state: towpath.TaskFailed, message: r.redact(err)}
}

// settle decides what an error of a target means; settled is false when another try is due.
func (r *run) settle(ctx context.Context, failure error, try int) (out outcome, settled bool) {
	step := next(failure, r.at)
	switch {
	case step == stepBack || errors.Is(failure, errLeaseLost):
		return outcome{fenced: true}, true
	case step == unclear:
		return outcome{state: towpath.TaskUnknown, message: "The connection broke while a statement ran that commits by itself: " + r.redact(failure)}, true
	case step == askLedger:
		if out, known := r.ask(ctx, failure); known {
			return out, true
		}
	case ctx.Err() != nil:
		return r.interrupted(), true
	}
	if step == giveUp || try >= r.lockTries() {
		return r.failed(failure, try), true
	}
	return out, false
}

// pause waits before the next try.
func (r *run) pause(ctx context.Context, try int) error {
	wait := r.backoff() << min(try-1, 10)
	timer := time.NewTimer(wait/2 + rand.N(wait))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// interrupted ends a run whose server is told to stop.
func (r *run) interrupted() outcome {
	if r.at.kept > 0 {
		return outcome{state: towpath.TaskFailed, message: fmt.Sprintf("The server was stopped after %d of %d statements, which are in the database.", r.at.kept, r.total.Load())}
	}
	return outcome{state: towpath.TaskPending, message: "The server was stopped. Nothing of this attempt was kept; the task goes on after the start."}
}

// failed puts an error into words.
func (r *run) failed(err error, tries int) outcome {
	out := outcome{state: towpath.TaskFailed, message: r.redact(err)}
	var place *failedAt
	if errors.As(err, &place) {
		out.pos = place.pos
	}
	var e *engine.Error
	if errors.As(err, &e) {
		switch e.Kind {
		case engine.Locked:
			out.message = fmt.Sprintf("Another connection holds a lock in the database; given up at try %d: %s", tries, out.message)
		case engine.Timeout:
			out.message = fmt.Sprintf("The statement was stopped, since it did not end within %s: %s", r.statementTimeout(), out.message)
		}
	}
	if r.at.kept > 0 {
		out.message += fmt.Sprintf(" (%d of %d statements are in the database, each committed by itself.)", r.at.kept, r.total.Load())
	}
	return out
}

// prepare finds the engine and reads the whole script, so that nothing runs of one that must not run to its end.
func (r *run) prepare(ctx context.Context) (out outcome, err error) {
	if r.engine, r.target, err = r.reach(r.instance, r.database.Name); err != nil {
		return out, end(towpath.TaskFailed, "%s", towpath.ErrorMessage(err))
	}
	if r.task.Action == towpath.ActionRecord {
		r.total.Store(int64(len(r.task.Covers)))
		return out, nil
	}
	err = r.Store.Read(ctx, func(tx *store.Tx) error {
		r.script, err = tx.Content(ctx, r.task.Checksum)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return out, end(towpath.TaskFailed, "The text of this file is not kept on this server. Synchronize the repository, then try again.")
	}
	if err != nil {
		return out, fmt.Errorf("read the file's text: %w", err)
	}
	if sum := sha256.Sum256(r.script); hex.EncodeToString(sum[:]) != r.task.Checksum {
		return out, end(towpath.TaskFailed, "The text kept on this server is not what was planned (its checksum differs). Nothing was run.")
	}
	for st, err := range r.engine.Split(bytes.NewReader(r.script)) {
		if refused := (*statement.Error)(nil); errors.As(err, &refused) {
			e := end(towpath.TaskFailed, "%s", refused.Message)
			e.pos = refused.Pos
			return out, e
		}
		if err != nil {
			return out, end(towpath.TaskFailed, "The file cannot be read: %s", r.redact(err))
		}
		r.noTx = r.noTx || st.NoTx
		r.total.Add(1)
	}
	return out, nil
}

// once is one try on the target. Its error is an *ending, or one for next to judge.
func (r *run) once(ctx context.Context) (out outcome, err error) {
	db, err := r.engine.Open(ctx, r.target)
	if err != nil {
		return out, err
	}
	defer func() { _ = db.Close() }() // what matters was committed or is undone
	entries, err := db.Ledger(ctx)
	if err != nil {
		return out, err
	}
	if words := foreign(entries, r.database.ID); words != "" {
		return out, end(towpath.TaskFailed, "%s", words)
	}
	if r.before, err = r.dump(ctx, db); err != nil {
		return out, err
	}
	session, err := db.Begin(ctx, engine.SessionOptions{NoTx: r.noTx, LockTimeout: r.lockTimeout(), StatementTimeout: r.statementTimeout()})
	if err != nil {
		return out, err
	}
	defer func() { _ = session.Close() }()
	out = outcome{state: towpath.TaskDone}
	if r.task.Action == towpath.ActionRecord {
		out.changes, err = r.record(ctx, session)
	} else {
		out.changes, err = r.apply(ctx, session)
	}
	if err != nil {
		return out, err
	}
	r.at.committing = true
	// A commit that was asked for is waited for, whatever else ends: its outcome is what the ledger is about.
	committing, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.statementTimeout())
	defer cancel()
	if err := session.Commit(committing); err != nil {
		return out, err
	}
	if r.SnapshotSchemas {
		reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
		defer cancel()
		if r.after, err = r.dump(reading, db); err != nil {
			r.logger().WarnContext(ctx, "schema not read after a change", "task", r.task.ID, "error", err)
		}
	}
	return out, nil
}

func (r *run) dump(ctx context.Context, db engine.DB) (string, error) {
	if !r.SnapshotSchemas {
		return "", nil
	}
	schema, err := db.Schema(ctx)
	return schema.Dump, err
}

// ask reads the ledger after a commit whose outcome is not known. known is false when it did not happen.
func (r *run) ask(ctx context.Context, cause error) (out outcome, known bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	found, err := r.evidence(ctx, r.engine, r.target, r.task, r.database.ID)
	switch {
	case err != nil:
		message := fmt.Sprintf("The connection broke during the commit, and the ledger cannot be read to see what became of it. It is read again soon. (%s; %s)", r.redact(cause), r.redact(err))
		return outcome{state: towpath.TaskUnknown, message: message, unread: true}, true
	case found.complete:
		return outcome{state: towpath.TaskDone, changes: found.changes}, true
	}
	return out, false
}

func (s *Service) evidence(ctx context.Context, e engine.Engine, target engine.Target, t towpath.Task, databaseID string) (found evidence, err error) {
	db, err := e.Open(ctx, target)
	if err != nil {
		return found, err
	}
	defer func() { _ = db.Close() }()
	entries, err := db.Ledger(ctx)
	if err != nil {
		return found, err
	}
	return weigh(t, entries, databaseID), nil
}

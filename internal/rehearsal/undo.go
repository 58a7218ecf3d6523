package rehearsal

import (
	"context"
	"errors"
	"strconv"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/executor"
	"towpath/internal/schema"
	"towpath/internal/store"
)

// TryUndo runs the way back of a text in a scratch database with the schema of a database, then the
// text, then its way back again, each as in a target. beside is the text of the way back, "" when it is
// a part of the text. It returns what came of it: whether it was tried, and if so, whether it fits. On
// another server than the database's own, roles and extensions may be missing, so a person may insist.
// Its error is about the metadata, or the end of ctx.
func (s *Service) TryUndo(
	ctx context.Context, databaseID, text, beside string,
) (t towpath.UndoTrial, err error) {
	if !s.baseline.TryLock() {
		return t, towpath.Errorf(towpath.CodeTooMany, "Another schema is being tried. Try again in a moment.")
	}
	defer s.baseline.Unlock()
	d, err := store.Get(ctx, s.Store, (*store.Tx).Database, databaseID)
	if err != nil {
		return t, err
	}
	p, err := store.Get(ctx, s.Store, (*store.Tx).Project, d.ProjectID)
	if err != nil {
		return t, err
	}
	if !p.Rehearse {
		t.Reason = towpath.Why(towpath.ReasonUndoTriedNowhere)
		return t, nil
	}
	found, err := s.Catalog.Snapshot(ctx, databaseID)
	if err != nil {
		t.Reason = towpath.Why(towpath.ReasonUndoUntried).From(towpath.ReasonOf(err))
		return t, nil
	}
	in, why, err := s.baselineInput(ctx, found)
	if err != nil {
		return t, err
	}
	if !why.IsZero() {
		t.Reason = towpath.Why(towpath.ReasonUndoUntried).From(why.Causes...)
		return t, nil
	}
	in.Schema = found.Dump
	steps := stepsOf(text, beside)
	step, err := thereAndBack(ctx, in.Input, steps)
	var failed *executor.TrialError
	switch {
	case ctx.Err() != nil:
		return t, context.Cause(ctx)
	case errors.As(err, &failed) && !failed.Unsafe:
		t.Reason = towpath.Why(towpath.ReasonUndoFails, "step", strconv.Itoa(step),
			"line", lineOf(failed.Pos, steps[max(step, 1)-1].text)).From(failed.Reason)
	case errors.As(err, &failed):
		t.Reason = towpath.Why(towpath.ReasonUndoUntried).From(failed.Reason)
		return t, nil
	case errors.Is(err, errOtherSchema):
		t.Reason = towpath.Why(towpath.ReasonUndoDiffers, "step", strconv.Itoa(step))
	case err != nil:
		t.Reason = towpath.Why(towpath.ReasonUndoUntried).From(engine.ReasonOf(err, in.Instance.Password))
		return t, nil
	}
	t.Tried = true
	return t, nil
}

// errOtherSchema is a step that makes another schema than the one that it should restore.
var errOtherSchema = errors.New("another schema")

// undoStep is a text to run, and what of it.
type undoStep struct {
	text         string
	back, beside bool
}

// stepsOf are the way back of a text, the text, and its way back again.
func stepsOf(text, beside string) [3]undoStep {
	back := undoStep{text: text, back: true}
	if beside != "" {
		back = undoStep{text: beside, beside: true}
	}
	return [3]undoStep{back, {text: text}, back}
}

// thereAndBack runs the steps. step is the one that the error is about, from 1.
func thereAndBack(ctx context.Context, in Input, steps [3]undoStep) (step int, err error) {
	ctx, cancel := context.WithTimeout(ctx, in.time())
	defer cancel()
	err = in.inScratch(ctx, func(ctx context.Context, scratch engine.Scratch) error {
		if in.Schema != "" {
			if err := scratch.Fill(ctx, in.Schema); err != nil {
				return &SchemaError{err}
			}
		}
		r, err := in.open(ctx, scratch)
		if err != nil {
			return err
		}
		defer r.close()
		before, err := r.trial.DB.Schema(ctx)
		if err != nil {
			return err
		}
		dumps := []string{before.Dump}
		for step = 1; step <= len(steps); step++ {
			one := steps[step-1]
			r.trial.Back, r.trial.Beside = one.back, one.beside
			_, err := r.trial.Run(ctx, one.text, func(executor.Tried) {})
			if failed := (*executor.TrialError)(nil); errors.As(err, &failed) {
				failed.Reason = r.asInTarget(failed.Reason)
			}
			if err != nil {
				return err
			}
			now, err := r.trial.DB.Schema(ctx)
			if err != nil {
				return err
			}
			if dumps = append(dumps, now.Dump); step > 1 && schema.Diff(dumps[step-2], now.Dump) != "" {
				return errOtherSchema
			}
		}
		return nil
	})
	return step, err
}

package rollout

import (
	"context"
	"errors"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// Marking is what a person says who marks a task as applied.
type Marking struct {
	Why      string
	Checksum string // of the text that the person has seen; "" for whatever the task has
	Despite  bool   // whatever the database shows
}

// Mark records the migration of a held or failed task as applied: the executor writes it into the
// ledger when its turn comes, and nothing of it runs. Who marks what is marked already gets the task
// as the first person left it. CodeConflict when the task is in another state, its text has changed,
// or the database contradicts it without Despite; CodeUnavailable when the catalog cannot be read.
func (s *Service) Mark(
	ctx context.Context, actor towpath.Actor, taskID string, in Marking,
) (towpath.Task, error) {
	mark, err := towpath.MarkedBy(actor.Member, in.Why, s.Store.Now())
	if err != nil {
		return towpath.Task{}, err
	}
	seen, err := s.Standing(ctx, taskID)
	if err != nil || seen.Task.Mark != nil {
		return seen.Task, err
	}
	if err := refuseMark(seen, in); err != nil {
		return towpath.Task{}, err
	}
	how := decision{act: towpath.ActTaskMark, params: map[string]string{"text": mark.Why}}
	if mark.Despite = seen.Contradicts(); mark.Despite {
		how.act = towpath.ActTaskMarkDespite
	}
	return s.decide(ctx, actor, taskID, how, func(t *towpath.Task, _ time.Time) error {
		if t.Mark != nil {
			return errAlready
		}
		return nil
	}, func(ctx context.Context, tx *store.Tx, r towpath.Rollout, t *towpath.Task) error {
		if err := sameText(ctx, tx, r, *t, seen.Task.Checksum); err != nil {
			return err
		}
		refused, err := mayMark(ctx, tx, *t)
		if err := errors.Join(err, refused); err != nil {
			return err
		}
		t.MarkApplied(*mark)
		return nil
	})
}

// refuseMark returns an error when the mark contradicts what shows it, or is about another text.
func refuseMark(seen Standing, in Marking) error {
	switch against := seen.Against(); {
	case seen.Refused != nil:
		return seen.Refused
	case in.Checksum != "" && in.Checksum != seen.Task.Checksum:
		return textMoved(seen.Task)
	case in.Despite:
	case !seen.Problem.IsZero():
		return towpath.Errorf(towpath.CodeUnavailable, "The database cannot be compared with %s. %s",
			seen.Task.Path, wording.Text(seen.Problem))
	case len(against) > 0:
		return towpath.Errorf(towpath.CodeConflict, "%s is not there as a whole: %s. Look at the database. "+
			"If it has the change in another form, mark it again with despite.",
			seen.Task.Path, wording.Fragments(towpath.Reason{}.From(against...).Causes))
	}
	return nil
}

// sameText returns CodeConflict when the branch has another text than the one that was looked at.
func sameText(
	ctx context.Context, tx *store.Tx, r towpath.Rollout, t towpath.Task, checksum string,
) error {
	if t.Checksum != checksum {
		return textMoved(t)
	}
	t.Error = towpath.Reason{} // nothing is kept of this copy
	if err := currentText(ctx, tx, r, &t); err != nil {
		return err
	}
	if t.Checksum != checksum {
		return textMoved(t)
	}
	return nil
}

func textMoved(t towpath.Task) error {
	return towpath.Errorf(towpath.CodeConflict,
		"A push has changed %s since you looked. Wait for the new plan, then look again.", t.Path)
}

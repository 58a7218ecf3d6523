package rollout

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"towpath"
	"towpath/internal/store"
)

// Pause keeps the tasks of a subject from starting until Resume. What runs may finish. A subject that
// is paused already stays as it is: the pause of the first person is returned. CodeInvalid when why
// is too long, CodeNotFound without such a rollout or database, CodeConflict for a finished rollout.
func (s *Service) Pause(
	ctx context.Context, actor towpath.Actor, scope towpath.PauseScope, subjectID, why string,
) (p towpath.Pause, err error) {
	why = strings.TrimSpace(why)
	if utf8.RuneCountInString(why) > maxWhy {
		return p, towpath.Invalid("why", "Use at most %d characters to say why.", maxWhy)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		of, err := subjectOf(ctx, tx, scope, subjectID)
		if err != nil {
			return err
		}
		if p, err = pauseOf(ctx, tx, scope, subjectID); err != nil || p.ID != "" {
			return err
		}
		if of.finished {
			return towpath.Errorf(towpath.CodeConflict, "This rollout has finished. Nothing of it is left to pause.")
		}
		p = towpath.Pause{
			Scope: scope, SubjectID: subjectID, ProjectID: of.projectID, MemberID: actor.Member.ID, Why: why,
		}
		if err := tx.CreatePause(ctx, &p); err != nil {
			return err
		}
		tx.Emit(actor.Did(of.paused, subjectID, of.projectID, append(of.params, "text", why)...))
		return of.wake(ctx, tx)
	})
	return p, err
}

// Resume ends a pause, and lets the tasks start. A subject that is not paused gets no error.
func (s *Service) Resume(
	ctx context.Context, actor towpath.Actor, scope towpath.PauseScope, subjectID string,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		of, err := subjectOf(ctx, tx, scope, subjectID)
		if err != nil {
			return err
		}
		if p, err := pauseOf(ctx, tx, scope, subjectID); err != nil || p.ID == "" {
			return err
		}
		if err := tx.DeletePause(ctx, scope, subjectID); err != nil {
			return err
		}
		tx.Emit(actor.Did(of.resumed, subjectID, of.projectID, of.params...))
		return of.wake(ctx, tx)
	})
}

// pauseOf returns the pause of a subject; a zero one for none.
func pauseOf(
	ctx context.Context, tx *store.Tx, scope towpath.PauseScope, subjectID string,
) (towpath.Pause, error) {
	all, err := tx.Pauses(ctx)
	i := slices.IndexFunc(all, func(p towpath.Pause) bool {
		return p.Scope == scope && p.SubjectID == subjectID
	})
	if err != nil || i < 0 {
		return towpath.Pause{}, err
	}
	return all[i], nil
}

// pauseSubject is what a pause is about.
type pauseSubject struct {
	rolloutID       string // "" for several
	projectID       string
	finished        bool // nothing of it can start
	paused, resumed towpath.EventKind
	params          []string // of both acts
}

func subjectOf(
	ctx context.Context, tx *store.Tx, scope towpath.PauseScope, id string,
) (of pauseSubject, err error) {
	switch scope {
	case towpath.PauseRollout:
		r, err := tx.RolloutAlone(ctx, id)
		return pauseSubject{
			rolloutID: id, projectID: r.ProjectID, finished: r.FinishedAt != nil,
			paused: towpath.ActPauseRollout, resumed: towpath.ActResumeRollout,
			params: []string{"commit", towpath.ShortHash(r.Commit)},
		}, err
	case towpath.PauseDatabase:
		d, err := tx.Database(ctx, id)
		return pauseSubject{
			projectID: d.ProjectID,
			paused:    towpath.ActPauseDatabase, resumed: towpath.ActResumeDatabase,
			params: []string{"database", d.Name},
		}, err
	}
	return pauseSubject{paused: towpath.ActPauseAll, resumed: towpath.ActResumeAll}, nil
}

// wake asks for a look at what may start now, and at the build statuses.
func (of pauseSubject) wake(ctx context.Context, tx *store.Tx) error {
	if of.rolloutID != "" {
		return tx.Enqueue(ctx, towpath.JobAdvance, of.rolloutID)
	}
	return tx.WakeRollouts(ctx)
}

package rollout

import (
	"context"
	"crypto/subtle"
	"errors"
	"strconv"

	"towpath"
	"towpath/internal/store"
)

// Start starts the tasks of a rollout that wait for a person in an environment. evidence is
// towpath.Evidence as the person saw it. Who starts what is started already gets no error.
// CodeConflict when an environment before it is not done, or something else waits than was seen.
func (s *Service) Start(
	ctx context.Context, actor towpath.Actor, rolloutID, environmentID, evidence string,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.Rollout(ctx, rolloutID)
		if err != nil {
			return err
		}
		waiting, ready := r.Waiting(environmentID)
		switch {
		case r.FinishedAt != nil:
			return towpath.Errorf(towpath.CodeConflict,
				"This rollout has finished. A newer one of the same repository may have its changes.")
		case len(waiting) == 0:
			return nothingWaits(r, environmentID)
		case subtle.ConstantTimeCompare([]byte(towpath.Evidence(waiting)), []byte(evidence)) != 1:
			return towpath.Errorf(towpath.CodeConflict,
				"The files or the databases of this environment have changed since you looked. "+
					"Look again, then start.")
		case !ready:
			return towpath.Errorf(towpath.CodeConflict,
				"An environment before this one is not done. Start this one when it is.")
		}
		for _, t := range waiting {
			if err := currentText(ctx, tx, r, &t); err != nil {
				return err
			}
			t.State, t.Reason, t.Released = towpath.TaskPending, towpath.Reason{}, true
			if err := tx.UpdateTask(ctx, &t); err != nil {
				return err
			}
		}
		tx.Emit(actor.Did(towpath.ActRolloutStart, r.ID, r.ProjectID, "commit", towpath.ShortHash(r.Commit),
			"environment", waiting[0].Environment, "n", strconv.Itoa(len(waiting))))
		return errors.Join(tx.Enqueue(ctx, towpath.JobAdvance, r.ID),
			tx.Enqueue(ctx, towpath.JobPostPlan, r.LinkID))
	})
}

// nothingWaits is nil when somebody has started the environment already.
func nothingWaits(r towpath.Rollout, environmentID string) error {
	for _, t := range r.Tasks {
		if t.EnvironmentID == environmentID && t.Released {
			return nil
		}
	}
	return towpath.Errorf(towpath.CodeConflict,
		"Nothing of this rollout waits for a start in this environment.")
}

package rollout

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Schedule orders a start of what waits at a manual gate at a time, in place of the schedule before.
// evidence is that of the stage as the person saw it: when it moves, nothing starts. CodeInvalid
// when the time has passed or is too far ahead, CodeConflict when the gate waits for nobody, or
// something else waits than was seen.
func (s *Service) Schedule(
	ctx context.Context, actor towpath.Actor, rolloutID, environmentID string, evidence towpath.Evidence,
	at time.Time,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		if at.Before(tx.Now.Add(-time.Minute)) || at.After(tx.Now.Add(towpath.MaxScheduleAhead)) {
			return towpath.Invalid("at", "Choose a time within the next %d days.",
				int(towpath.MaxScheduleAhead.Hours()/24))
		}
		r, stage, _, err := waiting(ctx, tx, rolloutID, environmentID)
		if err != nil {
			return err
		}
		if len(stage.Tasks) == 0 {
			return nothingWaits(r, environmentID)
		}
		if stage.Environment.Start != towpath.StartManual {
			return towpath.Errorf(towpath.CodeConflict,
				"Changes of %s start by themselves. Give it a window to say when.", stage.Environment.Name)
		}
		if err := stillSeen(stage, evidence); err != nil {
			return err
		}
		if stage.Unreviewed() {
			return towpath.Errorf(towpath.CodeConflict,
				"The SQL review of these changes is not done yet. Look at what it says, then schedule.")
		}
		order := towpath.Schedule{
			LinkID: r.LinkID, ProjectID: r.ProjectID, EnvironmentID: environmentID,
			MemberID: actor.Member.ID, Evidence: evidence, At: at,
		}
		if err := tx.PutSchedule(ctx, &order); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActStageSchedule, r.ID, r.ProjectID, "commit", towpath.ShortHash(r.Commit),
			"environment", stage.Environment.Name, "at", at.UTC().Format(time.RFC3339)))
		return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
	})
}

// Unschedule removes the schedule of a start. Without one there is no error, since somebody else may
// have removed it.
func (s *Service) Unschedule(
	ctx context.Context, actor towpath.Actor, rolloutID, environmentID string,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.RolloutAlone(ctx, rolloutID)
		if err != nil {
			return err
		}
		order, err := tx.Schedule(ctx, r.LinkID, environmentID)
		if err != nil || order.ID == "" {
			return err
		}
		e, err := tx.Environment(ctx, environmentID)
		if err != nil {
			return err
		}
		if err := tx.DeleteSchedule(ctx, order); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActStageUnschedule, r.ID, r.ProjectID, "environment", e.Name))
		return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
	})
}

package rollout

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// waiting reads what waits at the gate of an environment, and the answers to it. CodeConflict when
// the rollout has finished.
func waiting(
	ctx context.Context, tx *store.Tx, rolloutID, environmentID string,
) (r towpath.Rollout, s towpath.Stage, answers []towpath.Approval, err error) {
	if r, err = tx.Rollout(ctx, rolloutID); err != nil {
		return r, s, nil, err
	}
	if r.FinishedAt != nil {
		return r, s, nil, towpath.Errorf(towpath.CodeConflict,
			"This rollout has finished. A newer one of the same repository may have its changes.")
	}
	if s, err = tx.Gates().Stage(ctx, r, environmentID); err != nil {
		return r, s, nil, err
	}
	answers, err = tx.Approvals(ctx, r.LinkID, environmentID)
	return r, s, answers, err
}

// stillSeen returns CodeConflict when a stage is not what a person saw, and says what has moved.
func stillSeen(s towpath.Stage, evidence towpath.Evidence) error {
	moved := evidence.Moved(s.Evidence())
	if len(moved) == 0 {
		return nil
	}
	words := make([]string, len(moved))
	for i, part := range moved {
		words[i] = strings.TrimSuffix(wording.Text(part), ".") + " since you looked."
	}
	return towpath.Errorf(towpath.CodeConflict, "%s Look again, then decide.", strings.Join(words, " "))
}

// Start starts what waits at the gate of an environment. evidence is that of the stage as the person
// saw it. Who starts what is started already gets no error. CodeConflict when the gate needs more
// than a person who presses Start, or something else waits than was seen.
func (s *Service) Start(
	ctx context.Context, actor towpath.Actor, rolloutID, environmentID string, evidence towpath.Evidence,
) error {
	stale := false
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		stale = false
		r, stage, answers, err := waiting(ctx, tx, rolloutID, environmentID)
		if err != nil {
			return err
		}
		if len(stage.Tasks) == 0 {
			return nothingWaits(r, environmentID)
		}
		if err := stillSeen(stage, evidence); err != nil {
			return err
		}
		if !stage.Ready {
			return errNotReady
		}
		d := stage.Environment.Decide(stage, evidence, answers, tx.Now)
		if d.PullStale(stage, tx.Now) {
			stale = true
			return tx.Enqueue(ctx, towpath.JobReadApprovals, r.ID)
		}
		if d.Verdict != towpath.VerdictStart && !d.ForPerson() {
			return towpath.Errorf(towpath.CodeConflict, "%s", wording.Text(d.Because[0]))
		}
		if err := letThrough(ctx, tx, r, stage, &towpath.StageStart{MemberID: actor.Member.ID}); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActRolloutStart, r.ID, r.ProjectID, "commit", towpath.ShortHash(r.Commit),
			"environment", stage.Environment.Name, "n", strconv.Itoa(len(stage.Tasks))))
		return nil
	})
	if err == nil && stale {
		return errPullStale
	}
	return err
}

// errPullStale comes with a request to read the approvals again.
var errPullStale = towpath.Errorf(towpath.CodeConflict,
	"The approvals of the pull request are being read again. Start it again in a few seconds.")

var errNotReady = towpath.Errorf(towpath.CodeConflict,
	"An environment before this one is not done. Start this one when it is.")

// maxWhy bounds a person's reason, in characters.
const maxWhy = 1000

// BreakGlass starts what waits at the gate of an environment, whatever the gate says. The environments
// before it must be done, and what waits must be what was seen. A second person must look at it
// afterwards. CodeInvalid when why is empty.
func (s *Service) BreakGlass(
	ctx context.Context, actor towpath.Actor, rolloutID, environmentID string, evidence towpath.Evidence,
	why string,
) error {
	why = strings.TrimSpace(why)
	if why == "" || utf8.RuneCountInString(why) > maxWhy {
		return towpath.Invalid("why", "Say in 1 to %d characters why this cannot wait.", maxWhy)
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, stage, _, err := waiting(ctx, tx, rolloutID, environmentID)
		if err != nil {
			return err
		}
		if len(stage.Tasks) == 0 {
			return nothingWaits(r, environmentID)
		}
		if err := stillSeen(stage, evidence); err != nil {
			return err
		}
		if !stage.Ready {
			return errNotReady
		}
		start := towpath.StageStart{MemberID: actor.Member.ID, Glass: why}
		if err := letThrough(ctx, tx, r, stage, &start); err != nil {
			return err
		}
		if err := wantLook(ctx, tx, r, stage, start); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActBreakGlass, r.ID, r.ProjectID, "commit", towpath.ShortHash(r.Commit),
			"environment", stage.Environment.Name, "n", strconv.Itoa(len(stage.Tasks)), "text", why))
		return nil
	})
}

// wantLook leaves open that a second person looks at a start past the gate.
func wantLook(
	ctx context.Context, tx *store.Tx, r towpath.Rollout, s towpath.Stage, start towpath.StageStart,
) error {
	authors, err := tx.Gates().Authors(ctx, r, s)
	if err != nil {
		return err
	}
	return tx.CreateSecondLook(ctx, towpath.SecondLook{
		ID:            start.ID,
		ProjectID:     r.ProjectID,
		LinkID:        r.LinkID,
		RolloutID:     r.ID,
		EnvironmentID: s.Environment.ID,
		MemberID:      start.MemberID,
		Why:           start.Glass,
		Authors:       authors,
		At:            start.At,
	})
}

// letThrough makes the tasks of a stage pending, with the current texts of the branch, and notes for
// each what the start was of. It completes the start.
func letThrough(
	ctx context.Context, tx *store.Tx, r towpath.Rollout, s towpath.Stage, start *towpath.StageStart,
) error {
	if s.Schedule.ID != "" {
		if err := tx.DeleteSchedule(ctx, s.Schedule); err != nil {
			return err
		}
	}
	start.LinkID, start.RolloutID, start.EnvironmentID = r.LinkID, r.ID, s.Environment.ID
	start.Evidence = s.Evidence()
	if err := tx.CreateStageStart(ctx, start); err != nil {
		return err
	}
	for _, t := range s.Tasks {
		if err := currentText(ctx, tx, r, &t); err != nil {
			return err
		}
		t.State, t.Reason, t.Released = towpath.TaskPending, towpath.Reason{}, true
		t.StartID, t.Pass = start.ID, s.Pass(t)
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
	}
	return errors.Join(tx.Enqueue(ctx, towpath.JobAdvance, r.ID),
		tx.Enqueue(ctx, towpath.JobPostPlan, r.LinkID))
}

// openGates starts the stages whose gates open by themselves, and updates the outline r. again is
// when another one may.
func openGates(ctx context.Context, tx *store.Tx, r *towpath.Rollout) (again *time.Time, err error) {
	if r.FinishedAt != nil {
		return nil, nil
	}
	gates, opened := tx.Gates(), false
	var whole towpath.Rollout
	seen := map[string]bool{}
	for _, t := range r.Tasks {
		if seen[t.EnvironmentID] || !t.WaitsForStart() {
			continue
		}
		seen[t.EnvironmentID] = true
		if _, ready := r.Waiting(t.EnvironmentID); !ready {
			continue
		}
		if whole.ID == "" {
			if whole, err = tx.Rollout(ctx, r.ID); err != nil {
				return nil, err
			}
		}
		d, err := openGate(ctx, tx, gates, whole, t.EnvironmentID)
		if err != nil {
			return nil, err
		}
		opened = opened || d.Verdict == towpath.VerdictStart
		if d.Next != nil && (again == nil || d.Next.Before(*again)) {
			again = d.Next
		}
	}
	if opened {
		*r, err = tx.RolloutOutline(ctx, r.ID)
	}
	return again, err
}

// openGate starts one stage if its gate opens by itself.
func openGate(
	ctx context.Context, tx *store.Tx, gates *store.Gates, r towpath.Rollout, environmentID string,
) (d towpath.Decision, err error) {
	stage, err := gates.Stage(ctx, r, environmentID)
	if err != nil || len(stage.Tasks) == 0 {
		return d, err
	}
	answers, err := tx.Approvals(ctx, r.LinkID, environmentID)
	if err != nil {
		return d, err
	}
	evidence := stage.Evidence()
	d = stage.Environment.Decide(stage, evidence, answers, tx.Now)
	if stage.PullUnread(d, evidence, tx.Now) {
		if err := tx.Enqueue(ctx, towpath.JobReadApprovals, r.ID); err != nil {
			return d, err
		}
	}
	if d.Waits() && !stage.Unreviewed() {
		return d, tx.WantApproval(ctx, environmentID, r.ID, evidence)
	}
	if d.Verdict != towpath.VerdictStart {
		return d, nil
	}
	for _, t := range stage.Tasks { // a newer text waits for its plan
		if err := currentText(ctx, tx, r, &t); towpath.ErrorCode(err) == towpath.CodeConflict {
			return towpath.Decision{}, nil
		} else if err != nil {
			return d, err
		}
	}
	start := &towpath.StageStart{}
	if stage.Schedule.Counts(stage, stage.Evidence(), tx.Now) {
		start.MemberID = stage.Schedule.MemberID
	}
	return d, letThrough(ctx, tx, r, stage, start)
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

package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

// Many rollouts take as many queries as a few, and each stage is as it is when it is read alone, also
// where links of one repository share their commits and paths.
func TestGates_loadsManyStagesInFewQueries(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			w.environment.Consent.People = 1
			if err := tx.UpdateEnvironment(ctx, &w.environment); err != nil {
				return err
			}
			for n := range 30 {
				if err := w.addWaiting(ctx, tx, n); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			rows, err := tx.AtGates(ctx, w.member.ID, 500)
			if err != nil || len(rows) != 0 { // the member is in no project
				t.Fatalf("%d rollouts of no project, %v", len(rows), err)
			}
			if rows, err = tx.AtGates(ctx, "", 500); err != nil || len(rows) != 30 {
				t.Fatalf("%d rollouts, %v", len(rows), err)
			}
			heard := 0
			count := func(string, []any) { heard++ }
			few := tx.Heard(count).Gates()
			if err := few.Load(ctx, rows[:2]); err != nil {
				return err
			}
			want := heard
			heard = 0
			gates := tx.Heard(count).Gates()
			if err := gates.Load(ctx, rows); err != nil {
				return err
			}
			if heard != want {
				t.Errorf("30 rollouts took %d queries, 2 took %d", heard, want)
			}
			heard = 0
			for _, r := range rows {
				compareStages(ctx, t, gates, tx.Gates(), r, w.environment.ID)
			}
			if heard != 0 {
				t.Errorf("%d queries after everything was read", heard)
			}
			return nil
		})
	})
}

// compareStages compares what two readers say of a rollout.
func compareStages(
	ctx context.Context, t *testing.T, loaded, alone *store.Gates, r towpath.Rollout, environmentID string,
) {
	t.Helper()
	type seen struct {
		Stage     towpath.Stage
		Approvals []towpath.Approval
		Project   towpath.Project
		Roles     map[string]towpath.ProjectRole
	}
	look := func(g *store.Gates) (s seen) {
		var errs [3]error
		s.Stage, errs[0] = g.Stage(ctx, r, environmentID)
		s.Approvals, errs[1] = g.Approvals(ctx, r, environmentID)
		s.Project, s.Roles, errs[2] = g.Project(ctx, r)
		if errs != [3]error{} {
			t.Fatal(errs)
		}
		return s
	}
	got, want := look(loaded), look(alone)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got.Approvals) != 1 || got.Approvals[0].Why != r.Message || len(got.Stage.Reviews) != 1 ||
		len(got.Stage.Strangers) != 1 || got.Stage.Strangers[0].Params["author"] != r.Message ||
		len(got.Stage.Ledgers) != 1 || !got.Stage.Schedule.At.Equal(r.CreatedAt.Add(time.Microsecond)) {
		t.Errorf("the stage of %q lacks something: %+v", r.Message, got)
	}
}

// addWaiting adds a link with a rollout that waits for consent, whose facts have the message of the
// rollout in them.
func (w *world) addWaiting(ctx context.Context, tx *store.Tx, n int) error {
	l := w.newLink(fmt.Sprint("größe ", n))
	if err := tx.CreateLink(ctx, &l); err != nil {
		return err
	}
	r := w.newRollout()
	r.LinkID, r.Message = l.ID, fmt.Sprint("änder \"order\" ", n)
	if err := tx.CreateRollout(ctx, &r); err != nil {
		return err
	}
	task := w.newTask(fmt.Sprint(n+1), towpath.TaskHeld)
	task.Path, task.Checksum = "größe/1.sql", "c"
	task.RolloutID, task.Commit, task.Reason = r.ID, r.Commit, w.environment.HeldReason("test")
	if err := tx.CreateTask(ctx, &task); err != nil {
		return err
	}
	if err := tx.AddFileCommits(ctx, l.ID, map[string][]string{task.Path: {r.Commit}}); err != nil {
		return err
	}
	if err := tx.PutCommits(ctx, l.ID, towpath.Commit{
		Hash: r.Commit, People: []towpath.Person{{Name: r.Message}},
	}); err != nil {
		return err
	}
	if err := tx.CreateApproval(ctx, &towpath.Approval{
		LinkID: l.ID, ProjectID: w.project.ID, RolloutID: r.ID, EnvironmentID: w.environment.ID,
		MemberID: w.member.ID, Evidence: "e", Why: r.Message, Source: towpath.FromConsole,
	}); err != nil {
		return err
	}
	if err := tx.WantReview(ctx, r); err != nil {
		return err
	}
	_, err := tx.SetReview(ctx, towpath.Review{
		RolloutID: r.ID, LinkID: l.ID, ProjectID: w.project.ID, Generation: 1, State: towpath.ReviewDone,
		Files: []towpath.ReviewedFile{{
			Path: task.Path, Checksum: task.Checksum, Commit: r.Commit, EnvironmentID: w.environment.ID, Errors: n,
		}},
	})
	if err != nil {
		return err
	}
	return tx.PutSchedule(ctx, &towpath.Schedule{
		LinkID: l.ID, ProjectID: w.project.ID, EnvironmentID: w.environment.ID, MemberID: w.member.ID,
		At: r.CreatedAt.Add(time.Microsecond),
	})
}

package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Rollout is the pending work of one link at one commit.
type Rollout struct {
	ID           string               `json:"id"`
	ProjectID    string               `json:"projectId"`
	LinkID       string               `json:"linkId"`
	Commit       string               `json:"commit"`
	Message      string               `json:"message" doc:"The commit's first line."`
	Author       string               `json:"author"`
	CommitURL    string               `json:"commitUrl"`
	State        towpath.RolloutState `json:"state" enum:"pending,running,held,failed,unknown,done,skipped,cancelled,superseded"`
	SupersededBy string               `json:"supersededBy,omitempty" doc:"The rollout that took over its open tasks. A failed rollout stays failed."`
	CreatedAt    time.Time            `json:"createdAt"`
	FinishedAt   *time.Time           `json:"finishedAt,omitempty"`
	Review       *reviewCounts        `json:"review,omitempty" doc:"What the SQL review has found; absent for a rollout from before there were reviews."`
	Paused       bool                 `json:"paused,omitempty" doc:"Whether a person has paused it, or everything; in lists only."`
	Progress     []stageState         `json:"progress,omitempty" nullable:"false" doc:"The state in each environment, in the order of the stages; in lists only."`
}

// stageState is the state of a rollout in one environment.
type stageState struct {
	EnvironmentID string               `json:"environmentId"`
	State         towpath.RolloutState `json:"state" enum:"pending,running,held,failed,unknown,done,skipped,cancelled"`
}

func stageStateOf(s towpath.StageState) stageState {
	return stageState{EnvironmentID: s.EnvironmentID, State: s.State}
}

// along adds the state in each environment.
func (r Rollout) along(found map[string][]towpath.StageState) Rollout {
	r.Progress = all(found[r.ID], stageStateOf).Items
	return r
}

// halted notes a pause that stops all of it.
func (r Rollout) halted(pauses []towpath.Pause) Rollout {
	_, paused := towpath.StoppedBy(pauses, towpath.Task{RolloutID: r.ID})
	r.Paused = paused && !r.State.Ended()
	return r
}

// reviewed adds what a review has found.
func (r Rollout) reviewed(found map[string]towpath.Review) Rollout {
	if review, ok := found[r.ID]; ok {
		r.Review = countsOf(review)
	}
	return r
}

func rolloutOf(r towpath.Rollout) Rollout {
	return Rollout{
		ID:           r.ID,
		ProjectID:    r.ProjectID,
		LinkID:       r.LinkID,
		Commit:       r.Commit,
		Message:      r.Message,
		Author:       r.Author,
		CommitURL:    r.CommitURL,
		State:        r.State,
		SupersededBy: r.SupersededBy,
		CreatedAt:    r.CreatedAt,
		FinishedAt:   r.FinishedAt,
		Review:       nil,   // see reviewed
		Paused:       false, // see halted
		Progress:     nil,   // see along
	}
}

// RolloutFilter selects rollouts.
type RolloutFilter struct {
	State      towpath.RolloutState `query:"state" enum:"pending,running,held,failed,unknown,done,skipped,cancelled,superseded" doc:"Only rollouts in this state."`
	Superseded bool                 `query:"superseded" doc:"Only rollouts that a newer one took over from, failed ones included."`
	Link       string               `query:"link" maxLength:"200" doc:"The id of a repository link."`
}

type listRolloutsInput struct {
	Paging
	RolloutFilter
}

// listRollouts lists the rollouts of all projects that the caller may see.
func (s *Server) listRollouts(ctx context.Context, in *listRolloutsInput) (list[Rollout], error) {
	filter := store.RolloutFilter{State: in.State, LinkID: in.Link, Superseded: in.Superseded}
	if m := actorOf(ctx).Member; !m.Role.Can(towpath.ViewProject) {
		filter.MemberID = m.ID
	}
	return s.rollouts(ctx, filter, in.Paging)
}

type listProjectRolloutsInput struct {
	ProjectPath
	Paging
	RolloutFilter
}

func (s *Server) listProjectRollouts(
	ctx context.Context, in *listProjectRolloutsInput,
) (list[Rollout], error) {
	return s.rollouts(ctx, store.RolloutFilter{
		ProjectID:  in.Project,
		State:      in.State,
		LinkID:     in.Link,
		Superseded: in.Superseded,
	}, in.Paging)
}

func (s *Server) rollouts(ctx context.Context, filter store.RolloutFilter, p Paging) (list[Rollout], error) {
	var rows []towpath.Rollout
	var found map[string]towpath.Review
	var stages map[string][]towpath.StageState
	var pauses []towpath.Pause
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if rows, err = tx.Rollouts(ctx, filter, p.newest()); err != nil {
			return err
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		if stages, err = tx.StageStates(ctx, ids); err != nil {
			return err
		}
		if pauses, err = tx.Pauses(ctx); err != nil {
			return err
		}
		found, err = tx.Reviews(ctx, ids)
		return err
	})
	return page(p, rows, func(r towpath.Rollout) string { return r.ID },
		func(r towpath.Rollout) Rollout { return rolloutOf(r).reviewed(found).along(stages).halted(pauses) }), err
}

// rolloutDetail is a rollout with its tasks, stage by stage.
type rolloutDetail struct {
	Rollout
	Pauses      []pause      `json:"pauses" nullable:"false" doc:"What keeps tasks of it from starting, oldest first."`
	Stages      []stage      `json:"stages" nullable:"false"`
	SecondLooks []secondLook `json:"secondLooks" nullable:"false" doc:"Starts past a gate, oldest first, and who has looked at them."`
}

// stage has the tasks of a rollout in one environment.
type stage struct {
	EnvironmentID string               `json:"environmentId"`
	Environment   string               `json:"environment" doc:"The name; empty when the environment was removed since."`
	State         towpath.RolloutState `json:"state" enum:"pending,running,held,failed,unknown,done,skipped,cancelled"`
	Tasks         []Task               `json:"tasks" nullable:"false"`
	Start         *stageStart          `json:"start,omitempty" doc:"What waits at the gate of the environment; absent when nothing does."`
	WaitsFor      []Reason             `json:"waitsFor" nullable:"false" doc:"Why what was started does not run yet: its window has ended."`
	Started       []stageStarted       `json:"started" nullable:"false" doc:"The starts that let tasks of it through the gate, oldest first."`
}

// RolloutPath names a rollout in a path.
type RolloutPath struct {
	Rollout string `path:"rollout" doc:"The id of the rollout."`
}

func (s *Server) getRollout(ctx context.Context, in *RolloutPath) (rolloutDetail, error) {
	var detail rolloutDetail
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		r, err := tx.Rollout(ctx, in.Rollout)
		if err != nil {
			return err
		}
		found, err := tx.Reviews(ctx, []string{r.ID})
		if err != nil {
			return err
		}
		g := gateReader{tx, tx.Gates(), actorOf(ctx).Member}
		detail = rolloutDetail{Rollout: rolloutOf(r).reviewed(found), Pauses: nil, Stages: nil, SecondLooks: nil}
		if detail.Pauses, err = g.pausesOf(ctx, r); err != nil {
			return err
		}
		if detail.Stages, err = g.stages(ctx, r); err != nil {
			return err
		}
		looks, err := tx.SecondLooks(ctx, r)
		if err != nil {
			return err
		}
		detail.SecondLooks, err = g.looks(ctx, looks)
		return err
	})
	return detail, err
}

type startStageInput struct {
	RolloutPath
	Environment string `path:"environment" doc:"The id of the environment."`
	Body        struct {
		Evidence string `json:"evidence" maxLength:"400" doc:"Of the stage as it was seen. Another one is refused."`
	}
}

// startStage starts what waits for a person in an environment.
func (s *Server) startStage(ctx context.Context, in *startStageInput) (rolloutDetail, error) {
	err := s.Rollouts.Start(ctx, actorOf(ctx), in.Rollout, in.Environment,
		towpath.Evidence(in.Body.Evidence))
	if err != nil {
		return rolloutDetail{}, err
	}
	return s.getRollout(ctx, &in.RolloutPath)
}

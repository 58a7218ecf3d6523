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
		Review:       nil, // see reviewed
	}
}

// RolloutFilter selects rollouts.
type RolloutFilter struct {
	State      towpath.RolloutState `query:"state" enum:"pending,running,held,failed,unknown,done,skipped,cancelled,superseded"`
	Superseded bool                 `query:"superseded" doc:"Only rollouts that a newer one took over from, failed ones included."`
	Link       string               `query:"link" maxLength:"200"`
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
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if rows, err = tx.Rollouts(ctx, filter, p.newest()); err != nil {
			return err
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		found, err = tx.Reviews(ctx, ids)
		return err
	})
	return page(p, rows, func(r towpath.Rollout) string { return r.ID },
		func(r towpath.Rollout) Rollout { return rolloutOf(r).reviewed(found) }), err
}

// rolloutDetail is a rollout with its tasks, stage by stage.
type rolloutDetail struct {
	Rollout
	Stages []stage `json:"stages" nullable:"false"`
}

// stage has the tasks of a rollout in one environment.
type stage struct {
	EnvironmentID string               `json:"environmentId"`
	Environment   string               `json:"environment" doc:"The name; empty when the environment was removed since."`
	State         towpath.RolloutState `json:"state" enum:"pending,running,held,failed,unknown,done,skipped,cancelled"`
	Tasks         []Task               `json:"tasks" nullable:"false"`
	Start         *stageStart          `json:"start,omitempty" doc:"What waits for a person to start it; absent when nothing does."`
}

// stageStart is what a person starts in an environment.
type stageStart struct {
	Evidence string   `json:"evidence" doc:"Identifies the files, their order and their databases; a start names it."`
	TaskIDs  []string `json:"taskIds" nullable:"false" doc:"What starts, in the order in which it runs."`
	Ready    bool     `json:"ready" doc:"Whether the environments before it are done."`
}

// startOf is nil when nothing waits for a start.
func startOf(r towpath.Rollout, environmentID string) *stageStart {
	tasks, ready := r.Waiting(environmentID)
	if len(tasks) == 0 || r.FinishedAt != nil {
		return nil
	}
	start := &stageStart{Evidence: towpath.Evidence(tasks), Ready: ready}
	for _, t := range tasks {
		start.TaskIDs = append(start.TaskIDs, t.ID)
	}
	return start
}

// RolloutPath names a rollout in a path.
type RolloutPath struct {
	Rollout string `path:"rollout"`
}

func (s *Server) getRollout(ctx context.Context, in *RolloutPath) (rolloutDetail, error) {
	var (
		r     towpath.Rollout
		names = map[string]string{}
		found map[string]towpath.Review
	)
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if r, err = tx.Rollout(ctx, in.Rollout); err != nil {
			return err
		}
		if found, err = tx.Reviews(ctx, []string{r.ID}); err != nil {
			return err
		}
		environments, err := tx.Environments(ctx)
		for _, e := range environments {
			names[e.ID] = e.Name
		}
		return err
	})
	return rolloutDetail{rolloutOf(r).reviewed(found), stagesOf(r, names)}, err
}

type startStageInput struct {
	RolloutPath
	Environment string `path:"environment"`
	Body        struct {
		Evidence string `json:"evidence" maxLength:"100" doc:"Of the stage as it was seen. Another one is refused."`
	}
}

// startStage starts what waits for a person in an environment.
func (s *Server) startStage(ctx context.Context, in *startStageInput) (rolloutDetail, error) {
	err := s.Rollouts.Start(ctx, actorOf(ctx), in.Rollout, in.Environment, in.Body.Evidence)
	if err != nil {
		return rolloutDetail{}, err
	}
	return s.getRollout(ctx, &in.RolloutPath)
}

// stagesOf groups tasks into stages. The tasks are ordered by stage.
func stagesOf(r towpath.Rollout, names map[string]string) []stage {
	stages, tasks := []stage{}, r.Tasks
	for from := 0; from < len(tasks); {
		to := from
		for to < len(tasks) && tasks[to].Stage == tasks[from].Stage &&
			tasks[to].EnvironmentID == tasks[from].EnvironmentID {
			to++
		}
		part := tasks[from:to]
		id := part[0].EnvironmentID
		stages = append(stages, stage{
			EnvironmentID: id,
			Environment:   names[id],
			State:         towpath.SummarizeTasks(part),
			Tasks:         all(part, taskOf).Items,
			Start:         startOf(r, id),
		})
		from = to
	}
	return stages
}

package api

import (
	"context"
	"slices"
	"time"

	"towpath"
	"towpath/internal/store"
)

// pause keeps tasks from starting until somebody resumes. What runs may finish.
type pause struct {
	Scope     towpath.PauseScope `json:"scope" enum:"all,database,rollout"`
	SubjectID string             `json:"subjectId,omitempty" doc:"The database or the rollout; absent for all."`
	Subject   string             `json:"subject,omitempty" doc:"The database's name, or the rollout's commit."`
	Name      string             `json:"name,omitempty" doc:"Who paused it."`
	Why       string             `json:"why,omitempty"`
	At        time.Time          `json:"at"`
}

type pauseBody struct {
	Body struct {
		Why string `json:"why,omitempty" maxLength:"4000" doc:"Shown wherever something waits for this."`
	}
}

// pauseOf describes a pause. ok is false when its subject is gone, or not the member's to see.
func (g gateReader) pauseOf(ctx context.Context, p towpath.Pause) (out pause, ok bool, err error) {
	out = pause{Scope: p.Scope, SubjectID: p.SubjectID, Why: p.Why, At: p.At}
	if out.Name, err = g.name(ctx, p.MemberID); err != nil {
		return out, false, err
	}
	projectID := ""
	switch p.Scope {
	case towpath.PauseAll:
		return out, true, nil
	case towpath.PauseDatabase:
		d, missing := g.tx.Database(ctx, p.SubjectID)
		out.Subject, projectID, err = d.Name, d.ProjectID, missing
	case towpath.PauseRollout:
		r, missing := g.tx.RolloutAlone(ctx, p.SubjectID)
		out.Subject, projectID, err = towpath.ShortHash(r.Commit), r.ProjectID, missing
	}
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return out, false, nil
	}
	if err != nil || g.member.Role.Can(towpath.ViewProject) {
		return out, err == nil, err
	}
	own, err := g.tx.ProjectMember(ctx, projectID, g.member.ID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return out, false, nil
	}
	return out, err == nil && own.Role.Can(towpath.ViewProject), err
}

// pauses describes those of the pauses that count and that the member may see.
func (g gateReader) pauses(ctx context.Context, counts func(towpath.Pause) bool) ([]pause, error) {
	found, err := g.tx.Pauses(ctx)
	if err != nil {
		return nil, err
	}
	list := []pause{}
	for _, p := range found {
		if !counts(p) {
			continue
		}
		one, ok, err := g.pauseOf(ctx, p)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, one)
		}
	}
	return list, nil
}

// pausesOf lists what keeps open tasks of a rollout from starting.
func (g gateReader) pausesOf(ctx context.Context, r towpath.Rollout) ([]pause, error) {
	return g.pauses(ctx, func(p towpath.Pause) bool {
		return r.FinishedAt == nil && slices.ContainsFunc(r.Tasks, func(t towpath.Task) bool {
			return t.State.Open() && p.Stops(t)
		})
	})
}

func (s *Server) listPauses(ctx context.Context, _ *struct{}) (list[pause], error) {
	found := list[pause]{}
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		reader := gateReader{tx, tx.Gates(), actorOf(ctx).Member}
		found.Items, err = reader.pauses(ctx, func(towpath.Pause) bool { return true })
		return err
	})
	return found, err
}

func (s *Server) pause(
	ctx context.Context, scope towpath.PauseScope, subjectID, why string,
) (out pause, err error) {
	p, err := s.Rollouts.Pause(ctx, actorOf(ctx), scope, subjectID, why)
	if err != nil {
		return out, err
	}
	return out, s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		out, _, err = gateReader{tx, tx.Gates(), actorOf(ctx).Member}.pauseOf(ctx, p)
		return err
	})
}

func (s *Server) pauseAll(ctx context.Context, in *pauseBody) (pause, error) {
	return s.pause(ctx, towpath.PauseAll, "", in.Body.Why)
}

func (s *Server) resumeAll(ctx context.Context, _ *struct{}) error {
	return s.Rollouts.Resume(ctx, actorOf(ctx), towpath.PauseAll, "")
}

type pauseRolloutInput struct {
	RolloutPath
	pauseBody
}

// pauseRollout keeps the tasks of a rollout from starting, also those of the one that takes over.
func (s *Server) pauseRollout(ctx context.Context, in *pauseRolloutInput) (pause, error) {
	return s.pause(ctx, towpath.PauseRollout, in.Rollout, in.Body.Why)
}

func (s *Server) resumeRollout(ctx context.Context, in *RolloutPath) error {
	return s.Rollouts.Resume(ctx, actorOf(ctx), towpath.PauseRollout, in.Rollout)
}

type pauseDatabaseInput struct {
	DatabasePath
	pauseBody
}

func (s *Server) pauseDatabase(ctx context.Context, in *pauseDatabaseInput) (pause, error) {
	return s.pause(ctx, towpath.PauseDatabase, in.Database, in.Body.Why)
}

func (s *Server) resumeDatabase(ctx context.Context, in *DatabasePath) error {
	return s.Rollouts.Resume(ctx, actorOf(ctx), towpath.PauseDatabase, in.Database)
}

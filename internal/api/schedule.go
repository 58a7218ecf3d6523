package api

import (
	"context"
	"time"

	"towpath"
)

// stageSchedule is a start that a person has scheduled.
type stageSchedule struct {
	At     time.Time `json:"at"`
	Name   string    `json:"name,omitempty" doc:"Who scheduled it."`
	Counts bool      `json:"counts" doc:"Whether it starts what waits. Not when something has moved since, its time has passed by an hour, or its author may no longer start changes."`
	Moved  []Reason  `json:"moved" nullable:"false" doc:"What differs from what was scheduled."`
}

// schedule is nil when nobody has scheduled a start.
func (g gateReader) schedule(
	ctx context.Context, s towpath.Stage, evidence towpath.Evidence,
) (*stageSchedule, error) {
	if s.Schedule.ID == "" {
		return nil, nil
	}
	name, err := g.name(ctx, s.Schedule.MemberID)
	return &stageSchedule{
		At: s.Schedule.At, Name: name, Counts: s.Schedule.Counts(s, evidence, g.tx.Now),
		Moved: listed(s.Schedule.Evidence.Moved(evidence)),
	}, err
}

type scheduleStageInput struct {
	StagePath
	Body struct {
		Evidence string    `json:"evidence" maxLength:"400" doc:"Of the stage as it was seen. Another one is refused."`
		At       time.Time `json:"at" doc:"When to start, within the next 30 days."`
	}
}

// scheduleStage orders a start of what waits at a manual gate, in place of the schedule before.
func (s *Server) scheduleStage(ctx context.Context, in *scheduleStageInput) (rolloutDetail, error) {
	err := s.Rollouts.Schedule(ctx, actorOf(ctx), in.Rollout, in.Environment,
		towpath.Evidence(in.Body.Evidence), in.Body.At)
	if err != nil {
		return rolloutDetail{}, err
	}
	return s.getRollout(ctx, &in.RolloutPath)
}

// unscheduleStage removes the schedule of a start.
func (s *Server) unscheduleStage(ctx context.Context, in *StagePath) (rolloutDetail, error) {
	if err := s.Rollouts.Unschedule(ctx, actorOf(ctx), in.Rollout, in.Environment); err != nil {
		return rolloutDetail{}, err
	}
	return s.getRollout(ctx, &in.RolloutPath)
}

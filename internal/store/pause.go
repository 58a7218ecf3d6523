package store

import (
	"context"

	"towpath"
)

var pauses = newTable("pause", 1, func(p *towpath.Pause) []column {
	return []column{
		{"id", &p.ID},
		{"scope", (*string)(&p.Scope)},
		{"subject_id", &p.SubjectID},
		{"project_id", &p.ProjectID},
		{"member_id", &p.MemberID},
		{"why", &p.Why},
		{"paused_at", instant{&p.At}},
	}
})

var schedules = newTable("schedule", 1, func(s *towpath.Schedule) []column {
	return []column{
		{"id", &s.ID},
		{"link_id", &s.LinkID},
		{"project_id", &s.ProjectID},
		{"environment_id", &s.EnvironmentID},
		{"member_id", &s.MemberID},
		{"evidence", (*string)(&s.Evidence)},
		{"start_at", instant{&s.At}},
		{"created_at", instant{&s.CreatedAt}},
	}
})

// Pauses lists all pauses, oldest first.
func (tx *Tx) Pauses(ctx context.Context) ([]towpath.Pause, error) {
	return pauses.list(ctx, tx, "ORDER BY id")
}

// CreatePause adds a pause and sets ID and At. The subject must not be paused.
func (tx *Tx) CreatePause(ctx context.Context, p *towpath.Pause) error {
	p.ID, p.At = NewID(), tx.Now
	return tx.emitAfter(pauses.insert(ctx, tx, *p), pauseEvent(*p))
}

// MovePause applies the pause of a rollout to the one that takes over from it.
func (tx *Tx) MovePause(ctx context.Context, from, to string) error {
	_, err := tx.exec(ctx, "UPDATE pause SET subject_id = $1 WHERE scope = 'rollout' AND subject_id = $2",
		to, from)
	return pauses.wrap("move", err)
}

// DeletePause removes the pause of a subject, if it has one.
func (tx *Tx) DeletePause(ctx context.Context, scope towpath.PauseScope, subjectID string) error {
	const where = "scope = $1 AND subject_id = $2"
	found, err := pauses.list(ctx, tx, "WHERE "+where, string(scope), subjectID)
	if err != nil || len(found) == 0 {
		return err
	}
	return tx.emitAfter(pauses.delete(ctx, tx, where, string(scope), subjectID), pauseEvent(found[0]))
}

func pauseEvent(p towpath.Pause) towpath.Event {
	e := towpath.Event{Kind: towpath.EventPauseChanged, ProjectID: p.ProjectID, SubjectID: p.ID}
	switch p.Scope {
	case towpath.PauseDatabase:
		e.DatabaseID = p.SubjectID
	case towpath.PauseRollout:
		e.RolloutID = p.SubjectID
	}
	return e
}

// PutSchedule replaces the schedule of a link in an environment. It sets ID and CreatedAt.
func (tx *Tx) PutSchedule(ctx context.Context, s *towpath.Schedule) error {
	err := schedules.delete(ctx, tx, "link_id = $1 AND environment_id = $2", s.LinkID, s.EnvironmentID)
	if err != nil {
		return err
	}
	s.ID, s.CreatedAt = NewID(), tx.Now
	return tx.emitAfter(schedules.insert(ctx, tx, *s), scheduleEvent(*s))
}

// Schedule returns the schedule of a link in an environment; a zero one for none.
func (tx *Tx) Schedule(ctx context.Context, linkID, environmentID string) (towpath.Schedule, error) {
	s, err := schedules.get(ctx, tx, "link_id = $1 AND environment_id = $2", linkID, environmentID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return towpath.Schedule{}, nil
	}
	return s, err
}

// DeleteSchedule removes a schedule that was read in the same transaction.
func (tx *Tx) DeleteSchedule(ctx context.Context, s towpath.Schedule) error {
	return tx.emitAfter(schedules.delete(ctx, tx, "id = $1", s.ID), scheduleEvent(s))
}

func scheduleEvent(s towpath.Schedule) towpath.Event {
	return towpath.Event{
		Kind:      towpath.EventApprovalChanged,
		ProjectID: s.ProjectID,
		LinkID:    s.LinkID,
		SubjectID: s.EnvironmentID,
	}
}

package towpath

import "time"

const (
	// ScheduleLasts is how long after its time a schedule still starts what waits. What is missing
	// for longer starts no more by itself, so that nobody is surprised in the middle of a day.
	ScheduleLasts = time.Hour

	// MaxScheduleAhead is how far ahead a start can be scheduled.
	MaxScheduleAhead = 30 * 24 * time.Hour
)

// Schedule is a person's order to start what waits at a manual gate at a time, if it still is what the
// person saw. A link has one per environment.
type Schedule struct {
	ID            string
	LinkID        string
	ProjectID     string
	EnvironmentID string
	MemberID      string
	Evidence      Evidence
	At            time.Time // when to start
	CreatedAt     time.Time
}

// Counts reports whether the schedule still starts the stage: it is of this evidence, its time has not
// passed, and its author may still start changes there.
func (s Schedule) Counts(stage Stage, evidence Evidence, now time.Time) bool {
	return s.ID != "" && s.Evidence == evidence && now.Before(s.At.Add(ScheduleLasts)) &&
		stage.Answerers[s.MemberID].HasOne(usualApprovers)
}

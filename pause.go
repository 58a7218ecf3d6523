package towpath

import "time"

// PauseScope says what a pause stops.
type PauseScope string

const (
	PauseAll      PauseScope = "all"
	PauseDatabase PauseScope = "database"
	PauseRollout  PauseScope = "rollout" // also the one that takes over from it
)

// Pause keeps tasks from starting until somebody resumes. What runs may finish.
type Pause struct {
	ID        string
	Scope     PauseScope
	SubjectID string // of the database or the rollout; "" for all
	ProjectID string // of the subject; "" for all, and for a database that is in no project
	MemberID  string
	Why       string // a person's own words; may be ""
	At        time.Time
}

// Stops reports whether the pause keeps the task from starting.
func (p Pause) Stops(t Task) bool {
	switch p.Scope {
	case PauseAll:
		return true
	case PauseDatabase:
		return p.SubjectID == t.DatabaseID
	case PauseRollout:
		return p.SubjectID == t.RolloutID
	}
	return false
}

// Reason says what is paused.
func (p Pause) Reason() Reason {
	switch p.Scope {
	case PauseDatabase:
		return Why(ReasonPausedDatabase, "text", p.Why)
	case PauseRollout:
		return Why(ReasonPausedRollout, "text", p.Why)
	}
	return Why(ReasonPausedAll, "text", p.Why)
}

// StoppedBy returns the widest pause that keeps the task from starting. ok is false when none does.
func StoppedBy(pauses []Pause, t Task) (by Pause, ok bool) {
	for _, scope := range []PauseScope{PauseAll, PauseDatabase, PauseRollout} {
		for _, p := range pauses {
			if p.Scope == scope && p.Stops(t) {
				return p, true
			}
		}
	}
	return Pause{}, false
}

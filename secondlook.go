package towpath

import (
	"slices"
	"time"
)

// LookWithin is how long a second person has to look at a start past a gate.
const LookWithin = 24 * time.Hour

// SecondLook is what a start past a gate leaves open: another person looks at it. It outlives the
// link of the start.
type SecondLook struct {
	ID            string // of the start
	ProjectID     string
	LinkID        string
	RolloutID     string
	EnvironmentID string
	MemberID      string   // who started past the gate
	Why           string   // as that person says
	Authors       []string // the members who wrote or committed a file of the start
	At            time.Time
	LookedBy      string // "" while it is open
	LookedAt      *time.Time
	Note          string // of who looked; may be empty
}

// DueAt is when somebody must have looked.
func (l SecondLook) DueAt() time.Time { return l.At.Add(LookWithin) }

// Open reports whether nobody has looked yet.
func (l SecondLook) Open() bool { return l.LookedAt == nil }

// Overdue reports whether nobody has looked in time.
func (l SecondLook) Overdue(now time.Time) bool { return l.Open() && !now.Before(l.DueAt()) }

// Allows reports whether a member may look: one whose consent the environment would ask for, who has
// neither started it nor written a file of it.
func (l SecondLook) Allows(m Member, project ProjectRole, consent Consent) bool {
	who := Answerer{Roles: ApproverRoles(m, project)}
	return who.HasOne(consent.Of()) && m.ID != l.MemberID && !slices.Contains(l.Authors, m.ID)
}

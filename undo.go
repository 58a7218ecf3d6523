package towpath

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// TypeUndo is the way back of a migration in one database. It runs only when a person asks for it.
const TypeUndo ChangeType = "undo"

// LedgerUndone is the state of a migration whose way back ran after it: the database does not have it
// any more. Its row of TypeUndo says more.
const LedgerUndone LedgerState = "undone"

// Versioned reports whether rows of the type count among the versions of a database.
func (t ChangeType) Versioned() bool { return t != TypeRepeatable && t != TypeUndo }

// undoMark begins the version of each row of TypeUndo. Every version of a file begins with a digit.
const undoMark = "u"

// Undo identifies the nth time that a migration is undone in a database, from 1. Each has a row of its
// own in the ledger, since a migration may run again and be undone again.
func (id MigrationID) Undo(n int) MigrationID {
	return MigrationID{
		Version: strings.Join([]string{undoMark, strconv.Itoa(n), string(id.Type), id.Version}, "."),
		Type:    TypeUndo,
	}
}

// Undoes returns which migration an identity takes back, and for which time. ok is false for any that
// Undo has not returned.
func (id MigrationID) Undoes() (of MigrationID, n int, ok bool) {
	parts := strings.SplitN(id.Version, ".", 4)
	if id.Type != TypeUndo || len(parts) < 4 || parts[0] != undoMark {
		return of, 0, false
	}
	n, err := strconv.Atoi(parts[1])
	return MigrationID{Version: parts[3], Type: ChangeType(parts[2])}, n, err == nil && n > 0
}

// Undoing is a person's order to undo a migration in one database.
type Undoing struct {
	MemberID string    `json:"member"`
	By       string    `json:"by"` // name and address at that moment
	Why      string    `json:"why"`
	At       time.Time `json:"at"`
	Trial    UndoTrial `json:"trial,omitzero"`

	// Applied is the text that is undone, when its way back is a file beside it: then the task has the
	// path and checksum of that file. nil when the way back is a part of the text.
	Applied *AppliedText `json:"applied,omitempty"`
}

// AppliedText is a text that a database has.
type AppliedText struct {
	Path     string `json:"path"`
	Checksum string `json:"checksum"`
}

// BackBeside reports whether the task undoes a migration by a file beside it.
func (t Task) BackBeside() bool { return t.Undoing != nil && t.Undoing.Applied != nil }

// Undone returns the text that a task of TypeUndo takes back.
func (t Task) Undone() AppliedText {
	if t.BackBeside() {
		return *t.Undoing.Applied
	}
	return AppliedText{Path: t.Path, Checksum: t.Checksum}
}

// UndoTrial is what came of trying a way back in a scratch database: back, forth and back again.
type UndoTrial struct {
	Tried  bool   `json:"tried"`
	Reason Reason `json:"reason,omitzero"` // why it was not tried, or what is wrong; zero when it fits
}

// Failed reports whether it was tried and does not fit.
func (t UndoTrial) Failed() bool { return t.Tried && !t.Reason.IsZero() }

// UndoneBy returns the order of a person. CodeInvalid on the field why when there is no reason, or a
// long one.
func UndoneBy(m Member, why string, at time.Time) (*Undoing, error) {
	why = strings.TrimSpace(why)
	if why == "" || utf8.RuneCountInString(why) > maxMarkReason {
		return nil, Invalid("why", "Say in 1 to %d characters why it is undone.", maxMarkReason)
	}
	by := Person{Name: m.Name, Email: m.Email}.String()
	return &Undoing{MemberID: m.ID, By: by, Why: why, At: at}, nil
}

// ExcludeAskers marks who has ordered an undo of the stage as an author: consent is another person's.
func (s *Stage) ExcludeAskers() {
	for _, t := range s.Tasks {
		if t.Undoing != nil {
			who := s.Answerers[t.Undoing.MemberID]
			who.Author = true
			s.Answerers[t.Undoing.MemberID] = who
		}
	}
}

package towpath

import (
	"strings"
	"time"
)

// SchemaCheck is what is known of the schema of one database.
type SchemaCheck struct {
	DatabaseID string
	Base       string     // checksum of the schema that it should have; "" when that is not known
	ChangeID   string     // the newest change that Base has
	Found      string     // checksum of the schema that it had last; "" when that is not known
	CheckedAt  *time.Time // when it had that; nil: never
	Error      Reason     // why nothing can be said since; zero when something can
	Told       string     // the State of which receivers were told; "" for none
}

// Drift is a difference in a database's schema that no change made.
type Drift struct {
	ID         string
	DatabaseID string
	Before     string // checksum of the schema that it should have had
	After      string // checksum of the schema that it had
	ChangeID   string // of the change that ran with it; "" for a difference that can still go
	SeenAt     time.Time
	SettledAt  *time.Time // nil while it is open
	AcceptedBy string     // name and address of the person then; "" when the difference went
	Why        string     // in the person's words
}

// DriftState sums up what is known of the schema of a database.
type DriftState string

const (
	DriftNone    DriftState = "same" // as the last change or a person left it
	DriftSeen    DriftState = "drifted"
	DriftUnknown DriftState = "unknown"
)

// SchemaWatch compares the schema of a database with what its changes left.
type SchemaWatch struct {
	SchemaCheck
	Drifts []Drift // open ones and those just settled, oldest first
}

// State says how the schema stands; because is why it is unknown, or why it can't be read any more.
func (w SchemaWatch) State() (state DriftState, because Reason) {
	switch {
	case w.Key() != "":
		return DriftSeen, w.Error
	case !w.Error.IsZero():
		return DriftUnknown, w.Error
	case w.Base == "":
		return DriftUnknown, Why(ReasonSchemaNoBase)
	case w.CheckedAt == nil || w.Found != w.Base:
		return DriftUnknown, Why(ReasonSchemaUnread)
	default:
		return DriftNone, Reason{}
	}
}

// Key identifies the open drifts; "" when there is none. It stays when a change runs with them.
func (w SchemaWatch) Key() string {
	var key strings.Builder
	for _, d := range w.Drifts {
		if d.SettledAt == nil {
			key.WriteString(d.Before + ">" + d.After + "\n")
		}
	}
	if key.Len() == 0 {
		return ""
	}
	return digest([]byte(key.String()))
}

// Since is when the oldest open drift was seen; zero when there is none.
func (w SchemaWatch) Since() time.Time {
	for _, d := range w.Drifts {
		if d.SettledAt == nil {
			return d.SeenAt
		}
	}
	return time.Time{}
}

// Follow takes the next change of the history into account. The schema before it may show a drift
// that nobody had seen. halfway says that an earlier attempt of the same change had left a part.
func (w *SchemaWatch) Follow(h ChangeHistory, halfway bool) {
	w.ChangeID = h.ID
	if h.State == LedgerBaselined { // nothing ran
		return
	}
	if h.SchemaBefore != "" && !halfway {
		w.compare(h.SchemaBefore, h.StartedAt)
	}
	if d := w.current(); d != nil {
		d.ChangeID = h.ID
		if h.SchemaAfter == d.Before { // it took the difference back
			d.SettledAt = &h.FinishedAt
		}
	}
	w.Base, w.Found, w.Error = h.SchemaAfter, h.SchemaAfter, Reason{}
	if h.SchemaAfter != "" {
		w.CheckedAt = &h.FinishedAt
	}
}

// See takes a reading of the schema into account.
func (w *SchemaWatch) See(found string, at time.Time) {
	w.Found, w.CheckedAt, w.Error = found, &at, Reason{}
	w.compare(found, at)
}

// Accept takes the schema as it was last seen for what it should be.
func (w *SchemaWatch) Accept(by, why string, at time.Time) {
	for i := range w.Drifts {
		if d := &w.Drifts[i]; d.SettledAt == nil {
			d.SettledAt, d.AcceptedBy, d.Why = &at, by, why
		}
	}
	w.Base = w.Found
}

func (w *SchemaWatch) compare(found string, at time.Time) {
	d := w.current()
	switch {
	case w.Base == "":
	case found == w.Base && d != nil:
		d.SettledAt = &at
	case found == w.Base:
	case d != nil:
		d.After = found
	default:
		w.Drifts = append(w.Drifts, Drift{
			DatabaseID: w.DatabaseID, Before: w.Base, After: found, SeenAt: at,
		})
	}
}

// current is the open drift that no change ran with; nil when there is none.
func (w *SchemaWatch) current() *Drift {
	for i := range w.Drifts {
		if d := &w.Drifts[i]; d.SettledAt == nil && d.ChangeID == "" {
			return d
		}
	}
	return nil
}

// Partial reports whether an attempt that did not succeed may have left something of its file.
func (a Attempt) Partial() bool {
	switch a.Extent {
	case ExtentUnset, ExtentUntouched:
		return false
	case ExtentKept:
		return a.Kept > 0
	}
	return true
}

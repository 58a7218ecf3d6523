package towpath

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Mark is a person's word that a database has a migration already. The migration is then recorded in
// the ledger and does not run.
type Mark struct {
	MemberID string    `json:"member"`
	By       string    `json:"by"` // name and address at that moment
	Why      string    `json:"why"`
	Despite  bool      `json:"despite,omitempty"` // whatever the database shows
	At       time.Time `json:"at"`
}

// maxMarkReason bounds why a person marks a migration as applied, in characters.
const maxMarkReason = 1000

// MarkedBy returns the mark of a person. CodeInvalid on the field why when there is no reason, or a
// long one.
func MarkedBy(m Member, why string, at time.Time) (*Mark, error) {
	why = strings.TrimSpace(why)
	if why == "" || utf8.RuneCountInString(why) > maxMarkReason {
		return nil, Invalid("why", "Say in 1 to %d characters how the database got it.", maxMarkReason)
	}
	by := Person{Name: m.Name, Email: m.Email}.String()
	return &Mark{MemberID: m.ID, By: by, Why: why, At: at}, nil
}

// MayMark returns nil when a person may mark the task as applied, else CodeConflict with the way out.
// paused says that a pause keeps it from starting.
func (t Task) MayMark(paused bool) error {
	switch {
	case t.Type == TypeUndo:
		return Errorf(CodeConflict, "This task undoes a version. If that is done already, skip the task.")
	case t.Action != ActionApply:
		return Errorf(CodeConflict, "This task only records, and runs nothing.")
	case t.State == TaskHeld, t.State == TaskFailed, t.State == TaskPending && paused:
		return nil
	case t.State == TaskPending:
		return Errorf(CodeConflict,
			"This task starts by itself when its turn comes. Pause its rollout first, then mark it.")
	case t.State == TaskRunning:
		return Errorf(CodeConflict,
			"This task is running. Wait until it has ended, or cancel it, then look again.")
	case t.State == TaskUnknown:
		return Errorf(CodeConflict,
			"The outcome of this task is unknown. Check the database, then resolve the task as applied.")
	}
	return Errorf(CodeConflict, "This task has ended: it is %s. Nothing of it runs any more.", t.State)
}

// MarkApplied makes the task record its migration instead of running it.
func (t *Task) MarkApplied(m Mark) {
	t.Mark = &m
	t.Action, t.Covers = ActionRecord, []Migration{t.Migration}
	t.State, t.Reason = TaskPending, Reason{}
}

// Unmark makes the task run its migration again, after the database has shown that it is not there.
func (t *Task) Unmark() {
	t.Mark = nil
	t.Action, t.Covers = ActionApply, nil
}

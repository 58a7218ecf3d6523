package towpath_test

import (
	"testing"

	"towpath"
)

func TestAttempt_inDatabase(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]towpath.Attempt{
		"": {Total: 3},
		"Nothing of this file is in the database.": {
			Extent: towpath.ExtentKept, Total: 3,
		},
		"Statement 1 of 3 is in the database.": {
			Extent: towpath.ExtentKept, Kept: 1, Total: 3,
		},
		"Statements 1 to 2 of 3 are in the database.": {
			Extent: towpath.ExtentKept, Kept: 2, Total: 3,
		},
		"All 3 statements are in the database.": {
			Extent: towpath.ExtentKept, Kept: 3, Total: 3,
		},
		"Statement 1 of 3 is in the database, and a part of statement 2 may be.": {
			Extent: towpath.ExtentPart, Kept: 1, Total: 3,
		},
		"Statement 1 of 3 is in the database. It is not known whether statement 2 is.": {
			Extent: towpath.ExtentNext, Kept: 1, Total: 3,
		},
		"It is not known whether statement 1 of 3 is in the database.": {
			Extent: towpath.ExtentNext, Total: 3,
		},
		"It is not known what of this file is in the database.": {
			Extent: towpath.ExtentUnknown, Total: 3,
		},
		"The transaction was rolled back, except in tables without transactions (MyISAM, Aria).": {
			Extent: towpath.ExtentTables, Total: 3,
		},
	} {
		if got := a.InDatabase(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A statement with an unknown outcome is not shown as failed, and one that was rolled back is not
// shown as done.
func TestAttempt_stateOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attempt towpath.Attempt
		index   int
		failed  bool
		want    towpath.StatementState
	}{
		"of a run that ended well": {
			attempt: towpath.Attempt{State: towpath.TaskDone},
			want:    towpath.StatementDone,
		},
		"undone": {attempt: towpath.Attempt{
			State:  towpath.TaskFailed,
			Extent: towpath.ExtentKept,
		}, want: towpath.StatementRolledBack},
		"failed": {attempt: towpath.Attempt{
			State:  towpath.TaskFailed,
			Extent: towpath.ExtentKept,
		}, failed: true, want: towpath.StatementFailed},
		"kept": {attempt: towpath.Attempt{
			State:  towpath.TaskFailed,
			Extent: towpath.ExtentPart, Kept: 1,
		}, want: towpath.StatementDone},
		"in a commit nobody heard of": {attempt: towpath.Attempt{
			State:  towpath.TaskUnknown,
			Extent: towpath.ExtentUnknown,
		}, want: towpath.StatementUnknown},
		"under way when the line broke": {attempt: towpath.Attempt{
			State:  towpath.TaskUnknown,
			Extent: towpath.ExtentNext, Kept: 1,
		}, index: 1, failed: true, want: towpath.StatementUnknown},
		"in a table that keeps it": {attempt: towpath.Attempt{
			State:  towpath.TaskFailed,
			Extent: towpath.ExtentTables,
		}, want: towpath.StatementUnknown},
	} {
		if got := c.attempt.StateOf(c.index, c.failed); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

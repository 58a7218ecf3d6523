package towpath_test

import (
	"testing"

	"towpath"
)

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

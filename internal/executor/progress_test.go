package executor

import (
	"errors"
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

func TestNextStep(t *testing.T) {
	t.Parallel()
	kind := func(k engine.Kind) error { return fmt.Errorf("run: %w", &engine.Error{Kind: k}) }
	for name, c := range map[string]struct {
		err  error
		at   progress
		want step
	}{
		"a lock before anything is kept": {kind(engine.Locked), progress{}, stepRetry},
		"a lock at the commit": {
			kind(engine.Locked),
			progress{begun: true},
			stepRetry,
		},
		"a lock after a statement that stays": {
			kind(engine.Locked),
			progress{begun: true, kept: 1},
			stepFail,
		},
		"a lost connection inside a transaction": {kind(engine.Lost), progress{}, stepRetry},
		"a lost connection at the commit": {
			kind(engine.Lost),
			progress{begun: true},
			stepVerify,
		},
		"a lost connection where statements stay": {
			kind(engine.Lost),
			progress{begun: true, kept: 3},
			stepVerify,
		},
		"another process took over": {kind(engine.Fenced), progress{}, stepFenced},
		"another process took over while it committed": {
			kind(engine.Fenced),
			progress{begun: true},
			stepFenced,
		},
		"a row that was not there":       {kind(engine.Unexpected), progress{begun: true}, stepRetry},
		"the database says no":           {kind(engine.Failed), progress{}, stepFail},
		"the guard says no":              {kind(engine.Refused), progress{}, stepFail},
		"a statement that took too long": {kind(engine.Timeout), progress{}, stepFail},
		"a text that cannot be read on": {
			&textError{errors.New("away")},
			progress{begun: true, kept: 1},
			stepRetry,
		},
		"a text as well, with a new owner": {errors.Join(kind(engine.Fenced),
			&textError{errors.New("away")}), progress{begun: true}, stepFenced},
		"a database that does not answer": {
			towpath.Errorf(towpath.CodeUnavailable, "away"),
			progress{},
			stepRetry,
		},
		"a database that is gone after what stays": {
			towpath.Errorf(towpath.CodeUnavailable, "away"),
			progress{begun: true, kept: 1},
			stepVerify,
		},
		"two files that bear the database's name": {
			towpath.Errorf(towpath.CodeConflict, "two"),
			progress{},
			stepFail,
		},
		"something that nobody thought of": {errors.New("odd"), progress{}, stepFail},
		"a failing statement, with its place in between": {&statementError{
			statement.Position{Line: 3},
			kind(engine.Locked),
		}, progress{}, stepRetry},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := nextStep(c.err, c.at); got != c.want {
				t.Errorf("got step %d, want %d", got, c.want)
			}
		})
	}
}

func TestExtentOf(t *testing.T) {
	t.Parallel()
	failed, unknown := outcome{state: towpath.TaskFailed}, outcome{state: towpath.TaskUnknown}
	for name, c := range map[string]struct {
		out                    outcome
		at                     progress
		autocommit, unverified bool
		want                   towpath.Extent
	}{
		"done": {
			out: outcome{state: towpath.TaskDone},
			at:  progress{ran: true, begun: true},
		},
		"rolled back": {out: failed, at: progress{ran: true}, want: towpath.ExtentKept},
		"rolled back, but for some tables": {
			out: failed, at: progress{ran: true, rowsStay: true},
			want: towpath.ExtentTables,
		},
		"interrupted by the server's stop": {
			out: outcome{state: towpath.TaskPending},
			at:  progress{ran: true}, want: towpath.ExtentKept,
		},
		"a commit of which nobody heard": {
			out: unknown, at: progress{ran: true, begun: true},
			unverified: true, want: towpath.ExtentUnknown,
		},
		"and the server out of reach since": {out: unknown, unverified: true, want: towpath.ExtentUnknown},
		"a statement of which nobody heard": {
			out: unknown, at: progress{ran: true, begun: true, kept: 2},
			autocommit: true, unverified: true, want: towpath.ExtentNext,
		},
		"half-way": {
			out: failed, at: progress{ran: true, begun: true, kept: 2},
			autocommit: true, want: towpath.ExtentKept,
		},
		"half-way in a routine": {
			out: failed,
			at:  progress{ran: true, begun: true, partial: true}, autocommit: true, want: towpath.ExtentPart,
		},
		"half-way in a table that keeps it": {
			out: failed,
			at:  progress{ran: true, begun: true, rowsStay: true}, autocommit: true, want: towpath.ExtentPart,
		},
		"nothing ran":                  {out: failed, want: towpath.ExtentUntouched},
		"an earlier run, out of reach": {out: unknown, want: towpath.ExtentUnknown},
		"an earlier run of another text": {out: outcome{
			state:  towpath.TaskUnknown,
			extent: towpath.ExtentUntouched,
		}, want: towpath.ExtentUntouched},
	} {
		if got := extentOf(c.out, c.at, c.autocommit, c.unverified); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

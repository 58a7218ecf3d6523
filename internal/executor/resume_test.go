package executor

import (
	"errors"
	"testing"

	"towpath"
	"towpath/internal/statement"
)

func TestPlanResume(t *testing.T) {
	t.Parallel()
	task := towpath.Task{Migration: towpath.Migration{Checksum: "new", Label: "1"}}
	row := func(state towpath.LedgerState, checksum string, done int) towpath.LedgerEntry {
		return towpath.LedgerEntry{State: state, Checksum: checksum, StatementsDone: done, StatementsTotal: 5}
	}
	for name, c := range map[string]struct {
		row      towpath.LedgerEntry
		none     bool
		prefix   bool
		refilled bool
		resolved bool
		after    int
		want     resumePlan
		state    towpath.TaskState // of a terminalError; "" for none
	}{
		"no row": {none: true},
		"applied": {
			row:  row(towpath.LedgerDone, "new", 5),
			want: resumePlan{applied: true},
		},
		"baselined": {
			row:  row(towpath.LedgerBaselined, "new", 0),
			want: resumePlan{applied: true},
		},
		"applied with another text": {
			row:   row(towpath.LedgerDone, "old", 5),
			state: towpath.TaskFailed,
		},
		"applied with another text, resolved": {
			row: row(towpath.LedgerDone, "old", 5), resolved: true,
			state: towpath.TaskFailed,
		},
		"under way in a run that is gone": {
			row:  row(towpath.LedgerRunning, "new", 2),
			want: resumePlan{from: 2, verify: true},
		},
		"under way, then edited": {
			row:  row(towpath.LedgerRunning, "old", 2),
			want: resumePlan{from: 2, verify: true},
		},
		"under way, resolved": {
			row:      row(towpath.LedgerRunning, "new", 2),
			resolved: true, want: resumePlan{from: 2},
		},
		"under way, resolved with another text": {
			row:      row(towpath.LedgerRunning, "old", 2),
			resolved: true,
		},
		"under way, resolved with another end": {
			row:      row(towpath.LedgerRunning, "old", 2),
			resolved: true, prefix: true, want: resumePlan{from: 2},
		},
		"stopped half-way": {
			row:  row(towpath.LedgerFailed, "new", 2),
			want: resumePlan{from: 2},
		},
		"stopped half-way, then fixed": {
			row: row(towpath.LedgerFailed, "old", 2), prefix: true,
			want: resumePlan{from: 2},
		},
		"stopped half-way, then edited before it": {
			row:   row(towpath.LedgerFailed, "old", 2),
			state: towpath.TaskUnknown,
		},
		"stopped half-way, edited, a person knows": {
			row:      row(towpath.LedgerFailed, "old", 2),
			resolved: true,
		},
		"a person counts what is in": {
			row: row(towpath.LedgerFailed, "old", 2), resolved: true,
			after: 3, want: resumePlan{from: 3},
		},
		"a person counts without a row": {
			none: true, resolved: true, after: 3,
			want: resumePlan{from: 3},
		},
		"counted for a run that was not resolved": {
			row: row(towpath.LedgerFailed, "new", 2), after: 3,
			want: resumePlan{from: 2},
		},
		"applied with other values": {
			row: row(towpath.LedgerDone, "new", 5), refilled: true,
			want: resumePlan{applied: true},
		},
		"stopped half-way with other values": {
			row: row(towpath.LedgerFailed, "new", 2), refilled: true,
			state: towpath.TaskUnknown,
		},
		"stopped half-way with other values behind": {
			row: row(towpath.LedgerFailed, "new", 2), refilled: true, prefix: true,
			want: resumePlan{from: 2},
		},
		"failed with nothing kept": {row: row(towpath.LedgerFailed, "old", 0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			task := task
			task.ContinueAfter = c.after
			got, err := planResume(task, ledgerRow{c.row, !c.none, c.refilled}, c.prefix, c.resolved)
			var e *terminalError
			if errors.As(err, &e) != (c.state != "") || e != nil &&
				(e.state != c.state || e.reason.IsZero()) || got != c.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestWeigh(t *testing.T) {
	t.Parallel()
	id := func(version string) towpath.MigrationID {
		return towpath.MigrationID{Version: version, Type: towpath.TypeDDL}
	}
	row := func(version string, state towpath.LedgerState, database string) towpath.LedgerEntry {
		return towpath.LedgerEntry{
			MigrationID: id(version),
			State:       state,
			Checksum:    "c" + version,
			DatabaseID:  database,
		}
	}
	apply := towpath.Task{Action: towpath.ActionApply, Migration: towpath.Migration{
		MigrationID: id("1"),
		Checksum:    "c1",
	}}
	record := towpath.Task{Action: towpath.ActionRecord, Covers: []towpath.Migration{
		apply.Migration,
		{MigrationID: id("2"), Checksum: "c2"},
	}}
	for name, c := range map[string]struct {
		task            towpath.Task
		rows            []towpath.LedgerEntry
		complete, begun bool
	}{
		"an empty ledger": {task: apply},
		"the change is in": {
			apply,
			[]towpath.LedgerEntry{row("1", towpath.LedgerDone, "d")},
			true, false,
		},
		"another change is in": {
			apply,
			[]towpath.LedgerEntry{row("2", towpath.LedgerDone, "d")},
			false, false,
		},
		"the change is under way": {
			apply,
			[]towpath.LedgerEntry{row("1", towpath.LedgerRunning, "d")},
			false, true,
		},
		"the ledger is another's": {
			apply,
			[]towpath.LedgerEntry{row("1", towpath.LedgerDone, "other")},
			false, true,
		},
		"half of what is to be recorded": {
			record,
			[]towpath.LedgerEntry{row("1", towpath.LedgerDone, "d")},
			false, false,
		},
		"all of what was to be recorded": {record, []towpath.LedgerEntry{
			row("1", towpath.LedgerDone, "d"),
			row("2", towpath.LedgerBaselined, "d"),
		}, true, false},
		"to be recorded over an old text": {
			record,
			[]towpath.LedgerEntry{{MigrationID: id("1"), State: towpath.LedgerDone, DatabaseID: "d"}},
			false,
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := collectEvidence(c.task, c.rows, "d"); got.complete != c.complete || got.begun != c.begun {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	for state, want := range map[statement.State]struct{ again, lost bool }{
		statement.NoState:   {},
		statement.Setting:   {again: true},
		statement.Temporary: {lost: true},
	} {
		st := statement.Statement{State: state, Pos: statement.Position{Line: 3, Column: 1}}
		if again, lost := replay(st); again != want.again || lost != want.lost {
			t.Errorf("%v: %v %v", state, again, lost)
		}
	}
}

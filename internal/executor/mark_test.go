package executor_test

import (
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/wording"
)

// marked adds a task that a person has marked as applied.
func (b *bundle) marked(t *testing.T, version, script string, despite bool) towpath.Task {
	t.Helper()
	task := b.task(t, version, script)
	b.set(t, task.ID, func(k *towpath.Task) {
		k.MarkApplied(towpath.Mark{
			MemberID: "m", By: "Ada <ada@example.com>", Why: "Made by hand", Despite: despite,
			At: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC),
		})
	})
	return task
}

func TestRunTask_recordsWhatAPersonHasMarked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if _, err := b.plain(t, "shop").Exec("CREATE TABLE größe (x)"); err != nil {
		t.Fatal(err)
	}
	task := b.marked(t, "1", "CREATE TABLE größe (x);", false)
	b.want(t, task.ID, towpath.TaskDone)
	entries := b.ledger(t)
	if len(entries) != 1 || entries[0].State != towpath.LedgerBaselined || entries[0].Checksum != task.Checksum {
		t.Fatalf("the ledger is %+v", entries)
	}
	for _, words := range []string{"Ada <ada@example.com>", "Made by hand", "2026-11-29T12:00:00Z"} {
		// JSON writes angle brackets as escapes
		if !strings.Contains(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(entries[0].Intent), words) {
			t.Errorf("the row does not say %q: %s", words, entries[0].Intent)
		}
	}
	_, _, history := b.read(t, task.ID)
	if len(history) != 1 || history[0].Mark == nil || history[0].Mark.Why != "Made by hand" ||
		history[0].State != towpath.LedgerBaselined {
		t.Errorf("the history is %+v", history)
	}
}

// What the database shows is looked at again when the row is written. A contradicted task runs its
// file again when somebody retries it.
func TestRunTask_recordsNoMarkThatTheDatabaseContradicts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const script = "CREATE TABLE größe (x);\nCREATE INDEX by_x ON größe (x);"
	if _, err := b.plain(t, "shop").Exec("CREATE TABLE größe (x)"); err != nil {
		t.Fatal(err)
	}
	task := b.marked(t, "1", script, false)
	got := b.want(t, task.ID, towpath.TaskFailed)
	if words := wording.Text(got.Reason); !strings.Contains(words, "the database has no index by_x") ||
		strings.Contains(words, "größe") {
		t.Errorf("the reason is %q", words)
	}
	if got.Mark != nil || got.Action != towpath.ActionApply || len(got.Covers) > 0 || len(b.ledger(t)) > 0 {
		t.Errorf("the task is %+v, the ledger %+v", got, b.ledger(t))
	}
	b.set(t, task.ID, func(k *towpath.Task) { k.State = towpath.TaskSkipped })
	if again := b.marked(t, "2", script, true); b.want(t, again.ID, towpath.TaskDone).Mark == nil {
		t.Error("despite was said, and the mark is gone")
	}
}

// The row of a file that stopped halfway contradicts a mark, and so does the row of another text.
func TestRunTask_overwritesNoRowByAMark(t *testing.T) {
	t.Parallel()
	const script = "UPDATE x SET a = 1;\nUPDATE x SET a = 2;"
	for name, c := range map[string]struct {
		row     towpath.LedgerEntry
		despite bool
		want    string // a part of the reason; "" when it is recorded
	}{
		"halfway":                 {towpath.LedgerEntry{State: towpath.LedgerFailed, StatementsDone: 1, StatementsTotal: 2}, false, "only 1 of 2 statements"},
		"halfway, despite":        {towpath.LedgerEntry{State: towpath.LedgerFailed, StatementsDone: 1, StatementsTotal: 2}, true, ""},
		"in flight":               {towpath.LedgerEntry{State: towpath.LedgerRunning, StatementsTotal: 2}, false, "only 0 of 2 statements"},
		"nothing of it":           {towpath.LedgerEntry{State: towpath.LedgerFailed, StatementsTotal: 2}, false, ""},
		"another text":            {towpath.LedgerEntry{State: towpath.LedgerDone, Checksum: "other"}, false, "another text"},
		"another text, despite":   {towpath.LedgerEntry{State: towpath.LedgerDone, Checksum: "other"}, true, "another text"},
		"from another path, done": {towpath.LedgerEntry{State: towpath.LedgerDone, Path: "old.sql", Checksum: "same"}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.marked(t, "1", script, c.despite)
			c.row.MigrationID, c.row.DatabaseID = task.MigrationID, b.database.ID
			if c.row.Checksum != "other" {
				c.row.Checksum = task.Checksum
			}
			c.row.StartedAt = time.Now()
			b.record(t, c.row)
			run(t, b.Service, task.ID)
			got, _, _ := b.read(t, task.ID)
			words := wording.Text(got.Reason)
			if (got.State == towpath.TaskDone) != (c.want == "") || !strings.Contains(words, c.want) {
				t.Fatalf("the task is %s, %q", got.State, words)
			}
			row := b.ledger(t)[0]
			kept := c.want != "" || c.row.Path != ""
			if (row.State == towpath.LedgerBaselined) == kept {
				t.Errorf("the row is %+v", row)
			}
		})
	}
}

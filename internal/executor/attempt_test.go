package executor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/wording"
)

func TestRunTask_appliesAFileAndTellsOfIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.SnapshotSchemas = true
	task := b.task(t, "1",
		"CREATE TABLE item (id INTEGER PRIMARY KEY);\n\nINSERT INTO item VALUES (1), (2);\n")
	b.want(t, task.ID, towpath.TaskDone)
	if got := b.query(t, tables); got != "item" {
		t.Errorf("tables are %q", got)
	}
	ledger := b.ledger(t)
	if len(ledger) != 1 || ledger[0].State != towpath.LedgerDone || ledger[0].Checksum != task.Checksum ||
		ledger[0].DatabaseID != b.database.ID ||
		ledger[0].ServerID != "server" || ledger[0].StatementsDone != 2 || ledger[0].Epoch != 1 ||
		ledger[0].FinishedAt == nil {
		t.Errorf("ledger is %+v", ledger)
	}
	done, attempts, history := b.read(t, task.ID)
	if done.Total != 2 || done.Finished != 2 || done.FinishedAt == nil || len(attempts) != 1 ||
		attempts[0].State != towpath.TaskDone {
		t.Errorf("task is %+v, attempts %+v", done, attempts)
	}
	if len(history) != 1 || history[0].RowsAffected != 2 || history[0].Author != "Ada" ||
		history[0].TaskID != task.ID || history[0].SchemaBefore == history[0].SchemaAfter {
		t.Fatalf("history is %+v", history)
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		logs, err := tx.Statements(ctx, attempts[0].ID, 0, 10)
		if len(logs) != 2 || logs[1].Line != 3 || logs[1].Rows != 2 ||
			!strings.HasPrefix(logs[1].Summary, "INSERT INTO item") {
			t.Errorf("log is %+v", logs)
		}
		if dump, err := tx.Content(ctx, history[0].SchemaAfter); err != nil ||
			!strings.Contains(string(dump), "CREATE TABLE item") {
			t.Errorf("schema after is %q, %v", dump, err)
		}
		d, _ := tx.ProjectDatabases(ctx, b.database.ProjectID)
		if d[0].Lease.Owner != "" || len(d[0].Ledger.Entries) != 1 {
			t.Errorf("database is %+v, want it free and its ledger noted", d[0])
		}
		return err
	})
	if !b.wanted(t, towpath.JobAdvance, b.rollout.ID) {
		t.Error("the rollout was not woken")
	}
	run(t, b.Service, task.ID)
	if _, attempts, _ := b.read(t, task.ID); len(attempts) != 1 {
		t.Error("a task that was done was run again")
	}
}

func TestRunTask_whatMustNotRunIsRefusedBeforeAnythingRan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, place string }{
		"a commit":            {"CREATE TABLE a (x);\n  COMMIT;\n", "1.sql:2:3: "},
		"another file":        {"CREATE TABLE a (x);\nATTACH 'other.db' AS other;", "1.sql:2:1: "},
		"a file to write":     {"CREATE TABLE a (x);\nVACUUM INTO 'other.db';", "1.sql:2:1: "},
		"a quote left open":   {"CREATE TABLE a (x);\nINSERT INTO a VALUES ('x);", "1.sql:2:23: "},
		"a loaded extension":  {"CREATE TABLE a (x);\nSELECT load_extension('x');", "1.sql:2:"},
		"a write to a ledger": {"CREATE TABLE a (x);\nDELETE FROM towpath_ledger;", "1.sql:2:"},
		"a failing statement": {"CREATE TABLE a (x);\n\n INSERT INTO missing VALUES (1);\nCREATE " +
			"TABLE b (x);", "1.sql:3:2: "},
		"a broken reference": {
			"CREATE TABLE a (x PRIMARY KEY);\nCREATE TABLE b (x REFERENCES a);\nINSERT " +
				"INTO b VALUES (7);",
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.want(t, b.task(t, "1", c.script).ID, towpath.TaskFailed)
			if !strings.HasPrefix(wording.Text(task.Reason), c.place) ||
				wording.Text(task.Reason) == c.place {
				t.Errorf("reason is %q, want it at %q", task.Reason, c.place)
			}
			if got := b.query(t, tables); got != "" || len(b.ledger(t)) != 0 {
				t.Errorf("left behind: tables %q, ledger %v", got, b.ledger(t))
			}
			if _, attempts, history := b.read(t, task.ID); len(history) != 0 ||
				attempts[0].State != towpath.TaskFailed || attempts[0].Message.IsZero() {
				t.Errorf("attempts %+v, history %+v", attempts, history)
			}
		})
	}
}

func TestRunTask_findsWhatTheLedgerHas(t *testing.T) {
	t.Parallel()
	const script = "CREATE TABLE a (x);"
	for name, c := range map[string]struct {
		change func(b *bundle, e *towpath.LedgerEntry)
		state  towpath.TaskState
		words  string
		told   int // rows of history
	}{
		"the same text: nothing to run": {
			func(b *bundle, e *towpath.LedgerEntry) {}, towpath.TaskDone,
			"", 1,
		},
		"another text: nothing may run": {
			func(b *bundle, e *towpath.LedgerEntry) { e.Checksum = "other" },
			towpath.TaskFailed, "with another text", 0,
		},
		"the ledger of another database": {func(b *bundle, e *towpath.LedgerEntry) {
			e.DatabaseID, e.MigrationID = "other", towpath.MigrationID{Type: towpath.TypeLease}
		}, towpath.TaskFailed, "Is it a copy?", 0},
		"a row of another database": {
			func(b *bundle, e *towpath.LedgerEntry) { e.DatabaseID = "other" },
			towpath.TaskFailed, "Is it a copy?", 0,
		},
		"an intent without its outcome": {func(b *bundle,
			e *towpath.LedgerEntry,
		) {
			e.State = towpath.LedgerRunning
		}, towpath.TaskUnknown, "it is unknown whether", 0},
		"a run that stopped half-way": {func(b *bundle,
			e *towpath.LedgerEntry,
		) {
			e.State = towpath.LedgerFailed
		}, towpath.TaskDone, "", 1},
		"a run that stopped half-way in another text": {
			func(b *bundle,
				e *towpath.LedgerEntry,
			) {
				e.State, e.Checksum = towpath.LedgerFailed, "other"
			},
			towpath.TaskUnknown, "halfway", 0,
		},
		"a run that failed with nothing kept": {
			func(b *bundle,
				e *towpath.LedgerEntry,
			) {
				e.State, e.StatementsDone = towpath.LedgerFailed, 0
			}, towpath.TaskDone,
			"", 1,
		},
		"a newer epoch, after a restore": {func(b *bundle, e *towpath.LedgerEntry) {
			e.State, e.StatementsDone, e.Epoch = towpath.LedgerFailed, 0, 41
		}, towpath.TaskDone, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.task(t, "1", script)
			at := time.Now().UTC().Truncate(time.Microsecond)
			e := towpath.LedgerEntry{
				MigrationID:     task.MigrationID,
				State:           towpath.LedgerDone,
				Checksum:        task.Checksum,
				Path:            task.Path,
				Epoch:           1,
				DatabaseID:      b.database.ID,
				StatementsTotal: 2,
				StatementsDone:  1,
				StartedAt:       at,
				FinishedAt:      &at,
			}
			c.change(b, &e)
			b.record(t, e)
			got := b.want(t, task.ID, c.state)
			if !strings.Contains(wording.Text(got.Reason), c.words) {
				t.Errorf("reason is %q", got.Reason)
			}
			if _, _, history := b.read(t, task.ID); len(history) != c.told {
				t.Errorf("history is %+v, want %d rows", history, c.told)
			}
			if ran := b.query(t, tables) == "a"; ran != (e.State == towpath.LedgerFailed &&
				e.StatementsDone == 0 && c.state == towpath.TaskDone) {
				t.Errorf("ran is %v", ran)
			}
		})
	}
}

func TestRunTask_runsAgainWhatAPersonResolved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1", "CREATE TABLE a (x);\nCREATE TABLE b (x);")
	b.record(t, towpath.LedgerEntry{
		MigrationID:     task.MigrationID,
		State:           towpath.LedgerRunning,
		Checksum:        task.Checksum,
		DatabaseID:      b.database.ID,
		Epoch:           7,
		StatementsTotal: 2,
		StatementsDone:  1,
		StartedAt:       time.Now(),
	})
	b.want(t, task.ID, towpath.TaskUnknown)
	run(t, b.Service, task.ID)
	if again, _, _ := b.read(t, task.ID); again.State != towpath.TaskUnknown {
		t.Fatalf("task is %s without a person's word", again.State)
	}
	b.set(t, task.ID, func(t *towpath.Task) { t.State = towpath.TaskPending })
	b.want(t, task.ID, towpath.TaskDone)
	if got := b.query(t, tables); got != "b" {
		t.Errorf("tables are %q, want only what came after the statement that was in", got)
	}
}

func TestRunTask_recordsWithoutRunning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.want(t, b.task(t, "1", "CREATE TABLE a (x);").ID, towpath.TaskDone)
	edited, second := b.migration("1", "CREATE TABLE a (y);"), b.migration("2", "CREATE TABLE b (x);")
	marker := towpath.Migration{
		MigrationID: towpath.MigrationID{Version: "3", Type: towpath.TypeBaseline},
		Label:       "3",
	}
	task := b.task(t, "3", "")
	b.set(t, task.ID, func(t *towpath.Task) {
		t.Action, t.Migration, t.Covers = towpath.ActionRecord, marker, []towpath.Migration{
			marker, edited,
			second,
		}
	})
	b.want(t, task.ID, towpath.TaskDone)
	b.set(t, task.ID, func(t *towpath.Task) { t.State = towpath.TaskPending })
	b.want(t, task.ID, towpath.TaskDone) // as after a crash between the two commits
	state := map[string]towpath.LedgerEntry{}
	for _, e := range b.ledger(t) {
		state[e.Version] = e
	}
	if len(state) != 3 || state["1"].State != towpath.LedgerBaselined ||
		state["1"].Checksum != edited.Checksum || state["2"].State != towpath.LedgerBaselined ||
		state["3"].Type != towpath.TypeBaseline {
		t.Errorf("ledger is %+v", state)
	}
	if _, _, history := b.read(t, task.ID); len(history) != 4 || history[3].State != towpath.LedgerBaselined {
		t.Errorf("history has %d rows, want one that ran and three that were recorded", len(history))
	}
	if got := b.query(t, tables); got != "a" {
		t.Errorf("tables are %q", got)
	}
}

func TestRunTask_leavesADatabaseThatLeftTheProjectAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1", "CREATE TABLE a (x);")
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		b.database.ProjectID = ""
		return tx.UpdateDatabase(ctx, &b.database)
	})
	if got := b.want(t, task.ID, towpath.TaskFailed); got.Reason.Code != towpath.ReasonUnassigned ||
		b.query(t, tables) != "" {
		t.Errorf("reason is %q", got.Reason)
	}
}

func TestRunTask_waitsForItsTurn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.task(t, "1", "CREATE TABLE a (x);")
	second := b.task(t, "2", "CREATE TABLE b (x);")
	b.set(t, second.ID, func(t *towpath.Task) { t.Sequence = 2 })
	b.want(t, second.ID, towpath.TaskPending)
}

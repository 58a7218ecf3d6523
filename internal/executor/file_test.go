package executor_test

import (
	"strings"
	"testing"

	"towpath"
	"towpath/internal/wording"
)

func TestRunTask_runsAFileThatIsItsOwnTransactionInOurs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1",
		"-- a comment before\nBEGIN;\nCREATE TABLE wrapped (x);\nINSERT INTO wrapped VALUES (1);\nCOMMIT;\n")
	b.want(t, task.ID, towpath.TaskDone)
	if got := b.query(t, "SELECT count(*) || '' FROM wrapped"); got != "1" {
		t.Errorf("rows are %s", got)
	}
	if e := b.ledger(t); len(e) != 1 || e[0].StatementsTotal != 2 || e[0].StatementsDone != 2 {
		t.Errorf("ledger is %+v", e)
	}
	failing := b.task(t, "2",
		"BEGIN;\nINSERT INTO wrapped VALUES (2);\nINSERT INTO nowhere VALUES (1);\nEND;")
	b.want(t, failing.ID, towpath.TaskFailed)
	if got := b.query(t, "SELECT count(*) || '' FROM wrapped"); got != "1" {
		t.Errorf("rows after a failure are %s", got)
	}
}

// Without a transaction, foreign keys act on rows, a PRAGMA takes effect, and a file that leaves
// rows without their parents is never done.
func TestRunTask_holdsForeignKeysWithoutATransaction(t *testing.T) {
	t.Parallel()
	const family = "CREATE TABLE mom (id INTEGER PRIMARY KEY);\nCREATE TABLE kid (id INTEGER PRIMARY KEY, " +
		"mom INTEGER NOT NULL REFERENCES mom ON DELETE CASCADE);\n" +
		"INSERT INTO mom VALUES (1), (2);\nINSERT INTO kid VALUES (10, 1), (20, 2);"
	for name, c := range map[string]struct {
		script string
		state  towpath.TaskState
		reason string
		kids   string
	}{
		"turned on": {
			"PRAGMA foreign_keys=ON;\nDELETE FROM mom WHERE id = 1;", towpath.TaskDone, "",
			"20",
		},
		"not said":  {"DELETE FROM mom WHERE id = 1;", towpath.TaskDone, "", "20"},
		"an orphan": {"INSERT INTO kid VALUES (50, 999);", towpath.TaskFailed, "FOREIGN KEY", "10 20"},
		"turned off": {
			"PRAGMA foreign_keys = 0;\nDELETE FROM mom WHERE id = 1;", towpath.TaskFailed,
			"table kid, rowid 10", "10 20",
		},
		"off and whole": {"PRAGMA foreign_keys(off);\nINSERT INTO kid VALUES (30, 3);\nINSERT INTO mom " +
			"VALUES (3);", towpath.TaskDone, "", "10 20 30"},
		"a rebuild": {
			"CREATE TABLE n (id INTEGER PRIMARY KEY, t TEXT);\nINSERT INTO n (id) SELECT id FROM " +
				"mom;\nDROP TABLE mom;\nALTER TABLE n RENAME TO mom;",
			towpath.TaskDone, "", "10 20",
		},
		"a parent's table goes": {
			"DROP TABLE mom;", towpath.TaskFailed, "parent row in mom is missing",
			"10 20",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.want(t, b.task(t, "1", family).ID, towpath.TaskDone)
			got := b.want(t, b.task(t, "2", "-- towpath: no-transaction\n"+c.script).ID, c.state)
			if !strings.Contains(wording.Text(got.Reason), c.reason) {
				t.Errorf("reason is %q", got.Reason)
			}
			if kids := b.query(t,
				"SELECT group_concat(id, ' ') FROM (SELECT id FROM kid ORDER BY id)"); kids != c.kids {
				t.Errorf("kids are %s", kids)
			}
			for _, e := range b.ledger(t) {
				if done := e.State == towpath.LedgerDone; e.Version == "2" &&
					done != (c.state == towpath.TaskDone) {
					t.Errorf("the ledger says %s", e.State)
				}
			}
		})
	}
}

func TestRunTask_tellsAllRefusalsBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, reason string }{
		"several": {
			"CREATE TABLE a (x);\nATTACH 'b' AS b;\n.read c\nVACUUM;\n",
			"1.sql:2:1: 3 places that must not run:\n2:1: ATTACH",
		},
		"a part for going back": {
			"-- //\nCREATE TABLE a (x);\n\n-- //@UNDO\nDROP TABLE a;\n",
			"1.sql:4:1: The section that undoes the change begins here",
		},
		"a marker of a tool that is not understood": {
			"-- +goose Up\nCREATE TABLE a (x);\n-- +goose Donw\nDROP TABLE a;\n",
			"1.sql:3:1: goose has no marker like this.",
		},
		"its own transaction, and none": {
			"-- towpath: no-transaction\nBEGIN;\nCREATE TABLE a (x);\nCOMMIT;",
			"1.sql:2:1: This file says no-transaction",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			failed := b.want(t, b.task(t, "1", c.script).ID, towpath.TaskFailed)
			if !strings.HasPrefix(wording.Text(failed.Reason), c.reason) {
				t.Errorf("failed since %s", failed.Reason)
			}
			if got := b.query(t, "SELECT count(*) || '' FROM sqlite_schema WHERE name = 'a'"); got != "0" {
				t.Errorf("tables named a: %s", got)
			}
		})
	}
}

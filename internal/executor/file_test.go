package executor_test

import (
	"strings"
	"testing"

	"towpath"
)

func TestRunTask_runsAFileThatIsItsOwnTransactionInOurs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1", "-- a comment before\nBEGIN;\nCREATE TABLE wrapped (x);\nINSERT INTO wrapped VALUES (1);\nCOMMIT;\n")
	b.want(t, task.ID, towpath.TaskDone)
	if got := b.query(t, "SELECT count(*) || '' FROM wrapped"); got != "1" {
		t.Errorf("rows are %s", got)
	}
	if e := b.ledger(t); len(e) != 1 || e[0].StatementsTotal != 2 || e[0].StatementsDone != 2 {
		t.Errorf("ledger is %+v", e)
	}
	failing := b.task(t, "2", "BEGIN;\nINSERT INTO wrapped VALUES (2);\nINSERT INTO nowhere VALUES (1);\nEND;")
	b.want(t, failing.ID, towpath.TaskFailed)
	if got := b.query(t, "SELECT count(*) || '' FROM wrapped"); got != "1" {
		t.Errorf("rows after a failure are %s", got)
	}
}

func TestRunTask_tellsAllRefusalsBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, reason string }{
		"several": {"CREATE TABLE a (x);\nATTACH 'b' AS b;\n.read c\nVACUUM;\n", "1.sql:2:1: 3 places of this file must not run.\n2:1: ATTACH"},
		"a part for going back": {"-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\n",
			"1.sql:3:1: Here begins the part that takes the change back"},
		"its own transaction, and none": {"-- towpath: no-transaction\nBEGIN;\nCREATE TABLE a (x);\nCOMMIT;", "1.sql:2:1: This file says no-transaction"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			failed := b.want(t, b.task(t, "1", c.script).ID, towpath.TaskFailed)
			if !strings.HasPrefix(failed.Reason, c.reason) {
				t.Errorf("failed since %s", failed.Reason)
			}
			if got := b.query(t, "SELECT count(*) || '' FROM sqlite_schema WHERE name = 'a'"); got != "0" {
				t.Errorf("tables named a: %s", got)
			}
		})
	}
}

package crashtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// log returns the log of the last attempt: state and rows of each statement, and the extent of the
// file.
func (w *world) log() (lines, sentence string) {
	w.t.Helper()
	var text []string
	w.write(func(ctx context.Context, tx *store.Tx) error {
		attempts, err := tx.Attempts(ctx, w.task.ID)
		if err != nil {
			return err
		}
		last := attempts[len(attempts)-1]
		logs, err := tx.Statements(ctx, last.ID, 0, 100)
		for _, l := range logs {
			text = append(text, fmt.Sprint(l.State, " ", l.Rows))
		}
		sentence = wording.InDatabase(last)
		return err
	})
	return strings.Join(text, ", "), sentence
}

// A log never reports a statement as done that the end of the attempt has undone.
func TestLog_saysWhatIsInTheDatabase(t *testing.T) {
	t.Parallel()
	const nothing, rows = "Nothing of this file is in the database.", "SELECT CONCAT(COUNT(*), ' ', " +
		"COALESCE(SUM(n), 0)) FROM log"
	const alone = "-- towpath: no-transaction\n"
	for name, c := range map[string]struct {
		kinds               []towpath.EngineType
		script, lines, says string
		rows                string
		state               towpath.TaskState
		setup               string
	}{
		"a transaction is rolled back": {
			kinds:  []towpath.EngineType{towpath.EngineSQLite, towpath.EnginePostgres, towpath.EngineMySQL},
			script: "INSERT INTO log VALUES (1);\nINSERT INTO log VALUES (2), (3);\nINSERT INTO nowhere VALUES (1);\nINSERT INTO log VALUES (4);",
			lines:  "rolled-back 0, rolled-back 0, failed 0", says: nothing, rows: "0 0",
		},
		"half of a file without a transaction": {
			kinds: []towpath.EngineType{towpath.EngineSQLite, towpath.EnginePostgres, towpath.EngineMySQL},
			script: alone + "INSERT INTO log VALUES (1);\nINSERT INTO log VALUES (2), (3);\nINSERT INTO " +
				"nowhere VALUES (1);\nINSERT INTO log VALUES (4);",
			lines: "done 1, done 2, failed 0", says: "Statements 1 to 2 of 4 are in the database.",
			rows: "3 6",
		},
		"the first of a file without a transaction": {
			kinds:  []towpath.EngineType{towpath.EngineSQLite, towpath.EnginePostgres, towpath.EngineMySQL},
			script: alone + "INSERT INTO nowhere VALUES (1);\nINSERT INTO log VALUES (4);",
			lines:  "failed 0", says: nothing, rows: "0 0",
		},
		"half of a file that the server commits": {
			kinds:  []towpath.EngineType{towpath.EngineMySQL},
			script: "CREATE TABLE größe (id INT);\nINSERT INTO log VALUES (5);\nALTER TABLE nowhere ADD COLUMN x INT;\nINSERT INTO log VALUES (4);",
			lines:  "done 0, done 1, failed 0", says: "Statements 1 to 2 of 4 are in the database.",
			rows: "1 5",
		},
		"a constraint that is looked at with the commit": {
			kinds:  []towpath.EngineType{towpath.EnginePostgres},
			script: "CREATE TABLE \"order\" (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO \"order\" VALUES (1), (1);\nINSERT INTO log VALUES (1);",
			lines:  "rolled-back 0, rolled-back 0, rolled-back 0", says: nothing, rows: "0 0",
		},
		"keys that are looked at with the commit": {
			kinds: []towpath.EngineType{towpath.EngineSQLite},
			script: "PRAGMA foreign_keys = OFF;\nCREATE TABLE mom (id INTEGER PRIMARY KEY);\nCREATE TABLE kid (mom REFERENCES mom);\n" +
				"INSERT INTO kid VALUES (7);\nINSERT INTO log VALUES (1);",
			lines: "rolled-back 0, rolled-back 0, rolled-back 0, rolled-back 0, rolled-back 0", says: nothing,
			rows: "0 0",
		},
		"a table that keeps what was changed": {
			kinds:  []towpath.EngineType{towpath.EngineMySQL},
			setup:  "CREATE TABLE kept (n INT) ENGINE = MyISAM",
			script: "INSERT INTO log VALUES (1);\nINSERT INTO kept VALUES (1);\nINSERT INTO nowhere VALUES (1);", lines: "unknown 1, unknown 1, failed 0", rows: "0 0",
			says: "The transaction was rolled back, except in tables without transactions (MyISAM, Aria).",
		},
		"such a table in a file without a transaction": {
			kinds: []towpath.EngineType{towpath.EngineMySQL},
			setup: "CREATE TABLE kept (n INT PRIMARY KEY) ENGINE = MyISAM /*M! ENGINE = Aria TRANSACTIONAL = 0 */", script: alone + "INSERT INTO log VALUES (1);\nINSERT INTO kept VALUES (1), (1);",
			lines: "done 1, failed 0",
			says:  "Statement 1 of 2 is in the database, and a part of statement 2 may be.", rows: "1 1",
		},
		"a procedure that commits": {
			kinds: []towpath.EngineType{towpath.EngineMySQL},
			setup: "CREATE PROCEDURE half() BEGIN INSERT INTO log VALUES (1); COMMIT; INSERT INTO nowhere VALUES (2); END", script: "CALL half();\nINSERT INTO log VALUES (2);",
			lines: "failed 0", says: "A part of statement 1 of 2 may be in the database.", rows: "1 1",
		},
		"a procedure that commits, and its file says so": {
			kinds:  []towpath.EngineType{towpath.EnginePostgres},
			setup:  "CREATE PROCEDURE half() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; INSERT INTO nowhere VALUES (2); END $$",
			script: alone + "INSERT INTO log VALUES (3);\nCALL half();",
			lines:  "done 1, failed 0",
			says:   "Statement 1 of 2 is in the database, and a part of statement 2 may be.", rows: "2 4",
		},
		"a file that must not run": {
			kinds:  []towpath.EngineType{towpath.EngineSQLite, towpath.EnginePostgres, towpath.EngineMySQL},
			script: "INSERT INTO log VALUES (1);\nSAVEPOINT a;",
			says:   "This attempt changed nothing in the database.", rows: "0 0",
		},
		"a file that is done": {
			kinds:  []towpath.EngineType{towpath.EngineSQLite, towpath.EnginePostgres, towpath.EngineMySQL},
			script: "INSERT INTO log VALUES (1), (2);", state: towpath.TaskDone, lines: "done 2", rows: "2 3",
		},
	} {
		for _, kind := range slices.DeleteFunc(c.kinds,
			func(e towpath.EngineType) bool { return !tried(e) }) {
			t.Run(name+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, kind, []string{"CREATE TABLE log (n int)"})
				t.Cleanup(w.close)
				if c.setup != "" {
					w.exec(c.setup)
				}
				w.plan("1", c.script)
				if c.state == "" {
					c.state = towpath.TaskFailed
				}
				if state, reason := w.finish(); state != c.state {
					t.Fatalf("task is %s: %s", state, reason)
				}
				lines, says := w.log()
				if lines != c.lines || says != c.says {
					t.Errorf("the log is %q and says %q, want %q and %q", lines, says, c.lines, c.says)
				}
				if got := w.query(rows); got != c.rows {
					t.Errorf("rows are %s, want %s", got, c.rows)
				}
			})
		}
	}
}

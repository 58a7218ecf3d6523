package executor_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine/sqlite"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// autocommit is SQLite in which every statement commits by itself, as some statements of other
// engines do.
type autocommit struct{ *sqlite.Engine }

func (a autocommit) Split(script io.Reader) iter.Seq2[statement.Statement, error] {
	return func(yield func(statement.Statement, error) bool) {
		for s, err := range a.Engine.Split(script) {
			s.NoTx = true
			if !yield(s, err) {
				return
			}
		}
	}
}

func setupAutocommit(t *testing.T) *bundle {
	t.Helper()
	b := setup(t)
	b.Engines[towpath.EngineSQLite] = autocommit{sqlite.New(sqlite.Config{Root: b.folder})}
	return b
}

func TestRunTask_statementsThatStayAreToldOf(t *testing.T) {
	t.Parallel()
	b := setupAutocommit(t)
	task := b.task(t, "1", "CREATE TABLE a (x);\nINSERT INTO b VALUES (1);\nCREATE TABLE c (x);")
	failed := b.want(t, task.ID, towpath.TaskFailed)
	if !strings.HasPrefix(wording.Text(failed.Reason), "1.sql:2:1: ") ||
		!strings.Contains(wording.Text(failed.Reason), "Statement 1 of 3 is in the database") {
		t.Errorf("reason is %q", failed.Reason)
	}
	if e := b.ledger(t); len(e) != 1 || e[0].State != towpath.LedgerFailed || e[0].StatementsDone != 1 {
		t.Fatalf("ledger is %+v", e)
	}
	b.set(t, task.ID, func(t *towpath.Task) { t.State = towpath.TaskPending })
	b.want(t, task.ID, towpath.TaskFailed) // a retry, from where it stopped
	if _, err := b.plain(t, "shop").ExecContext(t.Context(), "CREATE TABLE b (x)"); err != nil {
		t.Fatal(err)
	}
	b.set(t, task.ID, func(t *towpath.Task) { t.State = towpath.TaskPending })
	b.want(t, task.ID, towpath.TaskDone)
	if got := b.query(t, tables); got != "a b c" {
		t.Errorf("tables are %q", got)
	}
	if e := b.ledger(t); e[0].State != towpath.LedgerDone || e[0].StatementsDone != 3 {
		t.Errorf("ledger is %+v", e)
	}
}

// push replaces the text of a task's file, as a push does, and makes the task pending.
func (b *bundle) push(t *testing.T, id, text string) {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	checksum := hex.EncodeToString(sum[:])
	err := b.Store.Write(t.Context(),
		func(tx *store.Tx) error { return tx.PutContent(t.Context(), checksum, []byte(text)) })
	if err != nil {
		t.Fatal(err)
	}
	b.set(t, id, func(t *towpath.Task) { t.State, t.Checksum = towpath.TaskPending, checksum })
}

func TestRunTask_goesOnBehindTheSameStatements(t *testing.T) {
	t.Parallel()
	const start = "CREATE TABLE ra (x);\nINSERT INTO ra VALUES ('a; -- b');\n"
	for name, c := range map[string]struct {
		text  string
		after int
		state towpath.TaskState
		rows  string
	}{
		"a comment on top": {
			text:  "-- ticket 7\n" + start + "CREATE TABLE rb (x);",
			state: towpath.TaskDone, rows: "1",
		},
		"other line ends and blanks": {
			text:  "CREATE  TABLE ra(x);\r\n\r\nINSERT INTO ra /* x */ VALUES ( 'a; -- b' );CREATE TABLE rb (x)",
			state: towpath.TaskDone, rows: "1",
		},
		"another statement": {
			text:  "CREATE TABLE ra (x);\nINSERT INTO ra VALUES ('c');\nCREATE TABLE rb (x);",
			state: towpath.TaskUnknown, rows: "1",
		},
		"another text in a literal": {
			text:  "CREATE TABLE ra (x);\nINSERT INTO ra VALUES ('a; --  b');\nCREATE TABLE rb (x);",
			state: towpath.TaskUnknown, rows: "1",
		},
		"one more, counted": {
			text: "CREATE TABLE ra (x);\nINSERT INTO ra VALUES ('c');\nCREATE TABLE rb (x);", after: 2,
			state: towpath.TaskDone, rows: "1",
		},
		"more than there are": {
			text: "CREATE TABLE ra (x);\nINSERT INTO ra VALUES ('c');\nCREATE TABLE rb (x);", after: 4,
			state: towpath.TaskUnknown, rows: "1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setupAutocommit(t)
			task := b.task(t, "1", start+"INSERT INTO nowhere VALUES (1);")
			b.want(t, task.ID, towpath.TaskFailed)
			b.push(t, task.ID, c.text)
			if c.after > 0 {
				b.want(t, task.ID, towpath.TaskUnknown)
				b.set(t, task.ID,
					func(t *towpath.Task) { t.State, t.ContinueAfter = towpath.TaskPending, c.after })
			}
			b.want(t, task.ID, c.state)
			if got := b.query(t, "SELECT count(*) || '' FROM ra"); got != c.rows {
				t.Errorf("rows are %s", got)
			}
			if c.state == towpath.TaskDone {
				return
			}
			b.push(t, task.ID, start+"CREATE TABLE rb (x);")
			b.set(t, task.ID, func(t *towpath.Task) { t.State = towpath.TaskUnknown })
			b.want(t, task.ID, towpath.TaskPending) // read again
			b.want(t, task.ID, towpath.TaskDone)
			if got := b.query(t, "SELECT count(*) || '' FROM ra"); got != c.rows {
				t.Errorf("rows behind the restored text are %s", got)
			}
		})
	}
}

func TestRunTask_stopOfTheServerLeavesAJournalWhereStatementsStay(t *testing.T) {
	t.Parallel()
	b := setupAutocommit(t)
	b.Lease = testLease
	task := b.task(t, "1", slow)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := b.RunTask(ctx, task.ID)
		ended <- err
	}()
	b.until(t, task.ID, func(t towpath.Task) bool { return t.Finished == 1 })
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got, _, _ := b.read(t, task.ID); got.State != towpath.TaskPending {
		t.Errorf("task is %s: %s", got.State, got.Reason)
	}
	if e := b.ledger(t); e[0].State != towpath.LedgerFailed || e[0].StatementsDone != 1 {
		t.Errorf("ledger is %+v", e)
	}
}

func TestRunTask_unreadableLedgerIsUnknownUntilItCanBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		applied bool
		state   towpath.TaskState
		told    int
	}{
		"and the change was in":     {true, towpath.TaskDone, 1},
		"and the change was not in": {false, towpath.TaskPending, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.task(t, "1", "CREATE TABLE a (x);")
			if c.applied {
				b.want(t, task.ID, towpath.TaskDone)
				b.restore(t, task.ID)
			}
			b.set(t, task.ID, func(t *towpath.Task) { t.State = towpath.TaskUnknown })
			away := b.Engines
			b.Engines = nil
			if again, err := b.RunTask(t.Context(), task.ID); err != nil || again == nil {
				t.Fatalf("again %v, error %v", again, err)
			}
			b.Engines = away
			b.want(t, task.ID, c.state)
			if _, _, history := b.read(t, task.ID); len(history) != c.told {
				t.Errorf("history is %+v", history)
			}
		})
	}
}

// A file without a transaction that breaks foreign keys stays failed until they hold.
func TestRunTask_brokenKeysStayFailedUntilTheyHold(t *testing.T) {
	t.Parallel()
	const start = "-- towpath: no-transaction\nPRAGMA foreign_keys = OFF;\nCREATE TABLE größe (id INTEGER " +
		"PRIMARY KEY);\n" +
		"CREATE TABLE \"order\" (p REFERENCES größe);\nINSERT INTO \"order\" VALUES (7);\n"
	for name, script := range map[string]string{
		"at its end":                start,
		"and failed in between":     start + "INSERT INTO nowhere VALUES (1);",
		"and goes on with its keys": start + "INSERT INTO nowhere VALUES (1);\nPRAGMA foreign_keys = ON;",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.task(t, "1", script)
			b.want(t, task.ID, towpath.TaskFailed)
			again := func(text string, state towpath.TaskState) towpath.Task {
				t.Helper()
				if _, err := b.plain(t, "shop").ExecContext(t.Context(), text); err != nil {
					t.Fatal(err)
				}
				b.set(t, task.ID, func(t *towpath.Task) { t.State = towpath.TaskPending })
				return b.want(t, task.ID, state)
			}
			if got := again("CREATE TABLE nowhere (x)",
				towpath.TaskFailed); !strings.Contains(wording.Text(got.Reason),
				"its parent row in größe is missing") {
				t.Errorf("reason is %q", got.Reason)
			}
			again("SELECT 1", towpath.TaskFailed)
			again("INSERT INTO größe VALUES (7)", towpath.TaskDone)
			if got := b.query(t, "SELECT count(*) || '' FROM \"order\""); got != "1" {
				t.Errorf("rows are %s", got)
			}
		})
	}
}

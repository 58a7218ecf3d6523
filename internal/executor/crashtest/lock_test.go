package crashtest

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// ledgerLock is another client's session that locks the ledger.
type ledgerLock struct {
	w    *world
	conn *sql.Conn
	read bool // others may read it
}

func (l *ledgerLock) take() {
	var err error
	if l.conn, err = l.w.plain.Conn(context.Background()); err != nil {
		panic(err)
	}
	mode, level := " WRITE", " IN ACCESS EXCLUSIVE MODE"
	if l.read {
		mode, level = " READ", " IN EXCLUSIVE MODE"
	}
	texts := []string{"LOCK TABLES towpath_ledger" + mode}
	if l.w.kind == towpath.EnginePostgres {
		texts = []string{"BEGIN", "LOCK TABLE towpath_ledger.towpath_ledger" + level}
	}
	for _, text := range texts {
		if _, err := l.conn.ExecContext(context.Background(), text); err != nil {
			panic(err)
		}
	}
}

func (l *ledgerLock) free() {
	text := "UNLOCK TABLES"
	if l.w.kind == towpath.EnginePostgres {
		text = "ROLLBACK"
	}
	if _, err := l.conn.ExecContext(context.Background(), text); err != nil {
		panic(err)
	}
	_ = l.conn.Close()
}

// wait waits until a session of the run is in a state, or has left it.
func (l *ledgerLock) wait(there bool, mysql, postgres string) {
	query := "SELECT COUNT(*) > 0 FROM information_schema.processlist WHERE db = DATABASE() AND state = '" +
		mysql + "'"
	if l.w.kind == towpath.EnginePostgres {
		query = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND " + postgres
	}
	for found := !there; found != there; time.Sleep(10 * time.Millisecond) {
		if err := l.w.plain.QueryRow(query).Scan(&found); err != nil {
			panic(err)
		}
	}
}

// takeWhileItSleeps takes the lock while a procedure of the run sleeps, until a wait for it times
// out.
func (l *ledgerLock) takeWhileItSleeps() {
	const sleeps, mySleeps, waits, myWaits = "wait_event = 'PgSleep'", "User sleep",
		"wait_event_type = 'Lock'", "Waiting for table metadata lock"
	l.wait(true, mySleeps, sleeps)
	l.take()
	l.wait(true, myWaits, waits)
	l.wait(false, myWaits, waits)
	l.free()
}

// settle runs the task until it waits for a person, is done or has failed.
func (w *world) settle(c child, reached func(string)) towpath.Task {
	w.t.Helper()
	s, err := c.service(w.store)
	if err != nil {
		w.t.Fatal(err)
	}
	s.Reached = reached
	for {
		again, err := s.RunTask(w.t.Context(), w.task.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		var t towpath.Task
		w.write(func(ctx context.Context, tx *store.Tx) error {
			t, err = tx.Task(ctx, w.task.ID)
			return err
		})
		if t.State != towpath.TaskPending && t.State != towpath.TaskRunning {
			return t
		}
		if again != nil {
			time.Sleep(50 * time.Millisecond)
		}
	}
}

var lockProcedures = map[towpath.EngineType][]string{
	towpath.EnginePostgres: {
		"CREATE TABLE log (n int)", "CREATE TABLE gate (n int PRIMARY KEY)", "INSERT INTO gate VALUES (1)",
		"CREATE PROCEDURE slow() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; PERFORM pg_sleep(4); END $$",
		"CREATE PROCEDURE quick() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; END $$",
		"CREATE PROCEDURE half() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; UPDATE gate SET n = 2; END $$",
	},
	towpath.EngineMySQL: {
		"CREATE TABLE log (n INT)", "CREATE TABLE gate (n INT PRIMARY KEY)", "INSERT INTO gate VALUES (1)",
		"CREATE PROCEDURE slow() BEGIN INSERT INTO log VALUES (1); DO SLEEP(4); END",
		"CREATE PROCEDURE quick() BEGIN INSERT INTO log VALUES (1); END",
		"CREATE PROCEDURE half() BEGIN INSERT INTO log VALUES (1); UPDATE gate SET n = 2; END",
	},
}

// A statement that took effect never runs again, whatever keeps its row out of the ledger.
func TestLock_behindAStatementRunsNothingAgain(t *testing.T) {
	t.Parallel()
	const alone, rows, columns = "-- towpath: no-transaction\n", "SELECT COUNT(*) FROM log",
		"SELECT COUNT(*) FROM information_schema.columns WHERE table_name = 'log' AND column_name = 'größe'"
	for name, c := range map[string]struct {
		script  string
		asleep  bool // the lock comes while the statement sleeps, not after it
		release bool // the lock goes while the row is retried
		stuck   towpath.TaskState
		end     towpath.TaskState
		check   string
		want    string
	}{
		"the row of a CALL, for a while": {
			script: "CALL quick();", release: true, end: towpath.TaskDone,
			check: rows, want: "1",
		},
		"the row of a CALL": {
			script: "CALL quick();", stuck: towpath.TaskUnknown,
			end: towpath.TaskUnknown, check: rows, want: "1",
		},
		"the row of a later CALL": {
			script: "INSERT INTO log VALUES (2);\nCALL quick();",
			stuck:  towpath.TaskUnknown, end: towpath.TaskUnknown, check: rows, want: "2",
		},
		"the look behind a CALL": {
			script: "CALL slow();", asleep: true, end: towpath.TaskUnknown,
			check: rows, want: "1",
		},
		"the last row of a file": {
			script: "ALTER TABLE log ADD COLUMN größe INT;", release: true,
			end:   towpath.TaskDone,
			check: columns, want: "1",
		},
	} {
		for _, kind := range engines(towpath.EnginePostgres, towpath.EngineMySQL) {
			t.Run(name+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, kind, lockProcedures[kind])
				t.Cleanup(w.close)
				w.plan("1", alone+c.script)
				lock := &ledgerLock{w: w, read: !c.asleep}
				var locked, freed atomic.Bool
				call := 0
				reached := func(place string) {
					switch {
					case place == "after statement" && !c.asleep && !locked.Load():
						if call++; call == 1 {
							locked.Store(true)
							lock.take()
						}
					case place == "before outcome" && c.release && !locked.Swap(true):
						lock.take()
					case place == "ledger locked" && c.release && !freed.Swap(true):
						lock.free()
					}
				}
				if c.asleep {
					go lock.takeWhileItSleeps()
				}
				run := w.child()
				run.Lock, run.Tries = time.Second, 2
				got := w.settle(run, reached)
				if c.release || c.asleep {
					if got.State != c.end || w.query(c.check) != c.want {
						t.Fatalf("task is %s (%s), the database has %s", got.State, got.Reason,
							w.query(c.check))
					}
					return
				}
				if got.State != c.stuck {
					t.Errorf("while the ledger is locked the task is %s (%s), want %s", got.State, got.Reason,
						c.stuck)
				}
				lock.free()
				if got = w.settle(run, nil); got.State != c.end || w.query(c.check) != c.want {
					t.Errorf("task is %s (%s), the database has %s, want %s and %s", got.State, got.Reason,
						w.query(c.check), c.end, c.want)
				}
			})
		}
	}
}

// A procedure that committed a part and then met a lock must not run again: its first part would
// take effect twice.
func TestLock_withinAProcedureIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range engines(towpath.EnginePostgres, towpath.EngineMySQL) {
		for name, script := range map[string]string{
			"first": "CALL half();",
			"later": "INSERT INTO log VALUES (2);\nCALL half();",
		} {
			t.Run(string(kind)+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, kind, lockProcedures[kind])
				t.Cleanup(w.close)
				other, err := w.plain.Begin()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := other.Exec("UPDATE gate SET n = 3"); err != nil {
					t.Fatal(err)
				}
				w.plan("1", "-- towpath: no-transaction\n"+script)
				run := w.child()
				run.Lock, run.Tries = time.Second, 3
				got := w.settle(run, nil)
				if rows := w.query("SELECT COUNT(*) FROM log WHERE n = 1"); got.State != towpath.TaskFailed ||
					rows != "1" {
					t.Errorf("task is %s (%s), %s rows, want it failed with 1", got.State, got.Reason, rows)
				}
				if _, says := w.log(); says == "" || says == "Nothing of this file is in the database." {
					t.Errorf("the log says %q", says)
				}
				if err := errors.Join(other.Rollback()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// Another try would write rows twice that a rollback leaves in tables without transactions.
func TestLock_rowsThatStayAreNotWrittenAgain(t *testing.T) {
	t.Parallel()
	if !tried(towpath.EngineMySQL) {
		return
	}
	for _, storage := range []string{"MyISAM", "Aria TRANSACTIONAL = 0", "MEMORY", "CSV"} {
		for name, script := range map[string]string{
			"a transaction":  "INSERT INTO kept VALUES (1);\nUPDATE gate SET n = 2;",
			"each statement": "-- towpath: no-transaction\nINSERT INTO log VALUES (2);\nINSERT INTO log VALUES (gates(1));",
		} {
			t.Run(storage+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, towpath.EngineMySQL, append(lockProcedures[towpath.EngineMySQL],
					"CREATE TABLE kept (n INT NOT NULL) ENGINE = "+storage,
					"CREATE FUNCTION gates(a INT) RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO kept VALUES (a); UPDATE gate SET n = 2; RETURN 7; END"))
				t.Cleanup(w.close)
				other, err := w.plain.Begin()
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = other.Rollback() }()
				if _, err := other.Exec("UPDATE gate SET n = 3"); err != nil {
					t.Fatal(err)
				}
				w.plan("1", script)
				run := w.child()
				run.Lock, run.Tries = time.Second, 3
				got := w.settle(run, nil)
				_, says := w.log()
				rows := w.query("SELECT COUNT(*) FROM kept")
				if got.State != towpath.TaskFailed || rows != "1" ||
					says == "Nothing of this file is in the database." {
					t.Errorf("task is %s (%s), %s rows, want it failed with one; the log says %q", got.State,
						got.Reason, rows, says)
				}
			})
		}
	}
}

// After a broken connection or a dead process, rows may have stayed in tables without transactions.
func TestLasting_rowsThatMayHaveStayedAreNotWrittenAgain(t *testing.T) {
	t.Parallel()
	if !tried(towpath.EngineMySQL) {
		return
	}
	const together, alone = "INSERT INTO log VALUES (2);\nINSERT INTO kept VALUES (1);\nUPDATE gate " +
		"SET n = 2;", "-- towpath: no-transaction\nINSERT INTO log VALUES (2);\n"
	for name, c := range map[string]struct {
		script, place, how string
		nth                int
		rows               string
		want               towpath.TaskState
	}{
		"cut":    {together, "after statement", "cut", 2, "1", towpath.TaskUnknown},
		"killed": {together, "after statement", "kill", 2, "1", towpath.TaskUnknown},
		"by a trigger": {
			strings.Replace(together, "kept", "`by trigger`", 1), "after statement",
			"kill", 2, "1", towpath.TaskUnknown,
		},
		"each alone, cut": {
			alone + "INSERT INTO kept VALUES (1);", "after intent", "cut", 2, "0",
			towpath.TaskUnknown,
		},
		"each alone, one behind it": {
			alone + "INSERT INTO kept VALUES (1);\nUPDATE gate SET n = 2;",
			"after intent", "kill", 3, "1", towpath.TaskDone,
		},
		"another table": {
			strings.Replace(together, "kept", "log", 1), "after statement", "kill",
			2, "0", towpath.TaskDone,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			setup := append(slices.Clone(lockProcedures[towpath.EngineMySQL]),
				"CREATE TABLE kept (n INT) ENGINE = MyISAM")
			if strings.Contains(c.script, "trigger") {
				setup = append(setup, "CREATE TABLE `by trigger` (n INT)",
					"CREATE TRIGGER copy AFTER INSERT ON `by trigger` FOR EACH ROW INSERT INTO kept VALUES (NEW.n)")
			}
			w := newWorld(t, towpath.EngineMySQL, setup)
			t.Cleanup(w.close)
			w.plan("1", c.script)
			run := w.child()
			run.Place, run.Nth, run.How = c.place, c.nth, c.how
			cmd, _ := w.start(run)
			_ = cmd.Wait() // killed, or finished
			got := w.settle(w.child(), nil)
			if rows := w.query("SELECT COUNT(*) FROM kept"); got.State != c.want || rows != c.rows {
				t.Fatalf("task is %s (%s), %s rows, want %s and %s", got.State, got.Reason, rows, c.want,
					c.rows)
			}
			if c.want == towpath.TaskUnknown &&
				!strings.Contains(wording.Text(got.Reason), "the table kept") {
				t.Errorf("it says %q", got.Reason)
			}
			if got = w.settle(w.child(), nil); got.State != c.want {
				t.Errorf("looked at once more it is %s (%s)", got.State, got.Reason)
			}
		})
	}
}

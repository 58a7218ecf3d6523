package crashtest

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/executor"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// ledgerOf puts the table's name into a text.
func (w *world) ledgerOf(text string) string {
	home, table := "", "towpath_ledger"
	if w.kind == towpath.EnginePostgres {
		home, table = "towpath_ledger", "towpath_ledger.towpath_ledger"
	}
	return strings.NewReplacer("LEDGER", table, "HOME", home).Replace(text)
}

func (w *world) forge(text string) {
	w.t.Helper()
	for one := range strings.SplitSeq(text, ";\n") {
		if one == "" {
			continue
		}
		one = w.ledgerOf(one)
		if w.kind == towpath.EnginePostgres && strings.HasPrefix(one, "DROP INDEX ") {
			one = "DROP INDEX towpath_ledger." + strings.TrimPrefix(one, "DROP INDEX ")
		}
		if w.kind == towpath.EngineMySQL && strings.HasPrefix(one, "DROP INDEX ") {
			one += " ON towpath_ledger"
		}
		w.exec(one)
	}
}

// here returns an executor and a catalog service in this process.
func (w *world) here() (*executor.Service, *catalog.Service) {
	w.t.Helper()
	s, err := w.child().service(w.store)
	if err != nil {
		w.t.Fatal(err)
	}
	s.Lease = 0 // the default: no process dies here, and it is long enough on a busy machine
	return s, &catalog.Service{Store: w.store, Keyring: s.Keyring, Engines: s.Engines, Logger: s.Logger}
}

// run runs a task to its end.
func (w *world) run(s *executor.Service, task towpath.Task) towpath.Task {
	w.t.Helper()
	if _, err := s.RunTask(w.t.Context(), task.ID); err != nil {
		w.t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		task, err = tx.Task(ctx, task.ID)
		return err
	})
	return task
}

// look reads the ledgers as the planner does.
func (w *world) look(c *catalog.Service) towpath.LedgerSnapshot {
	w.t.Helper()
	if err := c.RefreshLedgers(w.t.Context(), w.database.ProjectID); err != nil {
		w.t.Fatal(err)
	}
	var d towpath.Database
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = tx.Database(ctx, w.database.ID)
		return err
	})
	return d.Ledger
}

// applied returns a world with three migrations applied.
func applied(t *testing.T, kind towpath.EngineType) (*world, *executor.Service, *catalog.Service) {
	t.Helper()
	w := newWorld(t, kind, nil)
	s, c := w.here()
	for _, version := range []string{"1", "2", "3"} {
		if task := w.run(s,
			w.plan(version, "CREATE TABLE t"+version+" (id INT);")); task.State != towpath.TaskDone {
			t.Fatalf("version %s is %s: %s", version, task.State, task.Reason)
		}
	}
	if l := w.look(c); l.Trouble != "" || !l.Error.IsZero() || l.Number < 3 {
		t.Fatalf("the ledger is %+v", l)
	}
	return w, s, c
}

func TestForging_isSeenAndNothingRuns(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{}, 4)
	for _, kind := range engines() {
		for name, f := range forgeriesOn(kind) {
			t.Run(string(kind)+", "+name, func(t *testing.T) {
				t.Parallel()
				gate <- struct{}{}
				defer func() { <-gate }()
				w, s, c := applied(t, kind)
				defer w.close()
				w.forge(f.do)
				w.distrusted(s, c, f)
				w.accepted(s, c, f)
			})
		}
	}
}

// distrusted checks that a sync or a run detects a change, and that nothing runs.
func (w *world) distrusted(s *executor.Service, c *catalog.Service, f forgery) {
	w.t.Helper()
	four := w.plan("4", "CREATE TABLE t4 (id INT);")
	// The executor does not name what only the sync had recorded.
	if task := w.run(s, four); task.State != towpath.TaskFailed ||
		!strings.Contains(wording.Text(task.Reason), "Nothing was run") {
		w.t.Fatalf("version 4 is %s: %s", task.State, task.Reason)
	}
	l := w.look(c)
	if l.Trouble == "" || !strings.Contains(wording.Fragments(l.Differs), f.want) {
		w.t.Errorf("the ledger is %q: %q", l.Trouble, l.Differs)
	}
	if restored := l.Trouble == towpath.LedgerRestored; restored != (f.want == "it is gone") {
		w.t.Errorf("the ledger is %s", l.Trouble)
	}
	schema := w.state(kind{})
	if strings.Contains(schema.dump, "t4") {
		w.t.Errorf("version 4 ran:\n%s", schema.dump)
	}
}

// accepted checks that tasks run again after a person has accepted the ledger.
func (w *world) accepted(s *executor.Service, c *catalog.Service, f forgery) {
	w.t.Helper()
	if f.fix != "" {
		if err := s.AcceptLedger(w.t.Context(), towpath.Actor{},
			w.database.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
			w.t.Errorf("a table of another shape was accepted: %v", err)
		}
		w.forge(f.fix)
	}
	if err := s.AcceptLedger(w.t.Context(), towpath.Actor{}, w.database.ID); err != nil {
		w.t.Fatal(err)
	}
	if l := w.look(c); l.Trouble != "" || !l.Error.IsZero() || l.Number < 3 {
		w.t.Fatalf("after it was accepted, the ledger is %+v", l)
	}
	w.skip()
	five := w.plan("5", "CREATE TABLE t5 (id INT);")
	if task := w.run(s, five); task.State != towpath.TaskDone {
		w.t.Errorf("version 5 is %s: %s", task.State, task.Reason)
	}
	if l := w.look(c); l.Trouble != "" {
		w.t.Errorf("afterwards the ledger is %s: %s", l.Trouble, l.Differs)
	}
}

// skip skips the last task.
func (w *world) skip() {
	w.write(func(ctx context.Context, tx *store.Tx) error {
		task, err := tx.Task(ctx, w.task.ID)
		if err != nil {
			return err
		}
		task.State, task.Reason = towpath.TaskSkipped, towpath.Why(towpath.ReasonSkipped, "text",
			"not wanted")
		return tx.UpdateTask(ctx, &task)
	})
}

// copyLedger copies the ledger's rows, and put restores them, as a backup of the database does.
func (w *world) copyLedger() (put func()) {
	w.exec(w.ledgerOf("CREATE TABLE kept AS SELECT * FROM LEDGER"))
	return func() {
		w.exec(w.ledgerOf("DELETE FROM LEDGER"))
		w.exec(w.ledgerOf("INSERT INTO LEDGER SELECT * FROM kept"))
	}
}

func TestForging_anOlderStateIsRestoredAndACopyIsACopy(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w, s, c := applied(t, engine)
			defer w.close()
			put := w.copyLedger()
			if task := w.run(s, w.plan("4", "CREATE TABLE t4 (id INT);")); task.State != towpath.TaskDone {
				t.Fatalf("version 4 is %s: %s", task.State, task.Reason)
			}
			put()
			five := w.run(s, w.plan("5", "CREATE TABLE t5 (id INT);"))
			if l := w.look(c); l.Trouble != towpath.LedgerRestored ||
				five.Reason.Code != towpath.ReasonRunRestored {
				t.Errorf("the ledger is %q: %s; version 5: %s", l.Trouble, l.Differs, five.Reason)
			}
			if err := s.AcceptLedger(t.Context(), towpath.Actor{}, w.database.ID); err != nil {
				t.Fatal(err)
			}
			if l := w.look(c); l.Trouble != "" {
				t.Errorf("accepted, the ledger is %s: %s", l.Trouble, l.Differs)
			}
			put() // now it is older than what was accepted
			if l := w.look(c); l.Trouble != towpath.LedgerRestored {
				t.Errorf("the ledger is %q: %s", l.Trouble, l.Differs)
			}
			// The same database under another name of the catalog is a copy.
			w.write(func(ctx context.Context, tx *store.Tx) error {
				twin := towpath.Database{
					InstanceID:    w.database.InstanceID,
					EnvironmentID: w.database.EnvironmentID,
					Name:          w.database.Name,
					ProjectID:     w.database.ProjectID,
				}
				gone, err := tx.Database(ctx, w.database.ID)
				if err != nil {
					return err
				}
				gone.Name = "elsewhere"
				if err := tx.UpdateDatabase(ctx, &gone); err != nil {
					return err
				}
				w.database = twin
				return tx.CreateDatabase(ctx, &w.database)
			})
			if l := w.look(c); l.Trouble != "" || len(l.Entries) > 0 && l.Number != 0 {
				t.Errorf("a copy is %q: %s", l.Trouble, l.Differs)
			}
			if task := w.run(s, w.plan("6", "CREATE TABLE t6 (id INT);")); task.State != towpath.TaskFailed ||
				!strings.Contains(wording.Text(task.Reason), "Is it a copy?") {
				t.Errorf("version 6 is %s: %s", task.State, task.Reason)
			}
		})
	}
}

func TestSealing_ofBeforeAndWithANewKey(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w, s, c := applied(t, engine)
			defer w.close()
			w.exec(w.ledgerOf("DELETE FROM LEDGER WHERE type = 'head'"))
			w.exec(w.ledgerOf("UPDATE LEDGER SET seal = '', number = 0"))
			for _, column := range []string{"number", "seal"} {
				w.exec(w.ledgerOf("ALTER TABLE LEDGER DROP COLUMN " + column))
			}
			w.write(func(ctx context.Context, tx *store.Tx) error { // as in the metadata of an older program
				d, err := tx.Database(ctx, w.database.ID)
				if err != nil {
					return err
				}
				d.Ledger.Number, d.Ledger.Seal = 0, ""
				return tx.UpdateDatabase(ctx, &d)
			})
			if l := w.look(c); l.Trouble != "" || !l.Error.IsZero() {
				t.Fatalf("before it is sealed, the ledger is %+v", l)
			}
			if task := w.run(s, w.plan("4", "CREATE TABLE t4 (id INT);")); task.State != towpath.TaskDone {
				t.Fatalf("version 4 is %s: %s", task.State, task.Reason)
			}
			if l := w.look(c); l.Trouble != "" || l.Number < 4 {
				t.Errorf("sealed, the ledger is %+v", l)
			}
			if n := w.query(w.ledgerOf("SELECT count(*) FROM LEDGER WHERE seal = ''")); n != "0" {
				t.Errorf("%s rows have no seal", n)
			}
			rotate(t, w.child().Key)
			s, c = w.here()
			if l := w.look(c); l.Trouble != "" {
				t.Errorf("with a new key, the ledger is %s: %s", l.Trouble, l.Differs)
			}
			if task := w.run(s, w.plan("5", "CREATE TABLE t5 (id INT);")); task.State != towpath.TaskDone {
				t.Fatalf("version 5 is %s: %s", task.State, task.Reason)
			}
			if n := w.query(w.ledgerOf("SELECT count(*) FROM LEDGER WHERE seal NOT LIKE '" +
				s.Keyring.KeyID() + ":%'")); n != "0" {
				t.Errorf("%s rows have the old key's seal", n)
			}
			if l := w.look(c); l.Trouble != "" {
				t.Errorf("afterwards, the ledger is %s: %s", l.Trouble, l.Differs)
			}
		})
	}
}

// rotate puts a new key before those of a key file.
func rotate(t *testing.T, path string) {
	t.Helper()
	old, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(bytes.Repeat([]byte{7}, 32), old...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

package crashtest

import (
	"bytes"
	"context"
	"maps"
	"os"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/executor"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// forgery is a change to a ledger that the server did not make.
type forgery struct {
	do   string // statements, with ; and a line end between
	want string // in the message about it
	fix  string // what a person does in the database before the ledger can be accepted
}

// forgeries are the same on all engines. LEDGER is replaced by the table, ROW by the columns of a
// copied row.
var forgeries = map[string]forgery{
	"a row is made": {"INSERT INTO LEDGER SELECT '9', type, state, description, path, checksum, " +
		"commit_hash, epoch, server_id, database_id, " +
		"statements_total, statements_done, started_at, finished_at, intent, 99, seal FROM LEDGER WHERE version = '1'", "version 9 (ddl) was changed", ""},
	"a row is made without a seal": {"INSERT INTO LEDGER SELECT '4', type, state, description, path, " +
		"checksum, commit_hash, epoch, server_id, database_id, " +
		"statements_total, statements_done, started_at, finished_at, intent, 0, '' FROM LEDGER WHERE version = '1'", "version 4 (ddl) has no seal", ""},
	"a row is changed": {
		"UPDATE LEDGER SET checksum = 'x' WHERE version = '2'",
		"version 2 (ddl) was changed", "",
	},
	"a row's time is changed": {
		"UPDATE LEDGER SET finished_at = started_at WHERE version = '2'",
		"version 2 (ddl) was changed", "",
	},
	"a row is called failed": {
		"UPDATE LEDGER SET state = 'failed' WHERE version = '3'",
		"version 3 (ddl) was changed", "",
	},
	"a row gets another version": {
		"UPDATE LEDGER SET version = '7' WHERE version = '3'",
		"version 7 (ddl) was changed", "",
	},
	"a row is removed": {
		"DELETE FROM LEDGER WHERE version = '2'",
		"version 2 (ddl) is gone", "",
	},
	"the last row is removed": {
		"DELETE FROM LEDGER WHERE version = '3'",
		"version 3 (ddl) is gone", "",
	},
	"two rows change their numbers": {
		"UPDATE LEDGER SET number = 9 - number WHERE version IN ('1', '3')",
		"version 1 (ddl) was changed", "",
	},
	"two rows change their seals": {"UPDATE LEDGER SET seal = CASE version WHEN '1' THEN (SELECT s FROM " +
		"(SELECT seal AS s FROM LEDGER WHERE version = '2') AS x) ELSE (SELECT s FROM (SELECT seal AS s FROM LEDGER WHERE version = '1') AS y) END WHERE version IN ('1', '2')", "version 1 (ddl) was changed", ""},
	"the seals are taken away": {"UPDATE LEDGER SET seal = '', number = 0;\nDELETE FROM LEDGER WHERE " +
		"type = 'head'", "has no seals any more", ""},
	"the head is removed": {
		"DELETE FROM LEDGER WHERE type = 'head'",
		"the row that sums it up is gone", "",
	},
	"the head counts less": {"DELETE FROM LEDGER WHERE version = '3';\nUPDATE LEDGER SET " +
		"statements_total = 2 WHERE type = 'head'", "the row that sums it up was changed", ""},
	"the lease is another's": {
		"UPDATE LEDGER SET epoch = 9223372036854775807 WHERE type = 'lease'",
		"the row of the lease was changed", "",
	},
	"the lease is removed": {
		"DELETE FROM LEDGER WHERE type = 'lease'",
		"the row of the lease is gone", "",
	},
	"the rows are called a copy's": {
		"UPDATE LEDGER SET database_id = 'x' WHERE version IN ('1', '2', '3')",
		"was changed", "",
	},
	"all rows are removed": {"DELETE FROM LEDGER", "it is gone", ""},
	"the table is dropped": {"DROP TABLE LEDGER", "it is gone", ""},
	"a column is renamed": {
		"ALTER TABLE LEDGER RENAME COLUMN checksum TO checksom",
		"no column checksum", "ALTER TABLE LEDGER RENAME COLUMN checksom TO checksum",
	},
	"two columns change their names": {
		"ALTER TABLE LEDGER RENAME COLUMN path TO x;\nALTER TABLE LEDGER " +
			"RENAME COLUMN description TO path;\nALTER TABLE LEDGER RENAME COLUMN x TO description",
		"version 1 (ddl) was changed", "",
	},
	"a column is added": {
		"ALTER TABLE LEDGER ADD COLUMN evil INT", "the column evil",
		"ALTER TABLE LEDGER DROP COLUMN evil",
	},
	"an index is added": {"CREATE INDEX evil ON LEDGER (number)", "evil", "DROP INDEX evil"},
}

// forgeriesOf are the forgeries of one engine.
var forgeriesOf = map[towpath.EngineType]map[string]forgery{
	towpath.EnginePostgres: {
		"a trigger": {
			"CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; " +
				"END';\nCREATE TRIGGER evil BEFORE INSERT OR UPDATE ON LEDGER FOR EACH ROW WHEN (NEW.version = '4') EXECUTE FUNCTION nothing()",
			"the trigger evil", "DROP TRIGGER evil ON LEDGER",
		},
		"a rule": {
			"CREATE RULE evil AS ON INSERT TO LEDGER WHERE NEW.version = '4' DO INSTEAD NOTHING",
			"the rule evil", "DROP RULE evil ON LEDGER",
		},
		"a policy": {
			"CREATE POLICY evil ON LEDGER USING (version <> '3');\nALTER TABLE LEDGER ENABLE ROW " +
				"LEVEL SECURITY;\nALTER TABLE LEDGER FORCE ROW LEVEL SECURITY", "the policy evil",
			"DROP POLICY evil ON LEDGER;\nALTER TABLE LEDGER DISABLE ROW LEVEL SECURITY;\nALTER TABLE LEDGER NO FORCE ROW LEVEL SECURITY",
		}, "a child": {"CREATE TABLE evil () INHERITS (LEDGER)", "the child public.evil", "DROP TABLE evil"},
		"a view in its place": {
			"ALTER TABLE LEDGER RENAME TO hidden;\nCREATE VIEW LEDGER AS SELECT * FROM " +
				"HOME.hidden WHERE version <> '3'", "kind (another)",
			"DROP VIEW LEDGER;\nALTER TABLE HOME.hidden RENAME TO towpath_ledger",
		},
		"a default": {
			"ALTER TABLE LEDGER ALTER COLUMN seal SET DEFAULT 'x'", "the column seal",
			"ALTER TABLE LEDGER ALTER COLUMN seal SET DEFAULT ''",
		},
		"a check": {
			"ALTER TABLE LEDGER ADD CONSTRAINT evil CHECK (version <> '4')",
			"the constraint", "ALTER TABLE LEDGER DROP CONSTRAINT evil",
		},
		"another key": {
			"ALTER TABLE LEDGER DROP CONSTRAINT towpath_ledger_pkey", "no constraint",
			"ALTER TABLE LEDGER ADD PRIMARY KEY (version, type)",
		},
		"a type of a column": {
			"ALTER TABLE LEDGER ALTER COLUMN state TYPE varchar(4)", "the column state",
			"ALTER TABLE LEDGER ALTER COLUMN state TYPE text",
		},
		"a generated column": {
			"ALTER TABLE LEDGER DROP COLUMN intent;\nALTER TABLE LEDGER ADD COLUMN " +
				"intent text NOT NULL GENERATED ALWAYS AS ('') STORED", "the column intent",
			"ALTER TABLE LEDGER DROP COLUMN intent;\nALTER TABLE LEDGER ADD COLUMN intent text NOT NULL DEFAULT ''",
		}, "unlogged": {"ALTER TABLE LEDGER SET UNLOGGED", "kind (another)", "ALTER TABLE LEDGER SET LOGGED"},
		"a key that needs it": {
			"CREATE TABLE evil (v text, t text, FOREIGN KEY (v, t) REFERENCES LEDGER)",
			"the foreign key of public.evil", "DROP TABLE evil",
		},
	},
	towpath.EngineMySQL: {
		"a trigger": {"CREATE TRIGGER evil BEFORE INSERT ON LEDGER FOR EACH ROW SET NEW.state = " +
			"'failed'", "the trigger evil", "DROP TRIGGER evil"},
		"an engine": {
			"ALTER TABLE LEDGER ENGINE = MyISAM", "MyISAM",
			"ALTER TABLE LEDGER ENGINE = InnoDB",
		},
		"a view in its place": {"RENAME TABLE LEDGER TO hidden;\nCREATE VIEW LEDGER AS SELECT * FROM " +
			"hidden WHERE version <> '3'", "kind (VIEW", "DROP VIEW LEDGER;\nRENAME TABLE hidden TO LEDGER"},
		"a default": {
			"ALTER TABLE LEDGER ALTER COLUMN seal SET DEFAULT 'x'", "the column seal",
			"ALTER TABLE LEDGER ALTER COLUMN seal SET DEFAULT ''",
		},
		"a check": {
			"ALTER TABLE LEDGER ADD CONSTRAINT evil CHECK (version <> '4')",
			"the constraint CHECK evil", "ALTER TABLE LEDGER DROP CONSTRAINT evil",
		},
		"another key": {
			"ALTER TABLE LEDGER DROP PRIMARY KEY", "no index PRIMARY",
			"ALTER TABLE LEDGER ADD PRIMARY KEY (version, type)",
		},
		"a type of a column": {
			"ALTER TABLE LEDGER MODIFY state VARCHAR(8) NOT NULL", "the column state",
			"ALTER TABLE LEDGER MODIFY state VARCHAR(20) NOT NULL",
		},
		"a hidden column": {
			"ALTER TABLE LEDGER ADD COLUMN evil INT INVISIBLE", "the column evil",
			"ALTER TABLE LEDGER DROP COLUMN evil",
		},
	},
	towpath.EngineSQLite: {
		"a trigger": {
			"CREATE TRIGGER evil BEFORE INSERT ON LEDGER BEGIN SELECT raise(IGNORE); END",
			"the trigger evil", "DROP TRIGGER evil",
		},
		"a view in its place": {
			"ALTER TABLE LEDGER RENAME TO hidden;\nCREATE VIEW LEDGER AS SELECT * FROM " +
				"hidden WHERE version <> '3'", "kind (view",
			"DROP VIEW LEDGER;\nALTER TABLE hidden RENAME TO LEDGER",
		},
		"a generated column": {
			"ALTER TABLE LEDGER DROP COLUMN intent;\nALTER TABLE LEDGER ADD COLUMN " +
				"intent TEXT NOT NULL AS ('')", "the column intent",
			"ALTER TABLE LEDGER RENAME TO evil;\n" + sqliteLedger("LEDGER", ")") +
				";\nINSERT INTO LEDGER SELECT version, type, state, description, path, checksum, " +
				"commit_hash, epoch, server_id, database_id, statements_total, statements_done, started_at, finished_at, '', number, seal FROM evil",
		},
		"a rule for conflicts": {
			sqliteLedger("other", ", CHECK (version <> '4') ON CONFLICT IGNORE)") +
				";\nINSERT INTO other SELECT * FROM LEDGER;\n" +
				"ALTER TABLE LEDGER RENAME TO kept;\nALTER TABLE other RENAME TO LEDGER", "another definition",
			"DROP TABLE LEDGER;\nALTER TABLE kept RENAME TO LEDGER",
		},
		"two columns change their names": {
			"ALTER TABLE LEDGER RENAME COLUMN path TO x;\nALTER TABLE " +
				"LEDGER RENAME COLUMN description TO path;\n" +
				"ALTER TABLE LEDGER RENAME COLUMN x TO description", "another definition",
			"ALTER TABLE LEDGER RENAME COLUMN path TO x;\nALTER TABLE LEDGER RENAME COLUMN description TO path;\nALTER TABLE LEDGER RENAME COLUMN x TO description",
		},
	},
}

// forgeriesOfMariaDB and forgeriesOfMySQL are the forgeries of one of the two servers.
var (
	forgeriesOfMariaDB = map[string]forgery{
		"Aria": {
			"ALTER TABLE LEDGER ENGINE = Aria", "Aria",
			"ALTER TABLE LEDGER ENGINE = InnoDB",
		},
		"versions of rows": {
			"ALTER TABLE LEDGER ADD SYSTEM VERSIONING", "SYSTEM VERSIONED",
			"ALTER TABLE LEDGER DROP SYSTEM VERSIONING",
		},
	}
	forgeriesOfMySQL = map[string]forgery{
		"an index of an expression": {
			"CREATE INDEX evil ON LEDGER ((number + 1))", "the index evil",
			"DROP INDEX evil",
		},
		"a check that is not enforced": {"ALTER TABLE LEDGER ADD CONSTRAINT evil CHECK (version <> '4') " +
			"NOT ENFORCED", "the constraint CHECK evil", "ALTER TABLE LEDGER DROP CONSTRAINT evil"},
		"parts": {
			"ALTER TABLE LEDGER PARTITION BY KEY (version) PARTITIONS 2",
			"partitioned", "ALTER TABLE LEDGER REMOVE PARTITIONING",
		},
		"a column that the server fills": {"ALTER TABLE LEDGER ADD COLUMN evil INT GENERATED ALWAYS AS " +
			"(number + 1) VIRTUAL", "the column evil", "ALTER TABLE LEDGER DROP COLUMN evil"},
	}
)

// forgeriesOn are all that apply to the servers of these tests.
func forgeriesOn(kind towpath.EngineType) map[string]forgery {
	all := maps.Clone(forgeries)
	maps.Copy(all, forgeriesOf[kind])
	switch {
	case kind != towpath.EngineMySQL:
	case shared.mariadb.MySQL:
		maps.Copy(all, forgeriesOfMySQL)
	default:
		maps.Copy(all, forgeriesOfMariaDB)
	}
	return all
}

// sqliteLedger makes a table like the ledger.
func sqliteLedger(name, end string) string {
	return "CREATE TABLE " + name + ` (
  version TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, description TEXT NOT NULL, path TEXT NOT NULL, checksum TEXT NOT NULL,
  commit_hash TEXT NOT NULL, epoch INTEGER NOT NULL, server_id TEXT NOT NULL, database_id TEXT NOT NULL, statements_total INTEGER NOT NULL,
  statements_done INTEGER NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER, intent TEXT NOT NULL DEFAULT '',
  number INTEGER NOT NULL DEFAULT 0, seal TEXT NOT NULL DEFAULT '', PRIMARY KEY (version, type)` + end
}

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
	if l := w.look(c); l.Trouble != "" || l.Error != "" || l.Number < 3 {
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
	if l.Trouble == "" || !strings.Contains(l.Differs, f.want) {
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
	if l := w.look(c); l.Trouble != "" || l.Error != "" || l.Number < 3 {
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

// hiddenName is the ledger's name as a block composes it, so that a splitter does not see it.
const hiddenName = "towpath_' || 'ledger.towpath_' || 'ledger"

// forgingFiles are migrations that try to change the ledger on PostgreSQL.
var forgingFiles = map[string]struct {
	script string
	state  towpath.TaskState // of the file's own task
	fix    string            // "" when none of its effect lasts
}{
	"a trigger that is put off until the commit": {`CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE 'UPDATE ` + hiddenName + ` SET checksum = ''x'' WHERE version = ''2'''; RETURN NULL; END $$;
CREATE TABLE bait (id int);
CREATE CONSTRAINT TRIGGER forge AFTER INSERT ON bait DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION forge();
INSERT INTO bait VALUES (1);`, towpath.TaskFailed, ""},
	"a trigger that puts itself off once more": {`CREATE TABLE bait (id int);
CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.id < 2 THEN SET CONSTRAINTS ALL DEFERRED; INSERT INTO bait VALUES (NEW.id + 1); RETURN NULL; END IF;
  EXECUTE 'UPDATE ` + hiddenName + ` SET checksum = ''x'' WHERE version IN (''2'', ''4'')';
  EXECUTE 'UPDATE ` + hiddenName + ` SET seal = ''x'' WHERE version = ''4'''; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER forge AFTER INSERT ON bait DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION forge();
INSERT INTO bait VALUES (1);`, towpath.TaskUnknown, "-"},
	"a block that puts a trigger on the ledger": {
		`-- towpath: no-transaction
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
DO $$ BEGIN EXECUTE 'CREATE TRIGGER evil BEFORE INSERT OR UPDATE ON ` + hiddenName + ` FOR EACH ROW WHEN (NEW.version = ''4'') EXECUTE FUNCTION nothing()'; COMMIT; END $$;`,
		towpath.TaskFailed, "DROP TRIGGER evil ON LEDGER",
	},
	"a block that does not commit, and is undone": {`-- towpath: no-transaction
CREATE TABLE before (id int);
DO $$ BEGIN EXECUTE 'TRUNCATE ` + hiddenName + `'; END $$;`, towpath.TaskFailed, ""},
	"a block that renames two columns": {`-- towpath: no-transaction
DO $$ BEGIN EXECUTE 'ALTER TABLE ` + hiddenName + ` RENAME path TO x';
  EXECUTE 'ALTER TABLE ` + hiddenName + ` RENAME description TO path'; EXECUTE 'ALTER TABLE ` + hiddenName + ` RENAME x TO description'; COMMIT; END $$;`, towpath.TaskFailed, "-"},
}

func TestForging_byAFile(t *testing.T) {
	t.Parallel()
	for name, f := range forgingFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, s, c := applied(t, towpath.EnginePostgres)
			defer w.close()
			task := w.run(s, w.plan("4", f.script))
			if task.State != f.state {
				t.Fatalf("the file is %s: %s", task.State, task.Reason)
			}
			l := w.look(c)
			if f.fix == "" {
				if l.Trouble != "" {
					t.Errorf("the ledger is %s: %s", l.Trouble, l.Differs)
				}
				return
			}
			if l.Trouble != towpath.LedgerTampered {
				t.Fatalf("the ledger is %q, and the file is %s: %s", l.Trouble, task.State, task.Reason)
			}
			w.skip()
			five := w.run(s, w.plan("5", "CREATE TABLE t5 (id INT);"))
			if five.State != towpath.TaskFailed || !strings.Contains(wording.Text(five.Reason),
				"Nothing was run") || strings.Contains(w.state(kind{}).dump, "t5") {
				t.Errorf("version 5 is %s: %s", five.State, five.Reason)
			}
			if f.fix != "-" {
				w.forge(f.fix)
			}
			if err := s.AcceptLedger(t.Context(), towpath.Actor{}, w.database.ID); err != nil {
				t.Fatal(err)
			}
			w.skip()
			if six := w.run(s, w.plan("6", "CREATE TABLE t6 (id INT);")); six.State != towpath.TaskDone {
				t.Errorf("version 6 is %s: %s", six.State, six.Reason)
			}
		})
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
			if l := w.look(c); l.Trouble != "" || l.Error != "" {
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

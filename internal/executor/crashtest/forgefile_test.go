package crashtest

import (
	"strings"
	"testing"

	"towpath"
	"towpath/internal/wording"
)

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

package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// hidden puts a statement about the ledger together where the splitter does not see it.
func hidden(text string) string {
	name := "towpath_' || 'ledger"
	return "DO $$ BEGIN EXECUTE '" + strings.NewReplacer("'", "''", "LEDGER", name+"."+name, "HOME",
		name).Replace(text) + "'; END $$"
}

func TestGuard_aMigrationThatChangesTheLedgerFails(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		hidden("UPDATE LEDGER SET state = 'failed'"),
		hidden("DELETE FROM LEDGER"),
		hidden("INSERT INTO LEDGER SELECT * FROM LEDGER ON CONFLICT DO NOTHING"), // changes nothing, and may
		hidden("INSERT INTO LEDGER SELECT 'forged' || version, type, state, description, path, checksum, " +
			"commit_hash, epoch, server_id, database_id, 1, 1, started_at FROM LEDGER"),
		hidden("TRUNCATE LEDGER"),
		hidden("DROP TABLE LEDGER"),
		hidden("ALTER TABLE LEDGER ADD COLUMN evil int"),
		hidden("CREATE TRIGGER evil BEFORE INSERT ON LEDGER FOR EACH ROW EXECUTE FUNCTION " +
			"suppress_redundant_updates_trigger()"),
		hidden("DROP SCHEMA HOME CASCADE"),
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			db := open(t, server.Database(t))
			s := begin(t, db, options)
			if err := errors.Join(s.Record(t.Context(), entry("1")), s.Commit(t.Context())); err != nil {
				t.Fatal(err)
			}
			harmless := strings.Contains(text, "NOTHING")
			for _, record := range []bool{true, false} {
				s := begin(t, db, options)
				_, err := s.Exec(t.Context(), statement.Statement{Text: text})
				if kindOf(err) != engine.Refused && !harmless && !strings.Contains(text, "TRIGGER") {
					t.Errorf("error is %v", err)
				}
				if record {
					err = errors.Join(err, s.Record(t.Context(), entry("2")))
				}
				if err = errors.Join(err, s.Commit(t.Context())); (err == nil) != harmless {
					t.Errorf("error is %v", err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := db.Ledger(t.Context()); err != nil || len(got.Entries) == 0 ||
				got.Entries[0].State != "done" || !harmless && len(got.Entries) != 1 {
				t.Errorf("ledger is %v, %v", got, err)
			}
		})
	}
}

func TestGuard_ownRowsAreNoChange(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	for _, noTx := range []bool{false, true} {
		o := options
		o.NoTx = noTx
		s := begin(t, db, o)
		for _, version := range []string{"1", "2", "1"} {
			if err := s.Record(t.Context(), entry(version), entry(version+".1")); err != nil {
				t.Fatal(err)
			}
			if _, err := s.ExecRecord(t.Context(),
				statement.Statement{Text: "CREATE TABLE IF NOT EXISTS a (id int)"},
				entry(version)); err != nil {
				t.Fatal(err)
			}
			// A lease's row comes from elsewhere, at any time.
			if other := begin(t, db,
				engine.SessionOptions{NoTx: true, LockTimeout: options.LockTimeout}); noTx {
				if err := other.Record(t.Context(), entry("lease")); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := s.Commit(t.Context()); err != nil {
			t.Error(err)
		}
	}
	o := options
	o.NoTx = true
	_, err := begin(t, db, o).ExecRecord(t.Context(), statement.Statement{Text: hidden("DELETE FROM LEDGER")},
		entry("3"))
	if kindOf(err) != engine.Refused {
		t.Errorf("error is %v", err)
	}
}

// Statements that commit by themselves cannot be undone; the others still run in one of our
// transactions. The test runs alone: other tests create roles on this server, which is refused
// around such a statement.
func TestGuard_withoutATransactionItIsToldAfterwards(t *testing.T) {
	committing := strings.NewReplacer("; END $$", "; COMMIT; END $$")
	for text, want := range map[string]engine.Kind{
		committing.Replace(hidden("UPDATE LEDGER SET state = 'failed'")): engine.Refused,
		committing.Replace(hidden("TRUNCATE LEDGER")):                    engine.Refused,
		committing.Replace(hidden("DROP TABLE LEDGER")):                  engine.Refused,
		committing.Replace(hidden("CREATE TABLE beside (id int)")):       "",
		hidden("UPDATE LEDGER SET state = 'failed'"):                     engine.Refused,
		hidden("TRUNCATE LEDGER"):                                        engine.Refused,
		hidden("DROP TABLE LEDGER"):                                      engine.Refused,
		hidden("CREATE TABLE beside (id int)"):                           "",
	} {
		db := open(t, server.Database(t))
		o := options
		o.NoTx = true
		s := begin(t, db, o)
		if err := s.Record(t.Context(), entry("1")); err != nil {
			t.Fatal(err)
		}
		_, err := s.Exec(t.Context(), statement.Statement{Text: text, Verb: "DO"})
		if kindOf(err) != want {
			t.Errorf("%s: %v", text, err)
		}
		if want == "" || strings.Contains(text, "COMMIT") {
			continue
		}
		if strings.Contains(err.Error(), "stays") {
			t.Errorf("%s: %v", text, err)
		}
		if err := s.Record(t.Context(), entry("2")); err != nil { // that it failed
			t.Errorf("%s was undone, and the session is of no more use: %v", text, err)
		}
		if got, err := db.Ledger(t.Context()); err != nil || len(got.Entries) != 2 ||
			got.Entries[0].State != "done" {
			t.Errorf("%s: the ledger is %v, %v", text, got.Entries, err)
		}
	}
}

func TestGuard_countsOfATransactionThatIsOverSayNothing(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	o := options
	o.NoTx = true
	s := begin(t, db, o)
	for range 2 { // the server forgets its counts after a second
		if err := s.Record(t.Context(), entry("1")); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"SELECT pg_sleep(1.1)", "SELECT 1"} {
			if _, err := s.Exec(t.Context(), statement.Statement{Text: text, Verb: "SELECT"}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

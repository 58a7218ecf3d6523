package mysql_test

import (
	"strings"
	"testing"

	"towpath/internal/engine"
)

func TestExec_refusesOtherDatabases(t *testing.T) {
	t.Parallel()
	other, own := server.Database(t).Database, server.Database(t)
	server.Exec(t, "CREATE TABLE "+other+".a (id INT)")
	err := run(t.Context(), begin(t, open(t, own), options), "INSERT INTO "+other+".a VALUES (1)")
	if kindOf(err) != engine.Refused || !strings.Contains(err.Error(), other) {
		t.Errorf("error is %v", err)
	}
	o := options
	o.NoTx = true
	if err := run(t.Context(), begin(t, open(t, own), o), "CREATE TABLE "+own.Database+
		".a (id INT); INSERT INTO "+own.Database+".a VALUES (1)"); err != nil {
		t.Error(err)
	}
}

func TestExec_aProcedureThatChangesTheLedgerFails(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]engine.Kind{
		"UPDATE towpath_', 'ledger SET state = ''failed''": engine.Refused,
		"DELETE FROM towpath_', 'ledger":                   engine.Refused,
		"DROP TABLE towpath_', 'ledger":                    engine.Refused,
		"SELECT COUNT(*) FROM towpath_', 'ledger":          "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			db := open(t, server.Database(t))
			o := options
			o.NoTx = true
			s := begin(t, db, o)
			if err := s.Record(t.Context(), entry("1")); err != nil {
				t.Fatal(err)
			}
			// MySQL has no EXECUTE IMMEDIATE.
			err := run(t.Context(), s, "CREATE PROCEDURE sly() BEGIN SET @text = CONCAT('"+text+
				"'); PREPARE p FROM @text; EXECUTE p; END; CALL sly()")
			if kindOf(err) != want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

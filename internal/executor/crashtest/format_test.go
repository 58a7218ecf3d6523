package crashtest

import (
	"fmt"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/wording"
)

// newer changes a ledger as a newer program may.
var newer = map[string]struct{ do, undo string }{
	"another format": {
		"UPDATE LEDGER SET intent = 'format 99' WHERE type = 'head'",
		"UPDATE LEDGER SET intent = 'format 1' WHERE type = 'head'",
	},
	"another format and another column": {
		"ALTER TABLE LEDGER ADD COLUMN approved_by VARCHAR(64) NOT NULL DEFAULT '';\nUPDATE LEDGER SET intent = 'format 11' WHERE type = 'head'",
		"ALTER TABLE LEDGER DROP COLUMN approved_by;\nUPDATE LEDGER SET intent = 'format 1' WHERE type = 'head'",
	},
}

// everything is the content of the ledger's columns that every format has.
const everything = "SELECT CONCAT(count(*), ' ', sum(epoch), ' ', sum(number), ' ', max(seal), ' ', " +
	"max(started_at)) FROM LEDGER"

func TestFormat_newerThanTheProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		for name, change := range newer {
			t.Run(string(engine)+", "+name, func(t *testing.T) {
				t.Parallel()
				w, s, c := applied(t, engine)
				defer w.close()
				w.forge(change.do)
				before := w.query(w.ledgerOf(everything))

				four := w.run(s, w.plan("4", "CREATE TABLE t4 (id INT);"))
				if four.State != towpath.TaskFailed || !strings.Contains(wording.Text(four.Reason),
					"written by a newer Towpath") || !strings.Contains(wording.Text(four.Reason), "Upgrade") {
					t.Errorf("version 4 is %s: %s", four.State, four.Reason)
				}
				l, known := w.look(c), fmt.Sprintf("formats up to %d", towpath.LedgerFormat)
				if l.Trouble != "" || !strings.Contains(wording.Text(l.Error), known) {
					t.Errorf("the ledger is %q %q: %s", l.Trouble, l.Differs, l.Error)
				}
				for what, err := range map[string]error{
					"accepted":   s.AcceptLedger(t.Context(), towpath.Actor{}, w.database.ID),
					"taken over": s.Adopt(t.Context(), towpath.Actor{}, w.database.ID),
				} {
					if towpath.ErrorCode(err) != towpath.CodeUnavailable ||
						!strings.Contains(err.Error(), known) {
						t.Errorf("it was %s: %v", what, err)
					}
				}
				if after := w.query(w.ledgerOf(everything)); after != before {
					t.Errorf("it was written:\n%s\n%s", before, after)
				}
				if strings.Contains(w.state(kind{}).dump, "t4") {
					t.Error("version 4 ran")
				}

				w.forge(change.undo)
				if l := w.look(c); l.Trouble != "" || !l.Error.IsZero() {
					t.Fatalf("with its own format, the ledger is %q: %s%s", l.Trouble, l.Differs, l.Error)
				}
				w.skip()
				if five := w.run(s,
					w.plan("5", "CREATE TABLE t5 (id INT);")); five.State != towpath.TaskDone {
					t.Errorf("version 5 is %s: %s", five.State, five.Reason)
				}
			})
		}
	}
}

// A table with more columns and no newer format is not a newer program's.
func TestFormat_moreColumnsAloneAreTampering(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w, _, c := applied(t, engine)
			defer w.close()
			w.forge("ALTER TABLE LEDGER ADD COLUMN approved_by VARCHAR(64)")
			if l := w.look(c); l.Trouble != towpath.LedgerTampered ||
				!strings.Contains(wording.Fragments(l.Differs), "approved_by") {
				t.Errorf("the ledger is %q %q: %s", l.Trouble, l.Differs, l.Error)
			}
		})
	}
}

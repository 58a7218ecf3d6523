package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath"
)

// TestNewerLedger_isLeftAlone pushes to a database whose ledger a newer program has written:
// nothing runs there, nor in later stages, and the link shows why. After the format is back,
// everything continues by itself.
func TestNewerLedger_isLeftAlone(t *testing.T) {
	t.Parallel()
	for name, where := range everyTarget() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := walked(t, where(), "")
			push := func(n int) string {
				return w.commit(t,
					map[string]string{w.path(n): fmt.Sprintf("CREATE TABLE t%d (id INT);\n", n)})
			}
			push(1)
			w.must(t, w.wait("done"))
			format := func(n int) {
				t.Helper()
				_, err := w.query("test",
					fmt.Sprintf("UPDATE %s SET intent = 'format %d' WHERE type = 'head'",
						w.targets.ledger(), n))
				w.must(t, err)
			}
			const newer = towpath.LedgerFormat + 1
			format(newer)
			hash := push(2)
			w.must(t, w.until(time.Minute, func() (bool, string) {
				_, v := w.state()
				i := slices.IndexFunc(v.Plan.Items, func(i planView) bool {
					return i.Environment == "test" &&
						i.Version == "2"
				})
				return v.SyncedCommit == hash && i >= 0 && v.Plan.Items[i].State == "unreachable" &&
						strings.Contains(v.Plan.Items[i].Reason.Text, fmt.Sprintf("format %d", newer)),
					fmt.Sprintf("%+v", v)
			}))
			_, v := w.state()
			if !strings.Contains(fmt.Sprint(v.Plan), "Upgrade this server") {
				t.Errorf("no way out: %+v", v.Plan)
			}
			var list items[struct {
				ID          string `json:"id"`
				LedgerError struct {
					Text string `json:"text"`
				} `json:"ledgerError"`
			}]
			w.must(t, w.api.call(w.ctx, "GET", "/databases?pageSize=500", nil, &list))
			refused := 0
			for _, d := range list.Items {
				if known := fmt.Sprintf("formats up to %d", towpath.LedgerFormat); !strings.Contains(
					d.LedgerError.Text, known) {
					continue
				}
				for _, action := range []string{"accept-ledger", "adopt-ledger"} {
					if err := w.api.call(w.ctx, "POST", "/databases/"+d.ID+"/"+action, nil,
						nil); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("format %d", newer)) {
						t.Errorf("%s: %v", action, err)
					}
					refused++
				}
			}
			if refused != 2 {
				t.Errorf("the pages of databases: %+v", list.Items)
			}
			for _, environment := range demoEnvironments {
				rows, err := w.ledger(environment)
				if err != nil || !slices.Equal(rows, []string{"1 ddl done"}) {
					t.Errorf("%s: %v, %v", environment, rows, err)
				}
				if _, err := w.query(environment, "SELECT * FROM t2"); err == nil {
					t.Errorf("version 2 ran in %s", environment)
				}
			}
			format(1)
			w.must(t, w.until(2*time.Minute, func() (bool, string) {
				rows, err := w.ledger("prod")
				return len(rows) == 2, fmt.Sprint(rows, err)
			}))
			w.must(t, w.wait("done"))
		})
	}
}

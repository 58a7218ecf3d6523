package towpath_test

import (
	"testing"

	"towpath"
)

func TestLedger_Format(t *testing.T) {
	t.Parallel()
	if n := (towpath.Ledger{}).Format(); n != 1 {
		t.Errorf("without a head it is %d", n)
	}
	for intent, want := range map[string]int{
		towpath.FormatIntent(3): towpath.LedgerFormat, towpath.FormatIntent(0): 1, "": 1, "format 2": 2,
		"format 12": 12, "format": 1,
		"format x": 1, "Format 3": 1, "format 0": 0, "format -4": -4, "format 99999999999999999999": 1,
		" format 5": 1, "format 6 ": 1, "intent format 7": 1,
	} {
		l := towpath.Ledger{Head: &towpath.LedgerEntry{Intent: intent}}
		if n := l.Format(); n != want {
			t.Errorf("%q is format %d, want %d", intent, n, want)
		}
	}
}

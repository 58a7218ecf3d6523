package seal

import (
	"path/filepath"
	"testing"

	"towpath"
	"towpath/internal/secret"
)

// TestCheck_headsThatNameNoFormat: heads of earlier versions name no format and stay valid.
func TestCheck_headsThatNameNoFormat(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	keyring, err := secret.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	k := NewKeys(keyring)
	rows, _ := k.NewBook("shop", 0).Write(towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL}, State: towpath.LedgerDone,
		DatabaseID: "shop",
	}, towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Type: towpath.TypeLease},
		State:       towpath.LedgerDone, DatabaseID: "shop",
	})
	head := &rows[len(rows)-1]
	if head.Type != towpath.TypeHead || head.Intent != towpath.FormatIntent(1) {
		t.Fatalf("the head is %+v", head)
	}
	head.Intent = ""
	var l towpath.Ledger
	l.Sort(rows)
	if r := k.Check(l, "shop", Known{}); r.Trouble != towpath.LedgerTampered {
		t.Errorf("a format that was taken away is not missed: %+v", r)
	}
	head.Seal = k.list[0].maker().seal(*head)
	if r := k.Check(l, "shop", Known{}); r.Trouble != "" || r.Book == nil || l.Format() != 1 {
		t.Errorf("format %d: %+v", l.Format(), r)
	}
}

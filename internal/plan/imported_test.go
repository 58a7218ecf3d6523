package plan

import (
	"fmt"
	"testing"
	"time"

	"towpath"
)

func TestImport(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	in := Input{
		Environments: []towpath.Environment{{ID: "e", Name: "größe"}},
		Databases: []towpath.Database{{
			ID: "d", EnvironmentID: "e",
			Ledger: towpath.LedgerSnapshot{At: &at, Populated: true, Entries: []towpath.LedgerEntry{{
				MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL}, State: towpath.LedgerDone,
				Path: "1.sql", Checksum: "c1",
			}}},
		}},
	}
	list := []towpath.ImportedMigration{}
	for n := 1; n <= 5; n++ {
		m := towpath.Migration{
			MigrationID: towpath.MigrationID{Version: fmt.Sprint(n), Type: towpath.TypeDDL},
			Path:        fmt.Sprintf("%d.sql", n), Checksum: fmt.Sprintf("c%d", n),
		}
		in.Files = append(in.Files, towpath.ManifestFile{State: towpath.FileMatched, Migration: m})
		list = append(list, towpath.ImportedMigration{
			Migration: m, Halfway: n == 4, Source: towpath.HistorySource{Tool: "goose", Table: "goose_db_version"},
		})
	}
	list[0].Checksum = "stale" // the ledger knows better
	list[1].Checksum = "other"
	imported := map[string][]towpath.ImportedMigration{"d": list[:4]}
	before := fmt.Sprint(in.Databases[0].Ledger.Entries)
	planned := in
	planned.Import(imported)
	if fmt.Sprint(in.Databases[0].Ledger.Entries) != before {
		t.Error("the input of others has changed")
	}
	p := Build(planned)
	p.MarkHalfway(imported)
	for i, want := range []ItemState{ItemApplied, ItemEdited, ItemBaselined, ItemUnknown, ItemPending} {
		if got := p.Items[i]; got.State != want {
			t.Errorf("%s is %s %v, want %s", got.Path, got.State, got.Reason, want)
		}
	}
	if got := p.Items[3].Reason; got.Code != towpath.ReasonHistoryHalfway || got.Params["tool"] != "goose" {
		t.Errorf("the reason is %v", got)
	}
}

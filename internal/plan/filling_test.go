package plan

import (
	"testing"
	"time"

	"towpath"
)

// TestBuild_refusesByWhatIsPutIn is about one text that has its variables in one environment only.
func TestBuild_refusesByWhatIsPutIn(t *testing.T) {
	t.Parallel()
	filling := towpath.Filling{Placeholders: towpath.PlaceholdersFlyway}
	now := time.Now()
	in := Input{
		Files: []towpath.ManifestFile{{State: towpath.FileMatched, Migration: towpath.Migration{
			MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL}, Path: "1.sql", Checksum: "c",
		}}},
		Environments: []towpath.Environment{{ID: "t", Name: "test"}, {ID: "p", Name: "prod"}},
		Engines:      map[string]towpath.EngineType{"t": towpath.EngineSQLite, "p": towpath.EngineSQLite},
		Fillings:     map[string]towpath.Filling{"p": filling},
		Refused: map[RuledText]towpath.Reason{
			{Checksum: "c", Engine: towpath.EngineSQLite, Filling: filling.Digest()}: towpath.Why("no-value"),
		},
	}
	for _, id := range []string{"t", "p"} {
		in.Databases = append(in.Databases, towpath.Database{
			ID: id, Name: id, EnvironmentID: id, Ledger: towpath.LedgerSnapshot{At: &now},
		})
	}
	for _, item := range Build(in).Items {
		want := map[string]ItemState{"t": ItemPending, "p": ItemUnusable}[item.DatabaseID]
		if item.State != want {
			t.Errorf("%s: %s %v, want %s", item.DatabaseID, item.State, item.Reason, want)
		}
	}
}

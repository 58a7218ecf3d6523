package plan

import (
	"slices"

	"towpath"
)

// Import adds to the ledgers what accepting the histories of other tools records in them, by ids of
// databases. It is for a plan of what follows: it writes nothing, and the entries have no seals. A
// ledger that has a migration already keeps its own entry.
func (in *Input) Import(imported map[string][]towpath.ImportedMigration) {
	in.Databases = slices.Clone(in.Databases)
	for i := range in.Databases {
		database := &in.Databases[i]
		known := map[towpath.MigrationID]bool{}
		for _, e := range database.Ledger.Entries {
			known[e.MigrationID] = true
		}
		entries := slices.Clone(database.Ledger.Entries)
		for _, m := range imported[database.ID] {
			if !known[m.MigrationID] {
				entries = append(entries, importedEntry(m, database.ID))
			}
		}
		database.Ledger.Entries = entries
	}
}

func importedEntry(m towpath.ImportedMigration, databaseID string) towpath.LedgerEntry {
	e := towpath.LedgerEntry{
		MigrationID: m.MigrationID, State: towpath.LedgerBaselined, Description: m.Description,
		Path: m.Path, Checksum: m.Checksum, Commit: m.Commit, DatabaseID: databaseID, StartedAt: m.Source.At,
	}
	if m.Halfway {
		e.State = towpath.LedgerRunning
	}
	return e
}

// MarkHalfway makes what another tool did not finish unknown, as its task will be as soon as its turn
// comes. Items that something else keeps from starting stay as they are.
func (p *Plan) MarkHalfway(imported map[string][]towpath.ImportedMigration) {
	type place struct {
		databaseID string
		towpath.MigrationID
	}
	halfway := map[place]towpath.HistorySource{}
	for databaseID, list := range imported {
		for _, m := range list {
			if m.Halfway {
				halfway[place{databaseID, m.MigrationID}] = m.Source
			}
		}
	}
	for i := range p.Items {
		item := &p.Items[i]
		if source, ok := halfway[place{item.DatabaseID, item.MigrationID}]; ok && item.State == ItemPending {
			item.State = ItemUnknown
			item.Reason = towpath.Why(towpath.ReasonHistoryHalfway, "tool", source.Tool, "table", source.Table)
		}
	}
}

package catalog

import (
	"cmp"
	"context"
	"slices"
	"time"

	"towpath"
	"towpath/internal/store"
)

// addMissingHistory adds ledger entries to the change history that it lacks, as after a restore of
// the metadata from an old backup. d has the snapshot from before the reading s. It must not be
// called while d's lease is held, since the holder records its own changes.
func addMissingHistory(
	ctx context.Context, tx *store.Tx, d towpath.Database, s towpath.LedgerSnapshot,
) error {
	entries := unrecorded(d, s.Entries)
	if len(entries) == 0 {
		return nil
	}
	environment, err := tx.Environment(ctx, d.EnvironmentID)
	if err != nil {
		return err
	}
	for _, e := range entries {
		recorded, err := tx.InHistory(ctx, d.ID, e)
		if err != nil {
			return err
		}
		if recorded {
			continue
		}
		h := towpath.ChangeHistory{
			DatabaseID: d.ID,
			ProjectID:  d.ProjectID,
			State:      e.State,
			Commit:     e.Commit,
			StartedAt:  e.StartedAt,
			FinishedAt: finishedAt(e),
			Statements: e.StatementsDone,
			Source:     e.Source(),
			Migration: towpath.Migration{
				MigrationID: e.MigrationID, Label: e.Label(), Description: e.Description, Path: e.Path,
				Checksum: e.Checksum, Environment: environment.Name, Database: d.Name,
			},
		}
		if err := tx.AddHistory(ctx, &h); err != nil {
			return err
		}
	}
	return nil
}

// unrecorded returns the entries of applied migrations that were written for this database and are
// not in its snapshot, oldest first.
func unrecorded(d towpath.Database, entries []towpath.LedgerEntry) (found []towpath.LedgerEntry) {
	known := map[towpath.MigrationID]string{}
	for _, e := range d.Ledger.Entries {
		if e.State.Applied() {
			known[e.MigrationID] = e.Checksum
		}
	}
	for _, e := range entries {
		checksum, ok := known[e.MigrationID]
		if e.State.Applied() && e.DatabaseID == d.ID && (!ok || checksum != e.Checksum) {
			found = append(found, e)
		}
	}
	slices.SortStableFunc(found, func(a, b towpath.LedgerEntry) int {
		return cmp.Or(finishedAt(a).Compare(finishedAt(b)), cmp.Compare(a.Version, b.Version),
			cmp.Compare(a.Type, b.Type))
	})
	return found
}

func finishedAt(e towpath.LedgerEntry) time.Time {
	if e.FinishedAt == nil {
		return e.StartedAt
	}
	return *e.FinishedAt
}

package catalog

import (
	"cmp"
	"context"
	"slices"
	"time"

	"towpath"
	"towpath/internal/store"
)

// addUntold writes down what a reading of a ledger tells and the change history does not, as after
// the metadata was restored from an old backup. d is the database as it was known before. It must
// not be called while d's lease is held: whoever holds it writes down what it does.
func addUntold(ctx context.Context, tx *store.Tx, d towpath.Database, s towpath.LedgerSnapshot) error {
	news := untold(d, s.Entries)
	if len(news) == 0 {
		return nil
	}
	environment, err := tx.Environment(ctx, d.EnvironmentID)
	if err != nil {
		return err
	}
	for _, e := range news {
		if told, err := tx.InHistory(ctx, d.ID, e); err != nil {
			return err
		} else if told {
			continue
		}
		h := towpath.ChangeHistory{
			DatabaseID: d.ID,
			ProjectID:  d.ProjectID,
			State:      e.State,
			Commit:     e.Commit,
			StartedAt:  e.StartedAt,
			FinishedAt: finished(e),
			Statements: e.StatementsDone,
			Migration: towpath.Migration{
				MigrationID: e.MigrationID, Label: e.Version, Description: e.Description, Path: e.Path,
				Checksum: e.Checksum, Environment: environment.Name, Database: d.Name,
			},
		}
		if err := tx.AddHistory(ctx, &h); err != nil {
			return err
		}
	}
	return nil
}

// untold picks the entries that say that this very database has a migration of which that was not
// known, oldest first.
func untold(d towpath.Database, entries []towpath.LedgerEntry) (news []towpath.LedgerEntry) {
	known := map[towpath.MigrationID]string{}
	for _, e := range d.Ledger.Entries {
		if e.State.Applied() {
			known[e.MigrationID] = e.Checksum
		}
	}
	for _, e := range entries {
		checksum, ok := known[e.MigrationID]
		if e.State.Applied() && e.DatabaseID == d.ID && (!ok || checksum != e.Checksum) {
			news = append(news, e)
		}
	}
	slices.SortStableFunc(news, func(a, b towpath.LedgerEntry) int {
		return cmp.Or(finished(a).Compare(finished(b)), cmp.Compare(a.Version, b.Version),
			cmp.Compare(a.Type, b.Type))
	})
	return news
}

func finished(e towpath.LedgerEntry) time.Time {
	if e.FinishedAt == nil {
		return e.StartedAt
	}
	return *e.FinishedAt
}

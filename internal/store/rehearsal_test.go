package store_test

import (
	"context"
	"testing"

	"towpath"
	"towpath/internal/store"
)

// The newest wanted rehearsal comes first, and a text that was rehearsed is found by its checksum.
func TestRehearsals_ofAnInstanceAndOfAText(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		file := towpath.RehearsalFile{Path: "größe.sql", Checksum: "c1", Version: "1", Type: towpath.TypeDDL, Own: true}
		made := towpath.BranchRehearsal{
			InstanceID: "i", State: towpath.RehearsalDone, Files: []towpath.RehearsalFile{file},
			Result: towpath.Rehearsal{Server: "PostgreSQL 15"},
		}
		wanted := made
		wanted.State = towpath.RehearsalWanted
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			b := towpath.BranchReview{LinkID: w.link.ID, Branch: "feature/x", WantedAt: tx.Now}
			made.EndedAt, made.WantedAt, wanted.WantedAt = &tx.Now, tx.Now, tx.Now
			if err := tx.CreateBranchReview(ctx, &b); err != nil {
				return err
			}
			brought := towpath.BranchFile{ManifestFile: towpath.ManifestFile{State: towpath.FileMatched}}
			brought.Path, brought.Checksum = file.Path, file.Checksum
			if err := tx.SetBranchFiles(ctx, b.ID, []towpath.BranchFile{brought}); err != nil {
				return err
			}
			return tx.SetBranchRehearsals(ctx, b.ID, []towpath.BranchRehearsal{made, wanted})
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			found, err := tx.RehearsalOf(ctx, w.link.ID, file.Path, "c1")
			if err != nil || found.Result.Server != "PostgreSQL 15" {
				t.Errorf("the text was rehearsed: %+v, %v", found, err)
			}
			if _, err := tx.RehearsalOf(ctx, w.link.ID, file.Path, "c2"); towpath.ErrorCode(err) != towpath.CodeNotFound {
				t.Errorf("another text: %v", err)
			}
			open, err := tx.WantedRehearsals(ctx, "i", 5)
			if err != nil || len(open) != 1 || open[0].Position != 1 {
				t.Errorf("wanted are %+v, %v", open, err)
			}
			return nil
		})
	})
}

package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

func TestManifest_isReplacedFileByFile(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		const files = 150 // more than one batch
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			var list []towpath.ManifestFile
			for i := range files {
				list = append(list, w.file(fmt.Sprintf("f%03d", i)))
			}
			twice := w.file("f000")
			twice.Reason = towpath.Why(towpath.ReasonTooLarge, "limit", "the last one counts")
			if err := tx.PutManifestFile(ctx, slices.Insert(list, 1, twice)...); err != nil {
				return err
			}
			gone := w.file("f001")
			gone.State = towpath.FileIgnored
			if err := tx.PutManifestFile(ctx, gone); err != nil {
				return err
			}
			return tx.DeleteManifestFile(ctx, w.link.ID, "f002")
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			all, err := tx.Manifest(ctx, w.link.ID)
			if err != nil || len(all) != files-1 || all[0].Reason.Params["limit"] != "the last one counts" {
				t.Fatalf("%d files, first %+v (%v)", len(all), all[0], err)
			}
			var paged []towpath.ManifestFile
			for after := ""; ; after = paged[len(paged)-1].Path {
				page, err := tx.ManifestPage(ctx, w.link.ID, "", after, 40)
				if err != nil {
					return err
				}
				if len(page) == 0 {
					break
				}
				paged = append(paged, page...)
			}
			if diff := cmp.Diff(all, paged); diff != "" {
				t.Error(diff)
			}
			if n, err := count(tx.ManifestPage(ctx, w.link.ID, towpath.FileIgnored, "", 10)); n != 1 ||
				err != nil {
				t.Errorf("%d ignored files (%v)", n, err)
			}
			if n, err := count(tx.OtherClaims(ctx, w.project.ID, "another link")); n != files-2 ||
				err != nil {
				t.Errorf("another link sees %d claims (%v)", n, err)
			}
			n, err := count(tx.OtherClaims(ctx, w.project.ID, w.link.ID))
			if n != 0 {
				t.Errorf("the link sees %d claims of its own", n)
			}
			return err
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteLink(ctx, w.link.ID) })
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			if n, err := count(tx.Manifest(ctx, w.link.ID)); n != 0 || err != nil {
				t.Errorf("%d files of no link (%v)", n, err)
			}
			_, err := tx.Rollout(ctx, w.rollout.ID) // outlives its link
			return err
		})
	})
}

func TestContents_areKeptWhileSomethingRefersToThem(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w, c := newWorld(t, s), stopClock(s)
		file, task, record := w.file("a"), w.newTask("1", towpath.TaskDone), w.newTask("2",
			towpath.TaskPending)
		file.Checksum, task.Checksum, record.Checksum = "file", "task", ""
		record.Action, record.Covers = towpath.ActionRecord, []towpath.Migration{{Checksum: "covered"}}
		needed := []string{"file", "task", "covered", "ledger", "change", "before", "after"}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, sum := range append(needed, "garbage", "again") {
				if err := tx.PutContent(ctx, sum, []byte(sum)); err != nil {
					return err
				}
			}
			entry := w.entry("1")
			entry.Checksum = "ledger"
			change := towpath.ChangeHistory{
				DatabaseID:   w.database.ID,
				Migration:    towpath.Migration{Checksum: "change"},
				SchemaBefore: "before",
				SchemaAfter:  "after",
			}
			for _, err := range []error{
				tx.PutManifestFile(ctx, file), tx.CreateTask(ctx, &task), tx.CreateTask(ctx, &record),
				tx.NoteLedger(ctx, w.database.ID, entry), tx.AddHistory(ctx, &change),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		c.advance(48 * time.Hour)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			// a transaction is about to refer to it
			if err := tx.PutContent(ctx, "again", []byte("again")); err != nil {
				return err
			}
			if err := tx.PutContent(ctx, "empty", nil); err != nil {
				return err
			}
			return tx.PruneContents(ctx, tx.Now.Add(-24*time.Hour))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, sum := range append(needed, "again") {
				if text, err := tx.Content(ctx, sum); string(text) != sum || err != nil {
					t.Errorf("%s is %q (%v)", sum, text, err)
				}
			}
			if text, err := tx.Content(ctx, "empty"); text == nil || len(text) != 0 || err != nil {
				t.Errorf("empty content is %v (%v)", text, err)
			}
			if _, err := tx.Content(ctx, "garbage"); towpath.ErrorCode(err) != towpath.CodeNotFound {
				t.Errorf("garbage is kept (%v)", err)
			}
			return nil
		})
	})
}

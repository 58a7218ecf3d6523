package store_test

import (
	"context"
	"testing"

	"towpath"
	"towpath/internal/store"
)

func TestMigrations_turnSentencesIntoReasons(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const before, sentence = 18, "is \"a\" \\ link;\nput the größe here\t'now'"
		w := newWorld(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			fine := w.file("fine")
			fine.Reason = towpath.Reason{}
			if _, err := tx.ReceiveDelivery(ctx, &towpath.Delivery{
				LinkID: w.link.ID, RequestID: "1",
				Verdict: towpath.DeliveryIgnored,
			}); err != nil {
				return err
			}
			return tx.PutManifestFile(ctx, w.file("a"), fine)
		})
		migrations := s.Migrations(t)
		if _, err := migrations.DownTo(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Exec(ctx, "UPDATE delivery SET reason = $1", sentence); err != nil {
				return err
			}
			return tx.Exec(ctx, "UPDATE manifest_file SET reason = $1 WHERE path = 'a'", sentence)
		})
		if _, err := migrations.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			deliveries, err := tx.Deliveries(ctx, w.link.ID, store.Page{})
			if err != nil {
				return err
			}
			if want := towpath.Why(towpath.ReasonStated, "text", sentence); len(deliveries) != 1 ||
				!deliveries[0].Reason.Equal(want) {
				t.Errorf("the deliveries are %+v", deliveries)
			}
			files, err := tx.Manifest(ctx, w.link.ID)
			if err != nil {
				return err
			}
			for _, f := range files {
				want := towpath.Reason{}
				if f.Path == "a" {
					want = towpath.Why(towpath.ReasonStated, "text", sentence)
				}
				if !f.Reason.Equal(want) {
					t.Errorf("%s: %s, want %s", f.Path, f.Reason, want)
				}
			}
			return nil
		})
	})
}

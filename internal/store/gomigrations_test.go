package store_test

import (
	"context"
	"errors"
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
			if want := towpath.Why(towpath.ReasonNoted, "text", sentence); len(deliveries) != 1 ||
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
					want = towpath.Why(towpath.ReasonNoted, "text", sentence)
				}
				if !f.Reason.Equal(want) {
					t.Errorf("%s: %s, want %s", f.Path, f.Reason, want)
				}
			}
			return nil
		})
	})
}

func TestMigrations_turnWhatLinksSaidIntoReasons(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const before, sentence = 25, "Give \"größe\" back,\n\\ 'now'\t."
		w := newWorld(t, s)
		failed := towpath.Verification{
			ID:       store.NewID(),
			Purpose:  towpath.PurposeGrant,
			State:    towpath.VerificationFailed,
			MemberID: w.member.ID,
		}
		fine := towpath.Verification{
			ID:       store.NewID(),
			Purpose:  towpath.PurposeGrant,
			State:    towpath.VerificationPending,
			MemberID: w.member.ID,
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			failed.StateHash, fine.StateHash = []byte("1"), []byte("2")
			return errors.Join(
				tx.CreateVerification(ctx, &failed), tx.CreateVerification(ctx, &fine),
				tx.AddNote(ctx, w.link.ID, "c", "a.SQL", towpath.Why(towpath.ReasonNotTaken)),
			)
		})
		migrations := s.Migrations(t)
		if _, err := migrations.DownTo(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(
				tx.Exec(ctx, "UPDATE repository_link SET attention_reason = $1", sentence),
				tx.Exec(ctx, `UPDATE "grant" SET broken_reason = $1`, sentence),
				tx.Exec(ctx, "UPDATE commit_note SET note = $1", sentence),
				tx.Exec(ctx, "UPDATE verification SET reason = 'denied', message = $1 WHERE id = $2",
					sentence, failed.ID),
			)
		})
		if _, err := migrations.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			l, linkErr := tx.Link(ctx, w.link.ID)
			g, grantErr := tx.Grant(ctx, w.grant.ID)
			notes, notesErr := tx.Notes(ctx, w.link.ID)
			v, failedErr := tx.Verification(ctx, failed.ID)
			none, fineErr := tx.Verification(ctx, fine.ID)
			want := towpath.Why(towpath.ReasonNoted, "text", sentence)
			for what, got := range map[string]towpath.Reason{
				"link": l.AttentionReason, "grant": g.BrokenReason, "note": notes["c"]["a.SQL"],
				"verification": v.Reason,
			} {
				if !got.Equal(want) {
					t.Errorf("the %s has %s, want %s", what, got, want)
				}
			}
			if !none.Reason.IsZero() {
				t.Errorf("a verification that waits has %s", none.Reason)
			}
			return errors.Join(linkErr, grantErr, notesErr, failedErr, fineErr)
		})
	})
}

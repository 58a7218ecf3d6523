package store_test

import (
	"context"
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/store"
)

func TestWalk_goesBeyondAPage(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const more = 1001 // more than a page
		w := newWorld(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for i := range more {
				l, d := w.link, w.database
				l.ID, l.HookKey, l.BaseDirectory = store.NewID(), fmt.Sprint("key", i), fmt.Sprint("dir", i)
				d.ID, d.Name = "", fmt.Sprint("more", i)
				c := towpath.Credential{
					Kind: towpath.CredentialSession, MemberID: w.member.ID,
					Hash: []byte(fmt.Sprint(i)),
				}
				if err := tx.CreateCredential(ctx, &c); err != nil {
					return err
				}
				if err := tx.CreateLink(ctx, &l); err != nil {
					return err
				}
				if err := tx.CreateDatabase(ctx, &d); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			links, err := store.All(tx.EveryLink(ctx, store.LinkFilter{ProjectID: w.project.ID}))
			if err != nil || len(links) != more+1 {
				t.Errorf("%d links, want %d", len(links), more+1)
			}
			if err != nil {
				return err
			}
			sessions, err := store.All(tx.EveryCredential(ctx, w.member.ID, towpath.CredentialSession))
			if err != nil || len(sessions) != more {
				t.Errorf("%d sessions, want %d (%v)", len(sessions), more, err)
			}
			databases, err := store.All(tx.EveryDatabase(ctx,
				store.DatabaseFilter{InstanceID: w.database.InstanceID}))
			if err == nil && len(databases) < more {
				t.Errorf("%d databases, want %d at least", len(databases), more)
			}
			return err
		})
	})
}

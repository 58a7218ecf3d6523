package store_test

import (
	"context"
	"testing"

	"towpath"
	"towpath/internal/store"
)

// Many projects take as many queries as one. A project without rollouts has no newest one, and a newer
// rollout of another project is not taken for it.
func TestNewestRollouts(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		empty, other := towpath.Project{Name: "Größe"}, towpath.Project{Name: "select"}
		newest, foreign := w.newRollout(), w.newRollout()
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, p := range []*towpath.Project{&empty, &other} {
				if err := tx.CreateProject(ctx, p); err != nil {
					return err
				}
			}
			link, far := w.newLink("second"), w.newLink("third")
			far.ProjectID, foreign.ProjectID = other.ID, other.ID
			newest.LinkID, foreign.LinkID = link.ID, far.ID
			for _, l := range []*towpath.RepositoryLink{&link, &far} {
				if err := tx.CreateLink(ctx, l); err != nil {
					return err
				}
			}
			for _, r := range []*towpath.Rollout{&newest, &foreign} {
				if err := tx.CreateRollout(ctx, r); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			queries := 0
			tx = tx.Heard(func(string, []any) { queries++ })
			found, err := tx.NewestRollouts(ctx, []string{w.project.ID, empty.ID, other.ID})
			if err != nil {
				return err
			}
			if len(found) != 2 || found[w.project.ID].ID != newest.ID || found[other.ID].ID != foreign.ID {
				t.Errorf("want %s and %s, got %+v", newest.ID, foreign.ID, found)
			}
			if queries != 1 {
				t.Errorf("three projects took %d queries", queries)
			}
			return nil
		})
	})
}

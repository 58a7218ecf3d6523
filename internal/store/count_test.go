package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/store"
)

// Every state is counted by itself, and what has ended is not counted.
func TestCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillTables(t, s)
		want := store.Counts{}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for table, column := range map[string]string{"repository_link": "attention_reason", `"grant"`: "broken_reason"} {
				one := fmt.Sprintf("UPDATE %s SET %s = CASE WHEN id = (SELECT MIN(id) FROM %[1]s) THEN 'x' ELSE '' END", table, column)
				if err := tx.Exec(ctx, one); err != nil {
					return err
				}
			}
			return nil
		})
		plainly := func(text string) map[string]int {
			counted := map[string]int{}
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				rows, err := tx.Query(ctx, text)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var state string
					if err := rows.Scan(&state); err != nil {
						return err
					}
					counted[state]++
				}
				return rows.Err()
			})
			return counted
		}
		want.Rollouts = plainly("SELECT state FROM rollout WHERE finished_at IS NULL")
		want.Tasks = plainly("SELECT state FROM task WHERE state NOT IN ('done', 'skipped', 'cancelled')")
		want.Links = map[string]int{"attention": 1}
		if n := len(plainly("SELECT id FROM repository_link")); n > 1 {
			want.Links["connected"] = n - 1
		}
		want.Grants = map[string]int{"broken": 1}
		if n := len(plainly(`SELECT id FROM "grant"`)); n > 1 {
			want.Grants["working"] = n - 1
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Counts(ctx)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

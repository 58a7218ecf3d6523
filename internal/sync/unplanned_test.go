package sync_test

import (
	"testing"

	"towpath/internal/link/linktest"
	"towpath/internal/store"
)

func TestReconcile_countsTheFilesThatCannotBePlanned(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		for _, step := range []struct {
			what  string
			files map[string]string
			want  int
		}{
			{"a good file", map[string]string{"shop/2__ddl__b.sql": "CREATE TABLE b (id INT);"}, 0},
			{"two of one version", map[string]string{"shop/2__ddl__c.sql": "CREATE TABLE c (id INT);"}, 2},
			{"a file that is ignored", map[string]string{"shop/3_ddl_d.sql": "CREATE TABLE d (id INT);"}, 3},
			{"another README", map[string]string{"README.md": "hi"}, 2},
		} {
			b.Commit(t, step.files)
			b.Reconciled(t, link.ID)
			got, err := store.Get(t.Context(), b.Store, (*store.Tx).Link, link.ID)
			if err != nil || got.UnplannedFiles != step.want {
				t.Errorf("%s: %d files %v, want %d", step.what, got.UnplannedFiles, err, step.want)
			}
		}
	})
}

package sync_test

import (
	"fmt"
	"testing"

	"towpath/internal/link/linktest"
)

func TestReconcile_namesTheCommitOfEachText(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": "0"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		var commits []string
		for n := range 20 {
			files := map[string]string{fmt.Sprintf("notes/%d.md", n): "x"}
			if n == 3 || n == 11 {
				files[fmt.Sprintf("shop/%d__ddl__a.sql", n)] = fmt.Sprint("TEXT ", n)
			}
			commits = append(commits, b.Commit(t, files))
		}
		b.Reconciled(t, link.ID)
		r := b.OpenRollout(t, link.ID)
		if r.Commit != commits[11] || r.Message != "change notes/11.md, shop/11__ddl__a.sql" {
			t.Errorf("the rollout is named after %s: %s", r.Commit, r.Message)
		}
		for _, task := range r.Tasks {
			if want := map[string]string{
				"3":  commits[3],
				"11": commits[11],
			}[task.Version]; task.Commit != want {
				t.Errorf("version %s is of %s, want %s", task.Version, task.Commit, want)
			}
		}
		b.Finish(t, r)
		for n, commit := range commits {
			if got := len(b.Sim.Statuses(linktest.Repo, commit)); (got == 2) != (n == 3 || n == 11) {
				t.Errorf("commit %d bears %d statuses", n, got)
			}
		}
	})
}

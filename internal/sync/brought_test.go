package gitops_test

import (
	"context"
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/bitbucketsim"
	"towpath/internal/store"
)

// openRollout is the open rollout of a link, with its tasks.
func (b *bundle) openRollout(t *testing.T, linkID string) towpath.Rollout {
	t.Helper()
	st, err := b.LinkStatus(t.Context(), linkID)
	if err != nil || st.Rollout == nil {
		t.Fatalf("no open rollout: %v", err)
	}
	return *st.Rollout
}

// finish ends all of a rollout well and tells it.
func (b *bundle) finish(t *testing.T, r towpath.Rollout) {
	t.Helper()
	b.done(t, r)
	if _, err := b.PostStatus(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
}

// done ends all of a rollout well.
func (b *bundle) done(t *testing.T, r towpath.Rollout) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		for _, task := range r.Tasks {
			task.State = towpath.TaskDone
			if err := tx.UpdateTask(ctx, &task); err != nil {
				return err
			}
		}
		r.State, r.FinishedAt = towpath.RolloutDone, &tx.Now
		return tx.UpdateRollout(ctx, &r)
	})
}

func TestReconcile_namesWhoBroughtEachText(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": "0"})
		link := b.link(t)
		b.reconcile(t, link.ID)
		var commits []string
		for n := range 20 {
			files := map[string]string{fmt.Sprintf("notes/%d.md", n): "x"}
			if n == 3 || n == 11 {
				files[fmt.Sprintf("shop/%d__ddl__a.sql", n)] = fmt.Sprint("TEXT ", n)
			}
			commits = append(commits, b.commit(t, files))
		}
		b.reconcile(t, link.ID)
		r := b.openRollout(t, link.ID)
		if r.Commit != commits[11] || r.Message != "change notes/11.md, shop/11__ddl__a.sql" {
			t.Errorf("the rollout is named after %s: %s", r.Commit, r.Message)
		}
		for _, task := range r.Tasks {
			if want := map[string]string{"3": commits[3], "11": commits[11]}[task.Version]; task.Commit != want {
				t.Errorf("version %s is of %s, want %s", task.Version, task.Commit, want)
			}
		}
		b.finish(t, r)
		for n, commit := range commits {
			if got := len(b.sim.Statuses(repo, commit)); (got == 2) != (n == 3 || n == 11) {
				t.Errorf("commit %d bears %d statuses", n, got)
			}
		}
	})
}

// Removing a rival lets a file run that an older commit brought: both commits hear of it.
func TestPostStatus_tellsTheCommitThatLetAFileRun(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"shop/31__ddl__a.sql": "B", "shop/31__ddl__b.sql": "C"})
		link := b.link(t)
		b.reconcile(t, link.ID)
		brought := b.commit(t, map[string]string{"shop/31__ddl__a.sql": "D"})
		b.reconcile(t, link.ID)
		freed := b.commit(t, map[string]string{"shop/31__ddl__b.sql": bitbucketsim.Deleted})
		b.reconcile(t, link.ID)
		r := b.openRollout(t, link.ID)
		if r.Commit != freed {
			t.Errorf("the rollout is named after %s, want the commit that let it run", r.Message)
		}
		b.finish(t, r)
		for _, commit := range []string{brought, freed} {
			if len(b.sim.Statuses(repo, commit)) != 2 {
				t.Errorf("%s bears %v", commit, b.sim.Statuses(repo, commit))
			}
		}
	})
}

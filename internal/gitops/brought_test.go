package gitops_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
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
	if _, err := b.PostStatus(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
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

// spent are the calls that Bitbucket counts together: all below /repositories but raw files, which it counts apart.
func (b *bundle) spent() (calls, raw int) {
	for _, r := range b.sim.Requests() {
		switch {
		case !strings.HasPrefix(r.Path, "/2.0/repositories"):
		case r.Method == http.MethodGet && strings.Contains(r.Path, "/src/") && r.Query == "":
			raw++
		default:
			calls++
		}
	}
	return calls, raw
}

// The table of operate.md says these numbers.
func TestBudget_callsOfAPush(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": "0"})
		_, grant := b.connect(t)
		var links []towpath.RepositoryLink
		for n := range 10 {
			spec := b.spec(grant)
			spec.BaseDirectory = fmt.Sprintf("d%d", n)
			link, err := b.Link(t.Context(), b.actor, b.project, spec)
			if err != nil {
				t.Fatal(err)
			}
			b.reconcile(t, link.ID)
			links = append(links, link)
		}
		look := func(what string, links []towpath.RepositoryLink, most, mostRaw int) {
			t.Helper()
			calls, raw := b.spent()
			for _, l := range links {
				b.reconcile(t, l.ID)
				if _, err := b.PostPlan(t.Context(), l.ID); err != nil {
					t.Fatal(err)
				}
				if st, err := b.LinkStatus(t.Context(), l.ID); err != nil {
					t.Fatal(err)
				} else if st.Rollout != nil {
					b.finish(t, *st.Rollout)
				}
			}
			after, rawAfter := b.spent()
			if after-calls > most || rawAfter-raw > mostRaw {
				t.Errorf("%s cost %d counted calls and %d raw files, want %d and %d at most", what, after-calls, rawAfter-raw, most, mostRaw)
			}
		}
		b.commit(t, map[string]string{"README.md": "1"})
		look("a push without migrations, ten links", links, 1, 0)
		look("a look at what has not moved", links, 0, 0)
		b.commit(t, map[string]string{"d3/shop/1__ddl__a.sql": "A"})
		look("one file, two stages", links[3:4], 3, 1)
		files := map[string]string{}
		for n := range 25 {
			files[fmt.Sprintf("d4/shop/%d__ddl__a.sql", n+2)] = fmt.Sprint("A", n)
		}
		b.commit(t, files)
		look("25 files, two stages", links[4:5], 3, 25)
	})
}

package sync_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
)

// branchRows are the branches that a link follows, by name.
func branchRows(t *testing.T, b *linktest.World, linkID string) map[string]towpath.BranchReview {
	t.Helper()
	rows := map[string]towpath.BranchReview{}
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.BranchReviews(t.Context(), linkID)
		for _, r := range all {
			rows[r.Branch] = r
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// readBranches looks at the heads and reads all branches that are to be read.
func readBranches(t *testing.T, b *linktest.World, linkID string) map[string]towpath.BranchReview {
	t.Helper()
	b.Reconciled(t, linkID)
	for _, r := range branchRows(t, b, linkID) {
		if _, err := b.ReadBranch(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
	}
	return branchRows(t, b, linkID)
}

func pushTo(t *testing.T, b *linktest.World, branch string, files map[string]string) string {
	t.Helper()
	hash, err := b.Sim.CommitQuiet(linktest.Repo, branch, files, "change "+branch)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func branchPaths(t *testing.T, b *linktest.World, reviewID string) string {
	t.Helper()
	var paths []string
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		files, err := tx.BranchFiles(t.Context(), reviewID)
		for _, f := range files {
			word := f.Path
			if f.Removed {
				word = "-" + word
			}
			if f.Checksum == "" {
				word += "?"
			}
			paths = append(paths, word)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(paths, " ")
}

func TestReadBranch(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		fork := b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/2__ddl__b.sql": "B"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		pushTo(t, b, "docs", map[string]string{"NOTES": "x"})
		head := pushTo(t, b, "feature/größe", map[string]string{
			"shop/3__ddl__c.sql": "C", "shop/notes.txt": "no migration", "shop/1__ddl__a.sql": "A2",
		})
		b.Commit(t, map[string]string{"shop/4__ddl__d.sql": "D"}) // the link's branch goes on
		before := spent(b)
		rows := readBranches(t, b, link.ID)
		after := spent(b)
		if r := rows["docs"]; r.State != towpath.BranchIdle || r.Files != 0 {
			t.Errorf("a branch without migrations: %+v", r)
		}
		r := rows["feature/größe"]
		if r.State != towpath.BranchPending || r.ReadHead != head || r.Base != fork || r.Files != 2 {
			t.Errorf("a branch with migrations: %+v", r)
		}
		if got := branchPaths(t, b, r.ID); got != "shop/1__ddl__a.sql shop/3__ddl__c.sql" {
			t.Errorf("it changes %s", got)
		}
		// one call for the commit of the link's branch, and the texts
		if n := after.counted - before.counted; n != 1 || after.raw-before.raw != 3 {
			t.Errorf("%d calls and %d raw files", n, after.raw-before.raw)
		}
		broken := "feature/\xff" // a name that is no UTF-8 keeps the link from nothing
		pushTo(t, b, broken, map[string]string{"shop/9__ddl__a.sql": "A"})
		if again := readBranches(t, b, link.ID); len(again) != 2 {
			t.Errorf("%d branches are followed", len(again))
		}
		if again := readBranches(t, b, link.ID); spent(b) != after || again["feature/größe"].Head != head {
			t.Error("nothing has moved, and something was asked")
		}
		// merged by hand, and deleted
		b.Commit(t, map[string]string{"shop/3__ddl__c.sql": "C", "shop/1__ddl__a.sql": "A2"})
		if err := b.Sim.DeleteBranch(linktest.Repo, "feature/größe"); err != nil {
			t.Fatal(err)
		}
		r = readBranches(t, b, link.ID)["feature/größe"]
		if r.State != towpath.BranchEnded || r.Reason.Code != towpath.ReasonBranchMerged || r.Head != "" {
			t.Errorf("merged and deleted: %+v", r)
		}
		if _, there := readBranches(t, b, link.ID)["feature/größe"]; !there {
			t.Error("an ended review is gone at once")
		}
		b.Clock.Move(31 * 24 * time.Hour)
		if err := b.Store.Prune(t.Context(), store.Retention{}); err != nil {
			t.Fatal(err)
		}
		if _, there := branchRows(t, b, link.ID)["feature/größe"]; there {
			t.Error("an ended review is kept for ever")
		}
	})
}

func TestReadBranch_bounds(t *testing.T) {
	t.Parallel()
	b := linktest.Setup(t, linktest.SQLite(t))
	b.Commit(t, map[string]string{"README.md": ""})
	link := b.Linked(t)
	b.Reconciled(t, link.ID)
	many := map[string]string{}
	for i := range towpath.MaxBranchFiles + 1 {
		many[fmt.Sprintf("shop/%d__ddl__a.sql", i+1)] = fmt.Sprint(i)
	}
	pushTo(t, b, "many", many)
	before := spent(b)
	r := readBranches(t, b, link.ID)["many"]
	if r.State != towpath.BranchFailed || r.Reason.Code != towpath.ReasonBranchTooLarge ||
		r.Files != towpath.MaxBranchFiles+1 || !r.Judged {
		t.Errorf("too many files: %+v", r)
	}
	if spent(b) != before {
		t.Error("files were read that nobody reviews")
	}
	// a link that follows as many branches as it may makes room for one that a delivery names
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		for i := len(branchRows(t, b, link.ID)); i < towpath.MaxBranches; i++ {
			r := towpath.BranchReview{
				LinkID: link.ID, ProjectID: link.ProjectID, Branch: fmt.Sprint("idle", i),
				State: towpath.BranchIdle, Head: "x", WantedAt: tx.Now,
			}
			if err := tx.CreateBranchReview(ctx, &r); err != nil {
				return err
			}
		}
		return nil
	})
	hook := b.Sim.Hooks(linktest.Repo)[0]
	repository, _ := b.Sim.Repository(linktest.Repo)
	body := []byte(`{"repository":{"uuid":"` + repository.UUID + `","full_name":"acme/shop-db"},"push":{"changes":[` +
		`{"old":null,"new":{"type":"branch","name":"another","target":{"hash":"` + strings.Repeat("1", 40) + `"}}}]}}`)
	header := http.Header{}
	header.Set("X-Request-UUID", "1")
	header.Set("X-Event-Key", "repo:push")
	header.Set("X-Hub-Signature", bitbucketsim.Signature(hook.Secret, body))
	if err := b.ReceiveWebhook(t.Context(), link.HookKey, header, body); err != nil {
		t.Fatal(err)
	}
	rows := branchRows(t, b, link.ID)
	if _, there := rows["another"]; !there || len(rows) != towpath.MaxBranches {
		t.Errorf("%d branches, the named one among them %t", len(rows), there)
	}
	if rows = readBranches(t, b, link.ID); len(rows) != 1 {
		t.Errorf("%d branches are followed that do not exist", len(rows)-1)
	}
}

// A branch whose texts cannot be read now has a reason and is tried again; a new head is read then.
func TestReadBranch_aProviderThatFails(t *testing.T) {
	t.Parallel()
	b := linktest.Setup(t, linktest.SQLite(t))
	b.Commit(t, map[string]string{"README.md": ""})
	link := b.Linked(t)
	b.Reconciled(t, link.ID)
	pushTo(t, b, "feature/x", map[string]string{"shop/1__ddl__a.sql": "A"})
	b.Reconciled(t, link.ID)
	b.Answers = func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/src/") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		b.Sim.ServeHTTP(w, r)
	}
	r := branchRows(t, b, link.ID)["feature/x"]
	if _, err := b.ReadBranch(t.Context(), r.ID); err == nil {
		t.Fatal("read through an outage")
	}
	r = branchRows(t, b, link.ID)["feature/x"]
	if r.State != towpath.BranchPending || r.Files != 1 || r.Reason.Code != towpath.ReasonBranchUnread {
		t.Errorf("in an outage: %+v", r)
	}
	b.Answers = nil
	pushTo(t, b, "feature/x", map[string]string{"shop/1__ddl__a.sql": "A2"})
	if r = readBranches(t, b, link.ID)["feature/x"]; r.ReadHead != r.Head || !r.Reason.IsZero() {
		t.Errorf("after the outage: %+v", r)
	}
}

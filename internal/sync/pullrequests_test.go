package sync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/link/linktest"
)

// pullRequestWorld is a world with a linked repository and a reviewed branch; the grant's scopes are
// those that are needed, and others.
func pullRequestWorld(t *testing.T, scopes ...string) (*linktest.World, towpath.RepositoryLink) {
	t.Helper()
	b := linktest.Setup(t, linktest.SQLite(t))
	b.Consumer.Scopes = append(b.Consumer.Scopes, scopes...)
	b.Sim.AddConsumer(b.Consumer)
	b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
	link := b.Linked(t)
	b.Reconciled(t, link.ID)
	pushTo(t, b, "feature/größe", map[string]string{"shop/3__ddl__c.sql": "C"})
	readBranches(t, b, link.ID)
	return b, link
}

func openPullRequest(t *testing.T, b *linktest.World, title, source string) int {
	t.Helper()
	n, err := b.Sim.OpenPullRequest(linktest.Repo, "ada", bitbucketsim.PullRequestSpec{Title: title, Source: source})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// lookAtPullRequests runs the job and returns the calls that it took about pull requests.
func lookAtPullRequests(t *testing.T, b *linktest.World, linkID string) string {
	t.Helper()
	before := len(b.Sim.Requests())
	if _, err := b.ReadPullRequests(t.Context(), linkID); err != nil {
		t.Fatal(err)
	}
	var calls []string
	for _, r := range b.Sim.Requests()[before:] {
		if i := strings.Index(r.Path, "/pullrequests"); i >= 0 {
			calls = append(calls, r.Method+" "+r.Path[i+1:])
		} else {
			calls = append(calls, r.Method)
		}
	}
	return strings.Join(calls, ", ")
}

func TestPullRequests_areKnownByTheirBranch(t *testing.T) {
	t.Parallel()
	b, link := pullRequestWorld(t, "pullrequest")
	row := func() towpath.BranchReview { return branchRows(t, b, link.ID)["feature/größe"] }
	if got := lookAtPullRequests(t, b, link.ID); got != "GET pullrequests" || row().PullRequest.Number != 0 {
		t.Errorf("none is open: %s, %+v", got, row().PullRequest)
	}
	n := openPullRequest(t, b, `Add "größe"`, "feature/größe")
	lookAtPullRequests(t, b, link.ID)
	pr := row().PullRequest
	if pr.Number != n || !pr.Open() || pr.Title != `Add "größe"` || !strings.HasSuffix(pr.URL, fmt.Sprint("/pull-requests/", n)) {
		t.Fatalf("%+v", pr)
	}
	if err := b.Sim.DeclinePullRequest(linktest.Repo, "ada", n); err != nil {
		t.Fatal(err)
	}
	lookAtPullRequests(t, b, link.ID)
	if r := row(); r.PullRequest.State != towpath.PullRequestDeclined || r.State != towpath.BranchEnded ||
		r.Reason.Code != towpath.ReasonBranchDeclined {
		t.Errorf("declined: %+v", r)
	}
	b.Clock.Move(8 * 24 * time.Hour)
	if got := lookAtPullRequests(t, b, link.ID); got != "" {
		t.Errorf("it was declined a week ago, and took %s", got)
	}
	b.Clock.Move(-8 * 24 * time.Hour)
	// another one of the same branch begins the review again
	second := openPullRequest(t, b, "Again", "feature/größe")
	lookAtPullRequests(t, b, link.ID)
	if r := row(); r.PullRequest.Number != second || r.State != towpath.BranchPending || r.ReadHead != "" {
		t.Errorf("opened again: %+v", r)
	}
	if err := b.Sim.MergePullRequest(linktest.Repo, "ada", second, "squash"); err != nil {
		t.Fatal(err)
	}
	lookAtPullRequests(t, b, link.ID)
	if r := row(); r.PullRequest.State != towpath.PullRequestMerged || r.State == towpath.BranchEnded {
		t.Errorf("merged: %+v", r) // the review ends when the link's branch is read
	}
}

func TestPullRequests_withoutThePermissionTakeNoCall(t *testing.T) {
	t.Parallel()
	b, link := pullRequestWorld(t)
	openPullRequest(t, b, "x", "feature/größe")
	if got := lookAtPullRequests(t, b, link.ID); got != "" {
		t.Error(got)
	}
	for _, h := range b.Sim.Hooks(linktest.Repo) {
		if len(h.Events) != 1 {
			t.Errorf("the hook hears of %v", h.Events)
		}
	}
}

// A comment asks for a review, when its author may ask; an event is a hint to look.
func TestPullRequests_hearCommands(t *testing.T) {
	t.Parallel()
	b, link := pullRequestWorld(t, "pullrequest")
	for name, permission := range map[string]string{"wren": "write", "reed": "read"} {
		b.Sim.AddUser(bitbucketsim.User{Username: name, DisplayName: strings.ToUpper(name)})
		b.Sim.SetPermission(linktest.Repo, name, permission)
	}
	n := openPullRequest(t, b, "x", "feature/größe")
	lookAtPullRequests(t, b, link.ID)
	row := func() towpath.BranchReview { return branchRows(t, b, link.ID)["feature/größe"] }
	for _, c := range []struct {
		who, text string
		asked     string
	}{
		{"reed", "towpath review", ""},
		{"wren", "Could somebody ask for a towpath review?", ""},
		{"wren", "  Towpath  Review\nplease", "WREN"},
		{"reed", "towpath review", ""},
		{"ada", "towpath review", "Ada Lock"},
	} {
		before := row()
		if err := b.Sim.Comment(linktest.Repo, c.who, n, c.text); err != nil {
			t.Fatal(err)
		}
		lookAtPullRequests(t, b, link.ID)
		r := row()
		again := r.ReadHead == ""
		if again != (c.asked != "") || (again && r.PullRequest.Asked != c.asked) {
			t.Errorf("%s says %q: read again %v, asked by %q", c.who, c.text, again, r.PullRequest.Asked)
		}
		if got := lookAtPullRequests(t, b, link.ID); got != "GET pullrequests" {
			t.Errorf("nothing is new, and it took %s", got)
		}
		if again {
			if _, err := b.ReadBranch(t.Context(), r.ID); err != nil {
				t.Fatal(err)
			}
			if now := row(); now.Generation <= before.Generation || now.ReadHead != before.ReadHead {
				t.Errorf("read again: %+v", now)
			}
		}
	}
}

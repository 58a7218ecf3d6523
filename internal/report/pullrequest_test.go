package report_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
)

// pullRequestWorld is a world whose branch has an open pull request, with a grant that may comment.
func pullRequestWorld(t *testing.T, scopes ...string) *branchWorld {
	t.Helper()
	b := newBranchWorld(t, scopes...)
	number, err := b.Sim.OpenPullRequest(linktest.Repo, "ada", bitbucketsim.PullRequestSpec{
		Title: "Größe", Source: "feature/größe",
	})
	if err != nil {
		t.Fatal(err)
	}
	b.change(nil, func(r *towpath.BranchReview) {
		r.PullRequest = towpath.PullRequest{Number: number, Title: "Größe", State: towpath.PullRequestOpen}
	})
	b.calls()
	return b
}

// loses is a file with a statement that loses data, at a line.
func loses(line int) []towpath.ReviewedFile {
	f := found(0)[0]
	f.Warnings = 1
	f.Findings = append(f.Findings, towpath.ReviewFinding{
		Rule: "DS05", Level: "warning", Line: line, Statement: "drop",
		Message: "The column note of <b>orders</b> and @channel is | lost.",
	})
	return []towpath.ReviewedFile{f}
}

func (b *branchWorld) pullRequest() bitbucketsim.PullRequestView {
	b.t.Helper()
	return b.Sim.PullRequest(linktest.Repo, b.review.PullRequest.Number)
}

// onlyComment returns the one comment that the pull request must have.
func (b *branchWorld) onlyComment() string {
	b.t.Helper()
	list := b.pullRequest().Comments
	if len(list) != 1 {
		b.t.Fatalf("%d comments: %q", len(list), list)
	}
	return list[0]
}

const (
	addComment = "POST comments"
	addTask    = "POST tasks"
	setTask    = "PUT task"
	setComment = "PUT comment"
)

func TestPullRequest_hasOneCommentAndItsTasks(t *testing.T) {
	t.Parallel()
	b := pullRequestWorld(t, "pullrequest")
	commit := []string{putReport, annotate, sendBuild}
	b.change(loses(3), func(r *towpath.BranchReview) { done(r); r.Warnings = 1 })
	b.want("the first time", strings.Join(append(slices.Clone(commit), addComment, addTask), ", "))
	b.want("the same", "")
	first := b.onlyComment()
	for _, want := range []string{
		"## Towpath review\n\n[Open the review](http://towpath.test/projects/", "**Passed** at `",
		"- warning `shop/1__ddl__a.sql:3`: DS05: The column note of ‹b›orders‹/b› and @\u2060channel is ¦ lost.",
		"**Next:** look at the warnings.",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("the comment lacks %q:\n%s", want, first)
		}
	}
	if !strings.Contains(first, "**Locks:** Not rehearsed") {
		t.Error(first)
	}
	task := b.pullRequest().Tasks[0]
	if task.Resolved || !strings.HasPrefix(task.Text, "Confirm that this data may be lost: DS05 at `shop/1__ddl__a.sql:3`.") {
		t.Errorf("%+v", task)
	}
	// another line of the same statement makes no other task
	b.change(loses(4), func(r *towpath.BranchReview) { r.Want(b.head("two"), b.Clock.Now()); done(r) })
	b.want("another head", strings.Join(append(slices.Clone(commit), setComment), ", "))
	b.change(found(2), func(r *towpath.BranchReview) {
		r.Want(b.head("three"), b.Clock.Now())
		done(r)
		r.Errors, r.Warnings = 2, 0
	})
	b.want("without it", strings.Join(append(slices.Clone(commit), setComment, setTask), ", "))
	if got := b.onlyComment(); !strings.Contains(got, "**Failed** at `"+towpath.ShortHash(b.review.Head)+"`: 2 errors") {
		t.Error(got)
	}
	if tasks := b.pullRequest().Tasks; len(tasks) != 1 || !tasks[0].Resolved {
		t.Errorf("%+v", tasks)
	}
	b.change(loses(4), func(r *towpath.BranchReview) { r.Errors, r.Warnings = 0, 1 })
	b.want("it is back", strings.Join([]string{drop, putReport, annotate, sendBuild, setComment, setTask}, ", "))
	if tasks := b.pullRequest().Tasks; len(tasks) != 1 || tasks[0].Resolved {
		t.Errorf("%+v", tasks)
	}
	b.change(nil, func(r *towpath.BranchReview) {
		r.PullRequest.State = towpath.PullRequestDeclined
		r.End(towpath.Why(towpath.ReasonBranchDeclined, "n", "1"), b.Clock.Now())
	})
	b.want("declined", setComment)
	if got := b.onlyComment(); !strings.HasSuffix(got, "**Declined**. Nothing of it runs.") {
		t.Error(got)
	}
	b.want("declined, again", "")
}

// A branch's comment says how the branch ended, and a pull request that has ended gets none.
func TestPullRequest_hearsItsEnd(t *testing.T) {
	t.Parallel()
	b := pullRequestWorld(t, "pullrequest")
	b.change(nil, func(r *towpath.BranchReview) { done(r) })
	b.post()
	b.change(nil, func(r *towpath.BranchReview) {
		r.Head = ""
		r.End(towpath.Why(towpath.ReasonBranchDeleted), b.Clock.Now())
	})
	b.want("deleted", setComment)
	if got := b.onlyComment(); !strings.HasSuffix(got, "The branch was deleted.") {
		t.Error(got)
	}
	b.change(nil, func(r *towpath.BranchReview) { r.PullRequest.State = towpath.PullRequestMerged })
	b.want("merged", setComment)
	b.change(nil, func(r *towpath.BranchReview) { r.PullRequest.Number, r.Told = 9, towpath.BranchTold{} })
	b.want("one that ended before anything was said", "")
}

func TestPullRequest_withoutThePermissionIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := pullRequestWorld(t)
	b.change(loses(3), func(r *towpath.BranchReview) { done(r); r.Warnings = 1 })
	b.want("a grant of rung 0", strings.Join([]string{putReport, annotate, sendBuild}, ", "))
	if got := b.pullRequest(); len(got.Comments)+len(got.Tasks) > 0 {
		t.Errorf("%+v", got)
	}
}

// A process that dies behind a call, or never hears its answer, makes nothing twice; and a person
// who quotes the comment is not taken for Towpath.
func TestPullRequest_afterADeathInBetween(t *testing.T) {
	t.Parallel()
	b := pullRequestWorld(t, "pullrequest")
	b.change(loses(3), func(r *towpath.BranchReview) { done(r); r.Warnings = 1 })
	for _, lost := range []string{"/comments", "/tasks"} {
		b.Lost = func(r *http.Request) bool {
			return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, lost)
		}
		if _, err := b.PostReview(t.Context(), b.review.ID); err == nil {
			t.Fatal("the answer was lost, and nobody noticed")
		}
	}
	b.Lost = nil
	if err := b.Sim.Comment(linktest.Repo, "ada", b.review.PullRequest.Number, "> "+b.onlyComment()); err != nil {
		t.Fatal(err)
	}
	b.calls()
	b.want("the next try", "GET tasks")
	b.Write(t, func(ctx context.Context, tx *store.Tx) error { // as if it had died before it stored the ids
		r, err := tx.BranchReview(ctx, b.review.ID)
		r.Told.Comment, r.Told.Text = "", ""
		r.Told.Tasks[0].ID, r.Told.Tasks[0].Open = "", false
		if err != nil {
			return err
		}
		return tx.UpdateBranchReview(ctx, r)
	})
	b.want("after a death", strings.Join([]string{"GET comments", setComment, "GET tasks"}, ", "))
	if got := b.pullRequest(); len(got.Comments) != 2 || len(got.Tasks) != 1 {
		t.Errorf("%+v", got)
	}
	// a comment that somebody has deleted is made again once there is something new
	b.change(nil, func(r *towpath.BranchReview) { r.Warnings, r.Told.Comment = 0, "404" })
	b.want("a deleted comment", strings.Join([]string{drop, putReport, sendBuild, setComment, addComment, setTask}, ", "))
}

// What a rehearsal has measured is in the comment, the strongest lock first.
func TestPullRequest_saysWhichLocksWereTaken(t *testing.T) {
	t.Parallel()
	b := pullRequestWorld(t, "pullrequest")
	const path = "shop/1__ddl__a.sql"
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetBranchRehearsals(ctx, b.review.ID, []towpath.BranchRehearsal{{
			State: towpath.RehearsalDone, Files: []towpath.RehearsalFile{{Path: path, Own: true}},
			Result: towpath.Rehearsal{Files: []towpath.RehearsedFile{{Path: path, State: towpath.RehearsedDone, Locks: []towpath.RehearsedLock{
				{Table: "größe", Mode: "ShareLock", Line: 1, Held: 2, Rank: 5},
				{Table: "a|b", Mode: "AccessExclusiveLock", Line: 3, Held: 0.0121, Rank: 8},
			}}}},
		}})
	})
	b.change(nil, func(r *towpath.BranchReview) { done(r); r.Rehearsal = towpath.RehearsalDone })
	b.post()
	if got := b.onlyComment(); !strings.Contains(got, "|---|---|---|---|\n"+
		"| `a¦b` | `AccessExclusiveLock` | 13 ms | `shop/1__ddl__a.sql:3` |\n"+
		"| `größe` | `ShareLock` | 2000 ms | `shop/1__ddl__a.sql:1` |\n") {
		t.Error(got)
	}
}

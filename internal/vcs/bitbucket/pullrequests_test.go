package bitbucket_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towpath"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/gitsim/bitbucket/contract"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

// TestPullRequests goes through all that a grant of this rung may do. The requests are checked
// against Atlassian's own description, if the checkout has a copy.
func TestPullRequests(t *testing.T) {
	t.Parallel()
	cfg := bitbucket.Config{}
	if path := filepath.Join("..", "..", "..", "..", "shared", "bitbucket", "openapi.json"); exists(path) {
		spec, err := contract.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		checker := &contractChecker{spec: spec, seen: map[string]bool{}}
		cfg.Client = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			checker.check(t, r)
			return http.DefaultTransport.RoundTrip(r)
		})}
	}
	s := newSimulation(t)
	s.consumer.Scopes = append(s.consumer.Scopes, "pullrequest:write")
	s.AddConsumer(s.consumer)
	acting, repo, _ := s.connect(t, cfg)
	client, tasks := acting.(vcs.PullRequester), acting.(vcs.Tasker)
	const branch, title = `feature/"größe"`, `One "or" \two`
	must(t, second(s.Commit(repo.FullName(), branch, map[string]string{"db/V2__b.sql": "select 2;"}, "b")))
	number, err := s.OpenPullRequest(repo.FullName(), "ada", bitbucketsim.PullRequestSpec{Title: title, Source: branch})
	must(t, err)
	open, err := client.OpenPullRequests(t.Context(), repo.UUID, "main")
	must(t, err)
	one, err := client.PullRequest(t.Context(), repo.UUID, number)
	must(t, err)
	if len(open) != 1 || open[0] != one || one.Source != branch || one.Into != "main" || one.Title != title ||
		one.Foreign || one.Author != s.user.UUID || one.State != "open" || one.URL == "" {
		t.Errorf("%+v, read alone %+v", open, one)
	}
	if none, err := client.OpenPullRequests(t.Context(), repo.UUID, `ma"in`); err != nil || len(none) > 0 {
		t.Errorf("into another branch: %v %v", none, err)
	}
	must(t, second(s.Commit(repo.FullName(), "repair", map[string]string{"db/V3__c.sql": "select 3;"}, "c")))
	made, err := acting.(vcs.PullOpener).OpenPullRequest(t.Context(), repo.UUID, vcs.NewPullRequest{
		Title: title, Description: "*größe*", Source: "repair", Into: "main",
	})
	must(t, err)
	if read, err := client.PullRequest(t.Context(), repo.UUID, made.Number); err != nil || read != made ||
		made.Source != "repair" || made.Into != "main" || made.Title != title || made.URL == "" || made.Foreign {
		t.Errorf("opened %+v, read %+v %v", made, read, err)
	}
	id, err := client.AddComment(t.Context(), repo.UUID, number, "first")
	must(t, err)
	must(t, client.EditComment(t.Context(), repo.UUID, number, id, "**edited**"))
	must(t, s.Comment(repo.FullName(), "ada", number, "towpath review"))
	comments, err := client.Comments(t.Context(), repo.UUID, number, 1)
	must(t, err)
	if len(comments) != 1 || comments[0].Text != "towpath review" || comments[0].Author.ID != s.user.UUID {
		t.Errorf("the newest comment: %+v", comments)
	}
	if err := client.EditComment(t.Context(), repo.UUID, number, "404", "x"); vcs.KindOf(err) != vcs.NotFound {
		t.Errorf("a comment that is gone: %v", err)
	}
	task, err := tasks.AddTask(t.Context(), repo.UUID, number, "Confirm")
	must(t, err)
	must(t, tasks.SetTask(t.Context(), repo.UUID, number, task, false))
	if list, err := tasks.Tasks(t.Context(), repo.UUID, number); err != nil || fmt.Sprint(list) != "[{"+task+" Confirm false}]" {
		t.Errorf("%v %v", list, err)
	}
	for _, c := range []struct {
		name, permission string
		may              bool
	}{{"wren", "write", true}, {"reed", "read", false}, {"nobody", "", false}} {
		u := s.AddUser(bitbucketsim.User{Username: c.name})
		s.SetPermission(repo.FullName(), c.name, c.permission)
		if may, err := client.MayWrite(t.Context(), repo.UUID, u.UUID); err != nil || may != c.may {
			t.Errorf("%s may write: %t, %v", c.name, may, err)
		}
	}
}

// TestOpenPullRequest_needsItsScope shows that the smaller grant is refused, and in which words.
func TestOpenPullRequest_needsItsScope(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	s.consumer.Scopes = append(s.consumer.Scopes, "pullrequest")
	s.AddConsumer(s.consumer)
	acting, repo, _ := s.connect(t, bitbucket.Config{})
	_, err := acting.(vcs.PullOpener).OpenPullRequest(t.Context(), repo.UUID, vcs.NewPullRequest{
		Title: "x", Source: "main", Into: "main",
	})
	var e *vcs.Error
	if !errors.As(err, &e) || e.Reason != vcs.ReasonScope || !slices.Equal(e.Needs, []string{"Pull requests: Write"}) {
		t.Errorf("%+v", e)
	}
}

// What was merged is exact only when the merge has what its branch had, and an approval from before a
// push is older than the head.
func TestMerged_saysWhatWasApproved(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	s.consumer.Scopes = append(s.consumer.Scopes, "pullrequest")
	s.AddConsumer(s.consumer)
	acting, repo, _ := s.connect(t, bitbucket.Config{})
	reader := acting.(vcs.MergeReader)
	wren := s.AddUser(bitbucketsim.User{Username: "wren"})
	s.SetPermission(repo.FullName(), "wren", "write")
	merge := func(strategy, behind string) (towpath.MergedPullRequest, string) {
		branch := "feature/" + strategy + behind
		must(t, second(s.Commit(repo.FullName(), branch, map[string]string{"db/" + strategy + behind: "1"}, "a")))
		number, err := s.OpenPullRequest(repo.FullName(), "ada", bitbucketsim.PullRequestSpec{Title: "x", Source: branch})
		must(t, err)
		must(t, s.ApprovePullRequest(repo.FullName(), "wren", number, true))
		if behind != "" {
			must(t, second(s.Commit(repo.FullName(), "main", map[string]string{behind: "x"}, "meanwhile")))
		}
		must(t, s.MergePullRequest(repo.FullName(), "ada", number, strategy))
		head, err := acting.Source(repo.UUID).Heads(t.Context())
		must(t, err)
		commit := head.Branches["main"]
		got, err := reader.Merged(t.Context(), repo.UUID, "main", commit)
		must(t, err)
		return got, "db/" + strategy + behind
	}
	for _, strategy := range []string{"merge_commit", "squash", "fast_forward"} {
		got, path := merge(strategy, "")
		if !got.Exact || !slices.Equal(got.Paths, []string{path}) || got.HeadAt.IsZero() || got.Author != s.user.UUID ||
			len(got.Approvals) != 1 || got.Approvals[0].Account != wren.UUID || got.Approvals[0].At.Before(got.HeadAt) {
			t.Errorf("%s: %+v", strategy, got)
		}
	}
	if got, _ := merge("merge_commit", "behind"); got.Exact {
		t.Errorf("a branch that was behind: %+v", got)
	}
	_, err := reader.Merged(t.Context(), repo.UUID, "main", strings.Repeat("0", 40))
	if vcs.KindOf(err) != vcs.NotFound {
		t.Errorf("a commit that no pull request brought: %v", err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func second(_ string, err error) error { return err }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package bitbucket_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

// connect returns a client of the simulation's person, and a repository with one commit.
func (s *simulation) connect(
	t *testing.T, cfg bitbucket.Config,
) (vcs.Client, bitbucketsim.Repository, string) {
	t.Helper()
	p := s.provider(t, cfg)
	back := s.authorize(t, p.AuthorizeURL(s.app(), "state", redirectURL))
	token, err := p.Exchange(t.Context(), s.app(), back.Get("code"), redirectURL)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := s.AddRepository(bitbucketsim.RepositorySpec{
		Workspace: "engines", Slug: "schema",
		Private: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	hash, err := s.Commit(repo.FullName(), "main", map[string]string{"db/V1__a.sql": "select 1;"}, "first")
	if err != nil {
		t.Fatal(err)
	}
	return p.Client(fixedToken(token.AccessToken)), repo, hash
}

func listAll(t *testing.T, c vcs.Client) ([]string, []vcs.Skipped, error) {
	t.Helper()
	var got []string
	skipped, err := c.Repositories(t.Context(), func(r vcs.Repository) bool {
		got = append(got, r.Name)
		return true
	})
	slices.Sort(got)
	return got, skipped, err
}

func TestRepositories_aWorkspaceThatRefusesDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone} {
		s := newSimulation(t)
		client, repo, _ := s.connect(t, bitbucket.Config{})
		s.SetFaults(bitbucketsim.Faults{APIStatus: status, APIStatusPath: "repositories/poetry"})
		got, skipped, err := listAll(t, client)
		if err != nil || !slices.Equal(got, []string{repo.FullName()}) || len(skipped) != 1 ||
			skipped[0].Workspace != "poetry" || vcs.KindOf(skipped[0].Err) == "" {
			t.Errorf("%d: %v, skipped %v, %v", status, got, skipped, err)
		}
		s.SetFaults(bitbucketsim.Faults{APIStatus: status, APIStatusPath: "/repositories/"})
		if _, skipped, err := listAll(t, client); vcs.KindOf(err) == "" || len(skipped) != 2 {
			t.Errorf("%d from all: skipped %v, %v", status, skipped, err)
		}
		s.SetFaults(bitbucketsim.Faults{
			APIStatus:     http.StatusServiceUnavailable,
			APIStatusPath: "repositories/poetry",
		})
		if _, _, err := listAll(t, client); vcs.KindOf(err) != vcs.Unavailable {
			t.Errorf("an outage in the middle: %v", err)
		}
	}
}

func TestRepositories_implicitRightsCount(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	// The list by role is empty, as if it had explicit rights only.
	blind := roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("role") != "" {
			r.URL.RawQuery = "role=admin&q=name%3D%22none%22"
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	client, repo, _ := s.connect(t, bitbucket.Config{Client: &http.Client{Transport: blind}})
	if got, _, err := listAll(t, client); err != nil || !slices.Equal(got, []string{repo.FullName()}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestRepositories_theSecondListMayFail(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	client, repo, _ := s.connect(t, bitbucket.Config{})
	for _, status := range []int{400, 403, 404, 410} {
		s.SetFaults(bitbucketsim.Faults{APIStatus: status, APIStatusPath: "/permissions/repositories"})
		if got, skipped, err := listAll(t, client); err != nil || len(skipped) > 0 ||
			!slices.Equal(got, []string{repo.FullName()}) {
			t.Errorf("%d: %v, %v, %v", status, got, skipped, err)
		}
	}
}

func TestRepository_aLostRightShows(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	client, repo, hash := s.connect(t, bitbucket.Config{})
	s.SetMember("engines", "ada", "member")
	s.SetPermission(repo.FullName(), "ada", "write")
	got, err := client.Repository(t.Context(), repo.UUID)
	if err != nil || got.Admin {
		t.Errorf("%+v, %v", got, err)
	}
	if names, _, err := listAll(t, client); err != nil || len(names) > 0 {
		t.Errorf("%v, %v", names, err)
	}
	hook := vcs.Hook{URL: "https://towpath.example/hook", Secret: "s", Active: true}
	if _, err := client.Hooks(repo.UUID).Ensure(t.Context(), hook); vcs.KindOf(err) != vcs.Forbidden {
		t.Errorf("a hook: %v", err)
	}
	if _, err := client.Source(repo.UUID).Commit(t.Context(), hash); err != nil {
		t.Errorf("reading: %v", err)
	}
}

func TestClient_missingScopesAreNamedAsTheFormDoes(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	s.consumer.Scopes = []string{"account", "repository"}
	s.consumer = s.AddConsumer(s.consumer)
	client, repo, _ := s.connect(t, bitbucket.Config{})
	_, err := client.Hooks(repo.UUID).Ensure(t.Context(), vcs.Hook{
		URL:    "https://towpath.example/hook",
		Secret: "s",
	})
	var e *vcs.Error
	if !errors.As(err, &e) || e.Reason != vcs.ReasonScope ||
		!slices.Equal(e.Needs, []string{"Webhooks: Read and write"}) {
		t.Errorf("%+v", err)
	}
}

func TestRepository_aMissingScopeIsNoMissingRight(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	s.consumer.Scopes = []string{"repository"}
	s.consumer = s.AddConsumer(s.consumer)
	client, repo, _ := s.connect(t, bitbucket.Config{})
	_, err := client.Repository(t.Context(), repo.UUID)
	var e *vcs.Error
	if !errors.As(err, &e) || !slices.Equal(e.Needs, []string{"Account: Read"}) {
		t.Errorf("error %+v", err)
	}
}

func TestTree_aListingThatTakesTooLongIsWalked(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	client, repo, _ := s.connect(t, bitbucket.Config{})
	files, want := map[string]string{}, map[string]bool{"db/V1__a.sql": true}
	for i := range 30 {
		path := fmt.Sprintf("db/%d/%d/V%d__x.sql", i%3, i%5, i)
		files[path], want[path] = "select 1;", true
	}
	hash, err := s.Commit(repo.FullName(), "main", files, "many")
	if err != nil {
		t.Fatal(err)
	}
	s.SetLimits(bitbucketsim.Limits{TreeEntries: 12})
	entries, err := client.Source(repo.UUID).Tree(t.Context(), hash, "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, e := range entries {
		got[e.Path] = true
	}
	if diff := cmp.Diff(want, got); diff != "" || len(entries) != len(got) {
		t.Error(diff, len(entries))
	}
	s.SetLimits(bitbucketsim.Limits{TreeEntries: 1})
	if _, err := client.Source(repo.UUID).Tree(t.Context(), hash, "db"); vcs.KindOf(err) != vcs.Unavailable {
		t.Errorf("a directory that is too much by itself: %v", err)
	}
}

func TestHeads_inTheOldProtocol(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	old := roundTripper(func(r *http.Request) (*http.Response, error) {
		r.Header.Del("Git-Protocol")
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
			t.Error("the old protocol needs no second call")
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	client, repo, hash := s.connect(t, bitbucket.Config{Client: &http.Client{Transport: old}})
	if _, err := s.Commit(repo.FullName(), "feature/x", map[string]string{"a": "b"}, "second"); err != nil {
		t.Fatal(err)
	}
	heads, err := client.Source(repo.UUID).Heads(t.Context())
	if err != nil || heads.Branches["main"] != hash || len(heads.Branches) != 2 ||
		len(heads.Branches["feature/x"]) != 40 {
		t.Errorf("%v, %v", heads, err)
	}
}

func TestHeads_costOneCallOfTheBudget(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	client, repo, _ := s.connect(t, bitbucket.Config{})
	for range 5 {
		if _, err := client.Source(repo.UUID).Heads(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if used := client.Usage().Used; used != 1 {
		t.Errorf("%d calls, want the one that finds the address", used)
	}
	s.SetFaults(bitbucketsim.Faults{GitDown: true})
	if _, err := client.Source(repo.UUID).Heads(t.Context()); vcs.KindOf(err) != vcs.Unavailable {
		t.Errorf("during an outage: %v", err)
	}
}

func TestHeads_aPageIsNotGit(t *testing.T) {
	t.Parallel()
	p, _ := wire(t, bitbucket.Config{}, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/2.0/") {
			answer(200, jsonType, `{"uuid":"`+someID+`","full_name":"acme/x"}`)(w, r)
			return
		}
		answer(200, htmlType, "<html>Welcome</html>")(w, r)
	})
	if _, err := p.Client(fixedToken("t")).Source(someID).Heads(t.Context()); vcs.KindOf(
		err) != vcs.Unavailable {
		t.Errorf("error %v", err)
	}
}

func TestHooks_duplicatesGo(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	client, repo, _ := s.connect(t, bitbucket.Config{})
	hooks, hook := client.Hooks(repo.UUID), vcs.Hook{
		URL: "https://towpath.example/a", Secret: "s",
		Active: true,
	}
	var ids []string
	for i := range 13 { // more than one page of the default size
		hook.URL = fmt.Sprintf("https://towpath.example/%d", i)
		id, err := hooks.Ensure(t.Context(), hook)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	// By id the last one gets the address of the first, which then is the duplicate.
	hook.ID, hook.URL = strings.Trim(ids[12], "{}"), "https://towpath.example/0"
	id, err := hooks.Ensure(t.Context(), hook)
	if err != nil || id != ids[12] {
		t.Errorf("id %q, %v, want %q", id, err, ids[12])
	}
	for _, h := range s.Hooks(repo.FullName()) {
		if h.UUID == ids[0] || h.Description != "Towpath" || !slices.Equal(h.Events, []string{"repo:push"}) {
			t.Errorf("hook %+v", h)
		}
	}
	if n := len(s.Hooks(repo.FullName())); n != 12 {
		t.Errorf("%d hooks, want 12", n)
	}
}

func TestHooks_refusals(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	client, repo, _ := s.connect(t, bitbucket.Config{})
	hook := vcs.Hook{URL: "http://10.0.0.7/hook", Secret: "s", Active: true}
	s.SetFaults(bitbucketsim.Faults{PrivateHooks: true})
	_, err := client.Hooks(repo.UUID).Ensure(t.Context(), hook)
	var e *vcs.Error
	if !errors.As(err, &e) || e.Reason != vcs.ReasonUnreachable {
		t.Errorf("a private address: %+v", err)
	}
	s.SetFaults(bitbucketsim.Faults{})
	s.SetLimits(bitbucketsim.Limits{Hooks: 1})
	if _, err := client.Hooks(repo.UUID).Ensure(t.Context(), hook); err != nil {
		t.Fatal(err)
	}
	_, err = client.Hooks(repo.UUID).Ensure(t.Context(),
		vcs.Hook{URL: "https://towpath.example/2", Secret: "s"})
	if !errors.As(err, &e) || e.Kind != vcs.Rejected || e.Reason != "" {
		t.Errorf("too many hooks: %+v", err)
	}
	hook.Secret = ""
	if _, err := client.Hooks(repo.UUID).Ensure(t.Context(), hook); vcs.KindOf(err) != vcs.Rejected {
		t.Errorf("a hook without a secret: %v", err)
	}
}

func TestPutStatus_lagsBehindAPush(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	client, repo, _ := s.connect(t, bitbucket.Config{})
	s.SetFaults(bitbucketsim.Faults{StatusLag: 1})
	hash, err := s.Commit(repo.FullName(), "main", map[string]string{"db/V2__b.sql": "select 2;"}, "second")
	if err != nil {
		t.Fatal(err)
	}
	status := vcs.Status{Key: "k", State: vcs.StatusInProgress, URL: "https://towpath.example/r/1"}
	if err := client.PutStatus(t.Context(), repo.UUID, hash, status); vcs.KindOf(err) != vcs.NotFound {
		t.Errorf("at once: %v", err)
	}
	if err := client.PutStatus(t.Context(), repo.UUID, hash, status); err != nil {
		t.Errorf("later: %v", err)
	}
	for _, bad := range []vcs.Status{
		{State: vcs.StatusFailed, URL: "u"},
		{Key: "k", URL: "u"},
		{Key: "k", State: "odd", URL: "u"},
		{Key: "k", State: vcs.StatusFailed},
	} {
		if err := client.PutStatus(t.Context(), repo.UUID, hash, bad); vcs.KindOf(err) != vcs.Rejected {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestDescribe_namesWhatTheFormNames(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	p := s.provider(t, bitbucket.Config{})
	d := s.driver(t).Describe()
	var needed []string
	for _, permission := range d.Permissions {
		needed = append(needed, permission.Group+": "+permission.Label)
	}
	if diff := cmp.Diff(p.Missing(nil), needed); diff != "" {
		t.Error(diff)
	}
	if d.InstanceURL != s.BaseURL() || d.IDLabel != "Key" || d.SecretLabel != "Secret" || len(d.Steps) == 0 {
		t.Errorf("%+v", d)
	}
}

package gitea_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	giteasim "towpath/internal/gitsim/gitea"
	"towpath/internal/vcs"
	"towpath/internal/vcs/gitea"
)

// fixedToken is a grant whose token never changes.
type fixedToken string

// Token implements vcs.TokenSource.
func (f fixedToken) Token(context.Context, string) (string, error) { return string(f), nil }

// connect consents and returns a client with a repository of one commit.
func (s *simulation) connect(t *testing.T, scopes ...string) (vcs.Client, giteasim.Repository, string) {
	t.Helper()
	p := s.provider(t, gitea.Config{})
	app := vcs.App{ApplicationID: s.app.ClientID, Secret: s.app.Secret}
	address := p.AuthorizeURL(app, "state", redirectURL)
	if len(scopes) > 0 {
		address = strings.Replace(address, "scope=read%3Auser+write%3Arepository",
			"scope="+strings.Join(scopes, "+"), 1)
	}
	token, err := p.Exchange(t.Context(), app, s.authorize(t, address).Get("code"), redirectURL)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := s.AddRepository("engines", "größe-1")
	if err != nil {
		t.Fatal(err)
	}
	hash, err := s.Commit(repo.ID, "main", map[string]string{"db/V1__a.sql": "select 1;\n"}, "first")
	if err != nil {
		t.Fatal(err)
	}
	return p.Client(fixedToken(token.AccessToken)), repo, hash
}

func id(r giteasim.Repository) string { return strconv.FormatInt(r.ID, 10) }

func TestClient_aMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, giteasim.Options{})
	client, repo, _ := s.connect(t, "read:user", "read:repository")
	_, err := client.Hooks(id(repo)).Ensure(t.Context(),
		vcs.Hook{URL: "https://towpath.example/h", Secret: "s", Active: true})
	var e *vcs.Error
	if !errors.As(err, &e) || e.Kind != vcs.Forbidden || e.Reason != vcs.ReasonScope {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff([]string{"repository: Read and write"}, e.Needs); diff != "" {
		t.Error(diff)
	}
}

// Another repository may take the former name of a repository within the minute for which a name is
// cached.
func TestSource_aNameThatAnotherRepositoryTook(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, giteasim.Options{})
	client, repo, hash := s.connect(t)
	source := client.Source(id(repo))
	if _, err := source.Heads(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rename(repo.ID, "ada", "elsewhere"); err != nil {
		t.Fatal(err)
	}
	other, err := s.AddRepository("engines", "größe-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(other.ID, "main", map[string]string{"x": "y"}, "another"); err != nil {
		t.Fatal(err)
	}
	if entries, err := source.Tree(t.Context(), hash, "db"); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	branches, err := source.Branches(t.Context())
	if err != nil || len(branches) != 1 || branches[0].Head != hash {
		t.Errorf("%v, %v", branches, err)
	}
	status := vcs.Status{Key: "k", State: vcs.StatusFailed, Name: "n", URL: "https://towpath.example/1"}
	if err := client.PutStatus(t.Context(), id(repo), hash, status); err != nil ||
		len(s.Sim.Statuses(repo.ID, hash)) != 1 {
		t.Errorf("the status went elsewhere: %v", err)
	}
}

func TestPutStatus_aFaultOfTheServerIsNoMissingCommit(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, giteasim.Options{})
	client, repo, hash := s.connect(t)
	s.SetFaults(giteasim.Faults{APIStatus: http.StatusInternalServerError, APIStatusPath: "/statuses/"})
	status := vcs.Status{Key: "k", State: vcs.StatusFailed, Name: "n", URL: "https://towpath.example/1"}
	if err := client.PutStatus(t.Context(), id(repo), hash, status); vcs.KindOf(err) != vcs.Unavailable {
		t.Errorf("error %v", err)
	}
}

func TestBetween_anInstanceThatDoesNotFilter(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, giteasim.Options{})
	client, repo, from := s.connect(t)
	to, err := s.Commit(repo.ID, "main", map[string]string{"db/V2__b.sql": "select 2;\n"}, "second")
	if err != nil {
		t.Fatal(err)
	}
	s.SetFaults(giteasim.Faults{NoFilter: true})
	if _, err := client.Source(id(repo)).Between(t.Context(), from, to); vcs.KindOf(err) != vcs.Rejected {
		t.Errorf("error %v", err)
	}
	changes, err := client.Source(id(repo)).Changes(t.Context(), from, to)
	if diff := cmp.Diff([]vcs.Change{{Path: "db/V2__b.sql"}}, changes); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// A file replaces a directory, and a directory a file.
func TestChanges_filesAndDirectoriesChangePlaces(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, giteasim.Options{})
	client, repo, _ := s.connect(t)
	from, err := s.Commit(repo.ID, "main", map[string]string{"a/b.sql": "1", "c": "2"}, "from")
	if err != nil {
		t.Fatal(err)
	}
	to, err := s.Commit(repo.ID, "main", map[string]string{"a": "1", "c/d.sql": "2"}, "to")
	if err != nil {
		t.Fatal(err)
	}
	changes, err := client.Source(id(repo)).Changes(t.Context(), from, to)
	want := []vcs.Change{
		{Path: "a"},
		{Path: "a/b.sql", Removed: true},
		{Path: "c", Removed: true},
		{Path: "c/d.sql"},
	}
	if diff := cmp.Diff(want, changes); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// The API takes no expected head for the branch: a push between the reading of the head and the
// commit must not be lost.
func TestWrite_aPushInBetween(t *testing.T) {
	t.Parallel()
	for name, pushed := range map[string]map[string]string{
		"to the same file":  {"db/V1__a.sql": "select 'theirs';\n"},
		"to a file we make": {"schema.sql": "theirs"},
		"to another file":   {"README": "theirs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSimulation(t, giteasim.Options{})
			client, repo, head := s.connect(t)
			racing := &race{before: func() {
				if _, err := s.Commit(repo.ID, "main", pushed, "theirs"); err != nil {
					t.Error(err)
				}
			}}
			token := s.token(t)
			racer := s.provider(t, gitea.Config{Client: &http.Client{Transport: racing}}).Client(
				fixedToken(token))
			_, err := racer.Write(t.Context(), id(repo), vcs.Write{
				Branch: "main", Parent: head, Message: "ours",
				Files: map[string][]byte{
					"db/V1__a.sql": []byte("select 'ours';\n"),
					"schema.sql":   []byte("ours"),
				},
			})
			if vcs.KindOf(err) != vcs.Conflict {
				t.Errorf("error %v, want a conflict", err)
			}
			branches, err := client.Source(id(repo)).Branches(t.Context())
			if err != nil || len(branches) != 1 {
				t.Fatalf("%v, %v", branches, err)
			}
			for path, want := range pushed {
				body, err := client.Source(id(repo)).File(t.Context(), branches[0].Head, path)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(body)
				if err = errors.Join(err, body.Close()); err != nil || string(got) != want {
					t.Errorf("%s is %q, %v: their push was lost", path, got, err)
				}
			}
		})
	}
}

// race runs a function just before the call that writes.
type race struct{ before func() }

// RoundTrip implements http.RoundTripper.
func (r *race) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/contents") {
		r.before()
	}
	return http.DefaultTransport.RoundTrip(req)
}

// token returns one more token of the same person.
func (s *simulation) token(t *testing.T) string {
	t.Helper()
	p := s.provider(t, gitea.Config{})
	app := vcs.App{ApplicationID: s.app.ClientID, Secret: s.app.Secret}
	token, err := p.Exchange(t.Context(), app,
		s.authorize(t, p.AuthorizeURL(app, "s", redirectURL)).Get("code"), redirectURL)
	if err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}

// wire is the driver against the test's own far side.
func wire(t *testing.T, handler http.HandlerFunc) vcs.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	p, err := gitea.New(gitea.Config{InstanceURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return p.Client(fixedToken("secret-token"))
}

func TestClient_answersThatAreNoAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   vcs.Kind
	}{
		"a page":             {http.StatusOK, "<html><title>Sign in</title></html>", vcs.Unavailable},
		"nothing":            {http.StatusOK, "", vcs.Unavailable},
		"a list":             {http.StatusOK, "[]", vcs.Unavailable},
		"no id":              {http.StatusOK, `{"full_name":"a/b"}`, vcs.Unavailable},
		"another repository": {http.StatusOK, `{"id":8,"full_name":"a/b"}`, vcs.Unavailable},
		"a name with dots":   {http.StatusOK, `{"id":7,"full_name":"../admin"}`, vcs.Unavailable},
		"a long name":        {http.StatusOK, `{"id":7,"full_name":"a/b/../../../x"}`, vcs.Unavailable},
		"a fault":            {http.StatusInternalServerError, `{"message":"","url":"u"}`, vcs.Unavailable},
		"a gateway's page": {
			http.StatusBadGateway, "<html><body>Bad gateway</body></html>",
			vcs.Unavailable,
		},
		"a private message":   {http.StatusForbidden, `{"message":"no"}`, vcs.Forbidden},
		"too many requests":   {http.StatusTooManyRequests, "slow down", vcs.RateLimited},
		"gone":                {http.StatusGone, "", vcs.Gone},
		"a repository hidden": {http.StatusNotFound, `{"message":"not found","errors":[]}`, vcs.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := wire(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			if _, err := client.Repository(t.Context(), "7"); vcs.KindOf(err) != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestClient_tokensStayAtHome(t *testing.T) {
	t.Parallel()
	abroad := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another host was asked for %s with %q", r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(abroad.Close)
	client := wire(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, abroad.URL+r.URL.Path, http.StatusMovedPermanently)
	})
	_, err := client.Account(t.Context())
	if vcs.KindOf(err) == "" || strings.Contains(fmt.Sprint(err), "secret-token") {
		t.Errorf("error %v", err)
	}
}

func TestClient_anAnswerWithoutEnd(t *testing.T) {
	t.Parallel()
	client := wire(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":7,"full_name":"`)
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				return
			}
		}
	})
	if _, err := client.Repository(t.Context(), "7"); vcs.KindOf(err) != vcs.Unavailable {
		t.Errorf("error %v", err)
	}
}

func TestRepositories_anInstanceWithoutTotals(t *testing.T) {
	t.Parallel()
	client := wire(t, func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		rows := []map[string]any{}
		if page < 4 {
			for i := range 2 {
				rows = append(rows, map[string]any{
					"id": page*2 + i - page/3, "full_name": fmt.Sprintf("a/%d", page*2+i),
					"permissions": map[string]bool{"admin": i < 2},
				})
			}
		}
		_ = json.NewEncoder(w).Encode(rows)
	})
	var got []string
	_, err := client.Repositories(t.Context(),
		func(r vcs.Repository) bool { got = append(got, r.ID); return true })
	if diff := cmp.Diff([]string{"2", "3", "4", "5", "6"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestTokenEndpoint_refusalsAreToldApart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		kind   vcs.Kind
		reason vcs.Reason
	}{
		"an unknown client": {
			400,
			`{"error":"invalid_client","error_description":"cannot load client with client id: 'x'"}`,
			vcs.Unauthorized, vcs.ReasonCredentials,
		},
		"a wrong secret": {
			400, `{"error":"unauthorized_client","error_description":"invalid client secret"}`,
			vcs.Unauthorized, vcs.ReasonCredentials,
		},
		"an unknown code": {
			400,
			`{"error":"unauthorized_client","error_description":"client is not authorized"}`,
			vcs.Unauthorized, vcs.ReasonCode,
		},
		"an old code": {
			400, `{"error":"invalid_grant","error_description":"authorization code expired"}`,
			vcs.Unauthorized, vcs.ReasonCode,
		},
		"a page":    {502, "<html>Bad gateway</html>", vcs.Unavailable, ""},
		"not OAuth": {404, "<html>Not found</html>", vcs.Unavailable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			t.Cleanup(server.Close)
			p, err := gitea.New(gitea.Config{InstanceURL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Exchange(t.Context(), vcs.App{ApplicationID: "x", Secret: "y"}, "code", redirectURL)
			var e *vcs.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Reason != c.reason {
				t.Errorf("error %v with reason %q, want %s and %q", err, e.Reason, c.kind, c.reason)
			}
		})
	}
}

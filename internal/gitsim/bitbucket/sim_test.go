package bitbucket

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath/internal/gitsim/bitbucket/contract"
)

// fixture is a simulator behind a real HTTP server: ann owns the workspace acme with the private
// repository acme/shop, bob may write to it, eve is a member without any right on it.
type fixture struct {
	*testing.T
	sim    *Sim
	url    string
	key    string
	secret string
	token  string // ann's access token
	spec   *contract.Spec
	clock  *clock
}

var allScopes = []string{
	"account", "email", "repository:write", "repository:admin", "pullrequest:write",
	"webhook",
}

// clock is a time that a test can move.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

func setup(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{T: t, clock: &clock{}, spec: sharedSpec(t)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request,
	) {
		f.sim.ServeHTTP(w, r)
	}))
	f.url = server.URL
	var err error
	f.sim, err = New(Options{Dir: t.TempDir(), BaseURL: server.URL, Now: f.clock.now})
	f.must(err)
	t.Cleanup(func() {
		server.Close()
		f.must(f.sim.Close())
	})
	for _, name := range []string{"ann", "bob", "eve"} {
		f.sim.AddUser(User{
			Username: name, DisplayName: strings.ToUpper(name[:1]) + name[1:] + " Doe",
			Password: name + "-pw",
		})
	}
	f.sim.AddWorkspace("acme", "Acme Ltd")
	f.sim.SetMember("acme", "ann", "owner")
	f.sim.SetMember("acme", "bob", "member")
	f.sim.SetMember("acme", "eve", "member")
	_, err = f.sim.AddRepository(RepositorySpec{Workspace: "acme", Slug: "shop", Name: "Shop", Private: true})
	f.must(err)
	f.sim.SetPermission("acme/shop", "bob", "write")
	c := f.sim.AddConsumer(Consumer{
		Workspace:   "acme",
		Name:        "Towpath",
		CallbackURL: "http://app.example/oauth/callback",
		Scopes:      allScopes,
	})
	f.key, f.secret = c.Key, c.Secret
	f.token = f.tokenOf("ann")
	return f
}

// in is the fixture inside a subtest.
func (f *fixture) in(t *testing.T) *fixture {
	g := *f
	g.T = t
	return &g
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) tokenOf(username string) string {
	f.Helper()
	access, _, err := f.sim.IssueTokens(f.key, username)
	f.must(err)
	return access
}

func (f *fixture) as(username string) *fixture {
	g := *f
	g.token = f.tokenOf(username)
	return &g
}

// answer is a response of the API.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// at walks into the JSON body: at("values", 0, "name").
func (a answer) at(path ...any) any {
	a.t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.t.Fatalf("answer %d is not JSON: %s", a.status, a.body)
	}
	for _, step := range path {
		switch s := step.(type) {
		case string:
			o, ok := v.(map[string]any)
			if !ok {
				a.t.Fatalf("no object to look for %q in: %s", s, a.body)
			}
			v = o[s]
		case int:
			list, ok := v.([]any)
			if !ok || s >= len(list) {
				a.t.Fatalf("no element %d of %v in: %s", s, path, a.body)
			}
			v = list[s]
		}
	}
	return v
}

func (a answer) str(path ...any) string {
	a.t.Helper()
	s, _ := a.at(path...).(string)
	return s
}

// column collects one field of all values.
func (a answer) column(name string) []string {
	a.t.Helper()
	found := []string{}
	for i := range a.at("values").([]any) {
		found = append(found, a.str("values", i, name))
	}
	return found
}

// call sends a request to the API and holds the answer against the published description, when that
// is there.
func (f *fixture) call(method, path string, body any, want int) answer {
	f.Helper()
	var reader io.Reader
	contentType := ""
	switch b := body.(type) {
	case nil:
	case formBody:
		reader, contentType = bytes.NewReader(b.data), b.contentType
	default:
		data, err := json.Marshal(b)
		f.must(err)
		reader, contentType = bytes.NewReader(data), "application/json"
	}
	target := path
	if !strings.HasPrefix(path, "http") {
		target = f.url + "/2.0" + path
	}
	r, err := http.NewRequestWithContext(f.Context(), method, target, reader)
	f.must(err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if f.token != "" {
		r.Header.Set("Authorization", "Bearer "+f.token)
	}
	client := http.Client{CheckRedirect: func(*http.Request,
		[]*http.Request,
	) error {
		return http.ErrUseLastResponse
	}}
	resp, err := client.Do(r)
	f.must(err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	f.must(err)
	if resp.StatusCode != want {
		f.Fatalf("%s %s: status %d, want %d: %s", method, path, resp.StatusCode, want, data)
	}
	if f.spec != nil && want < 400 {
		f.checkRequest(r, contentType, body)
	}
	f.checkContract(method, r.URL.EscapedPath(), resp, data)
	return answer{f.T, resp.StatusCode, resp.Header, data}
}

func (f *fixture) get(path string) answer {
	f.Helper()
	return f.call(http.MethodGet, path, nil, http.StatusOK)
}

type formBody struct {
	contentType string
	data        []byte
}

func (f *fixture) commit(branch string, files map[string]string, message string) string {
	f.Helper()
	hash, err := f.sim.CommitQuiet("acme/shop", branch, files, message)
	f.must(err)
	return hash
}

// git runs the real git and returns its trimmed output.
func (f *fixture) git(dir string, args ...string) string {
	f.Helper()
	out, err := f.tryGit(dir, args...)
	if err != nil {
		f.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (f *fixture) tryGit(dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(f.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true",
		"GIT_AUTHOR_NAME=Bob Doe", "GIT_AUTHOR_EMAIL=bob@example.com", "GIT_COMMITTER_NAME=Bob Doe",
		"GIT_COMMITTER_EMAIL=bob@example.com")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// clone clones acme/shop with a user's password.
func (f *fixture) clone(username string) string {
	f.Helper()
	dir := filepath.Join(f.TempDir(), "clone")
	f.git(f.TempDir(), "clone", "-q", strings.Replace(f.url, "http://", "http://"+username+":"+username+
		"-pw@", 1)+"/acme/shop.git", dir)
	return dir
}

func (f *fixture) write(dir, path, contents string) {
	f.Helper()
	full := filepath.Join(dir, path)
	f.must(os.MkdirAll(filepath.Dir(full), 0o755))
	f.must(os.WriteFile(full, []byte(contents), 0o644))
}

// eventually waits for a condition; it polls, since the simulator offers no other sign.
func (f *fixture) eventually(what string, condition func() bool) {
	f.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			f.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// receiver takes deliveries.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies [][]byte
	heads  []http.Header
	answer []int // statuses for the next requests; 200 when empty
}

func (f *fixture) receiver(answers ...int) *receiver {
	rec := &receiver{answer: answers}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.bodies, rec.heads = append(rec.bodies, body), append(rec.heads, r.Header.Clone())
		status := http.StatusOK
		if len(rec.answer) > 0 {
			status, rec.answer = rec.answer[0], rec.answer[1:]
		}
		w.WriteHeader(status)
	}))
	f.Cleanup(rec.Close)
	return rec
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.bodies)
}

// wait returns the body and the headers of delivery n, from 0.
func (f *fixture) wait(r *receiver, n int) (answer, http.Header) {
	f.Helper()
	f.eventually("a delivery", func() bool { return r.count() > n })
	r.mu.Lock()
	defer r.mu.Unlock()
	return answer{f.T, 0, r.heads[n], r.bodies[n]}, r.heads[n]
}

func (f *fixture) hook(url string, events ...string) string {
	f.Helper()
	if len(events) == 0 {
		events = []string{"repo:push"}
	}
	return f.call("POST", "/repositories/acme/shop/hooks", obj{
		"description": "test", "url": url, "events": events, "active": true, "secret": "s3cret",
	}, http.StatusCreated).str("uuid")
}

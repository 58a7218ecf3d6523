package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"towpath"
	"towpath/internal/auth"
	"towpath/internal/secret"
	"towpath/internal/sqlreview/rules"
	"towpath/internal/store"
	"towpath/internal/workspace"
)

var update = flag.Bool("update", false, "rewrite golden files")

const password = "correct horse battery"

// bundle is a server with one person of each kind and one project of theirs.
type bundle struct {
	*Server
	Keyring *secret.Keyring
	url     string
	log     *logBuffer
	tokens  map[string]string // API tokens by who; "nobody" has none
	members map[string]towpath.Member
	project towpath.Project
}

// logBuffer collects what many requests log.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String returns what was logged so far.
func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// people are the roles that the table of routes tells apart, in the order of their power.
var people = []string{"owner", "dba", "lead", "developer", "outsider", "nobody"}

func setup(t *testing.T) *bundle {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "metadata.db"))
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := secret.Open(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{log: &logBuffer{}, tokens: map[string]string{}, members: map[string]towpath.Member{}}
	b.Server = &Server{
		Store:       st,
		Workspace:   &workspace.Service{Store: st, Rules: rules.All},
		Auth:        &auth.Service{Store: st, Keyring: keyring},
		Logger:      slog.New(slog.NewTextHandler(b.log, nil)),
		ExternalURL: "https://towpath.example",
		Build:       Build{Version: "test"},
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	b.Keyring = keyring
	b.populate(t)
	b.serve(t)
	return b
}

func (b *bundle) serve(t *testing.T) {
	t.Helper()
	server := httptest.NewServer(b.Handler())
	t.Cleanup(server.Close)
	b.url = server.URL
}

// populate writes people and their project into the store directly, since hashing five passwords
// takes its time.
func (b *bundle) populate(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	roles := map[string]towpath.Role{
		"owner": towpath.RoleOwner, "dba": towpath.RoleDBA,
		"lead": towpath.RoleMember, "developer": towpath.RoleMember, "outsider": towpath.RoleMember,
	}
	err := b.Store.Write(ctx, func(tx *store.Tx) error {
		b.project = towpath.Project{Name: "Shop"}
		if err := tx.CreateProject(ctx, &b.project); err != nil {
			return err
		}
		for who, role := range roles {
			m := towpath.Member{Email: who + "@example.com", Name: who, Role: role, PasswordHash: "$"}
			if err := tx.CreateMember(ctx, &m); err != nil {
				return err
			}
			token := "tp_" + who
			c := towpath.Credential{
				Kind: towpath.CredentialAPIToken, MemberID: m.ID,
				Hash: secret.HashToken(token),
			}
			if err := tx.CreateCredential(ctx, &c); err != nil {
				return err
			}
			c = towpath.Credential{
				Kind: towpath.CredentialSession, MemberID: m.ID,
				Hash: secret.HashToken("session-" + who),
			}
			if err := tx.CreateCredential(ctx, &c); err != nil {
				return err
			}
			b.tokens[who], b.members[who] = token, m
			c = towpath.Credential{
				Kind: towpath.CredentialAPIToken, MemberID: m.ID, Name: "Größe & Co",
				Hash: secret.HashToken(token + " approvals"), Scope: towpath.ScopeApprovals,
			}
			if err := tx.CreateCredential(ctx, &c); err != nil {
				return err
			}
			b.tokens[who+" approvals"] = token + " approvals"
		}
		for who, role := range map[string]towpath.ProjectRole{
			"lead":      towpath.ProjectOwner,
			"developer": towpath.ProjectDeveloper,
		} {
			pm := towpath.ProjectMember{ProjectID: b.project.ID, MemberID: b.members[who].ID, Role: role}
			if err := tx.SetProjectMember(ctx, pm); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// response is an answer of the server with its body read.
type response struct {
	*http.Response
	body []byte
}

// send makes a request. body is JSON text, or empty.
func (b *bundle) send(t *testing.T, who, method, path, body string, headers ...string) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token := b.tokens[who]; token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	client := &http.Client{CheckRedirect: func(*http.Request,
		[]*http.Request,
	) error {
		return http.ErrUseLastResponse
	}}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{resp, text}
}

// call makes a request to the API that must have the given status, and reads the answer into out
// unless that is nil.
func (b *bundle) call(t *testing.T, who, method, path, body string, status int, out any) response {
	t.Helper()
	r := b.send(t, who, method, "/api/v1"+path, body)
	if r.StatusCode != status {
		t.Fatalf("%s: %s %s: status %d, want %d: %s", who, method, path, r.StatusCode, status, r.body)
	}
	if out != nil {
		if err := json.Unmarshal(r.body, out); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, r.body)
		}
	}
	return r
}

func decode[T any](t *testing.T, r response) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return v
}

// fails makes a request that must be refused, and returns the problem.
func (b *bundle) fails(t *testing.T, who, method, path, body string, status int) problem {
	t.Helper()
	var p problem
	r := b.call(t, who, method, path, body, status, &p)
	if ct := r.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("%s %s: content type %q", method, path, ct)
	}
	if p.Status != status || p.RequestID == "" || p.RequestID != r.Header.Get("X-Request-Id") {
		t.Errorf("%s %s: problem %+v", method, path, p)
	}
	return p
}

// golden compares text with a file of testdata, or rewrites the file with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what the server has now. Look at the difference after: go test "+
			"./internal/api -update", path)
	}
}

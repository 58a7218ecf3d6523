//go:build realgitea

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towpath/internal/dbserver"
	"towpath/internal/engine"
	"towpath/internal/vcs"
	"towpath/internal/vcs/gitea"
	"towpath/internal/vcs/vcstest"
)

// realGitea is a running Gitea that keeps its data in the tests' PostgreSQL. `make real-gitea`
// builds it and names its folder.
type realGitea struct {
	process  *dbserver.Process
	database engine.Target
	url      string
	users    atomic.Int64
}

const (
	giteaAdmin    = "root2"
	giteaPassword = "größer Pass-w0rt %20"

	// giteaTokenLife is how long an access token lasts: short, so that a test can wait for its end.
	giteaTokenLife = 8 * time.Second
)

// startRealGitea starts a server that ends with the test.
func startRealGitea(t *testing.T) *realGitea {
	t.Helper()
	folder := os.Getenv("TOWPATH_TEST_GITEA")
	if folder == "" {
		t.Fatal("TOWPATH_TEST_GITEA is empty: run `make real-gitea`")
	}
	process, err := dbserver.New("postgres") // Gitea refuses to run as root
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Stop(); err != nil {
			t.Error(err)
		}
	})
	port, err := dbserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	g := &realGitea{process: process, database: servers.postgres.Database(t), url: "http://127.0.0.1:" +
		strconv.Itoa(port)}
	settings := filepath.Join(process.Dir, "app.ini")
	if err := os.WriteFile(settings, []byte(g.settings(folder, port)), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(settings, 0o666); err != nil { // Gitea adds its secrets
		t.Fatal(err)
	}
	program := filepath.Join(folder, "bin", "gitea")
	for _, args := range [][]string{
		{"migrate"},
		{
			"admin", "user", "create", "--admin", "--username", giteaAdmin, "--password", giteaPassword,
			"--email", "root@example.com",
			"--must-change-password=false",
		},
	} {
		if err := process.Run(program, append(args, "--config", settings)...); err != nil {
			t.Fatal(err)
		}
	}
	ready := func(ctx context.Context) error { return g.call(ctx, giteaAdmin, "GET", "/user", nil, nil) }
	if err := process.Start(ready, program, "web", "--config", settings); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *realGitea) settings(folder string, port int) string {
	account := "postgres"
	if u, err := user.Current(); err == nil && u.Uid != "0" {
		account = u.Username
	}
	quoted := func(s string) string { return "`" + s + "`" }
	return strings.Join([]string{
		"RUN_USER = " + account, "RUN_MODE = prod", "WORK_PATH = " + g.process.Dir,
		"[server]", "HTTP_ADDR = 127.0.0.1", "HTTP_PORT = " + strconv.Itoa(port), "ROOT_URL = " + g.url + "/",
		"DISABLE_SSH = true", "SSH_ROOT_PATH = " + filepath.Join(g.process.Dir, "ssh"), "OFFLINE_MODE = true",
		"STATIC_ROOT_PATH = " + folder, "[database]", "DB_TYPE = postgres", "HOST = " + g.database.Address,
		"NAME = " + g.database.Database, "USER = " + g.database.Username, "PASSWD = " +
			quoted(g.database.Password), "SSL_MODE = disable", "[security]", "INSTALL_LOCK = true",
		"PASSWORD_COMPLEXITY = off", "[oauth2]", fmt.Sprintf("ACCESS_TOKEN_EXPIRATION_TIME = %d",
			giteaTokenLife/time.Second), "INVALIDATE_REFRESH_TOKENS = true",
		"[webhook]", "ALLOWED_HOST_LIST = loopback",
		"[repository]", "DEFAULT_BRANCH = main",
		"[actions]", "ENABLED = false", "[mailer]", "ENABLED = false",
		"[log]", "MODE = console", "LEVEL = Warn", "",
	}, "\n")
}

// call calls Gitea's API as a person, with the password.
func (g *realGitea) call(ctx context.Context, login, method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, g.url+"/api/v1"+path, &body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	r.SetBasicAuth(login, giteaPassword)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %.300s", method, path, resp.Status, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

func (g *realGitea) must(t *testing.T, login, method, path string, in, out any) {
	t.Helper()
	if err := g.call(t.Context(), login, method, path, in, out); err != nil {
		t.Fatal(err)
	}
}

// person is somebody with an organization and an OAuth2 application.
type person struct {
	*realGitea
	id                 int64
	login, org         string
	clientID, secret   string
	application        int64
	registeredRedirect string
}

func (g *realGitea) person(t *testing.T, redirectURL string) *person {
	t.Helper()
	n := g.users.Add(1)
	p := &person{
		realGitea:          g,
		login:              fmt.Sprintf("ada%d", n),
		org:                fmt.Sprintf("engines%d", n),
		registeredRedirect: redirectURL,
	}
	var made struct{ ID int64 }
	g.must(t, giteaAdmin, "POST", "/admin/users", map[string]any{
		"username": p.login, "full_name": "Ada Ærø", "email": p.login + "@example.com",
		"password": giteaPassword, "must_change_password": false,
	}, &made)
	p.id = made.ID
	g.must(t, p.login, "POST", "/orgs", map[string]any{"username": p.org}, nil)
	var app struct {
		ID           int64
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	g.must(t, p.login, "POST", "/user/applications/oauth2", map[string]any{
		"name": "Towpath", "redirect_uris": []string{redirectURL}, "confidential_client": true,
	}, &app)
	p.application, p.clientID, p.secret = app.ID, app.ClientID, app.ClientSecret
	return p
}

// repository makes an empty repository.
func (p *person) repository(t *testing.T, owner, name string) vcstest.Remote {
	t.Helper()
	path := "/user/repos"
	if owner != p.login {
		path = "/orgs/" + owner + "/repos"
	}
	var made giteaRepository
	p.must(t, p.login, "POST", path, map[string]any{"name": name, "private": true}, &made)
	return p.remote(made)
}

type giteaRepository struct {
	ID       int64
	FullName string `json:"full_name"`
}

func (p *person) remote(r giteaRepository) vcstest.Remote {
	push := url.URL{
		Scheme: "http",
		User:   url.UserPassword(p.login, giteaPassword),
		Host:   strings.TrimPrefix(p.url, "http://"),
		Path:   "/" + r.FullName + ".git",
	}
	return vcstest.Remote{ID: strconv.FormatInt(r.ID, 10), Name: r.FullName, PushURL: push.String()}
}

func (p *person) rename(t *testing.T, r vcstest.Remote, name string) vcstest.Remote {
	t.Helper()
	var renamed giteaRepository
	p.must(t, p.login, "PATCH", "/repos/"+r.Name, map[string]any{"name": name}, &renamed)
	return p.remote(renamed)
}

// consent signs in and authorizes as a browser does. The client's own rule handles the first
// redirect away from Gitea.
func (p *person) consent(t *testing.T, browser *http.Client, authorizeURL string) {
	t.Helper()
	asked, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	post := func(path string, form url.Values) {
		resp, err := browser.PostForm(asked.Scheme+"://"+asked.Host+path, form)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode >= 400 {
			t.Fatalf("%s: %s\n%.2000s", path, resp.Status, text)
		}
	}
	post("/user/login", url.Values{"user_name": {p.login}, "password": {giteaPassword}})
	query := asked.Query()
	resp, err := browser.Get(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode >= 300 || resp.Request.URL.Host != asked.Host {
		return // an earlier consent is still valid
	}
	form := url.Values{"granted": {"true"}}
	for _, name := range []string{"client_id", "state", "scope", "redirect_uri"} {
		form.Set(name, query.Get(name))
	}
	post("/login/oauth/grant", form)
}

// exec changes Gitea's own tables, where it has no API.
func (p *person) exec(t *testing.T, text string) {
	t.Helper()
	servers.postgres.Exec(t, p.database.Database, text)
}

func (p *person) fixture(t *testing.T) vcstest.Fixture {
	far, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	var throttled atomic.Bool
	proxy := httputil.NewSingleHostReverseProxy(far)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if throttled.Load() { // as a proxy before Gitea does; Gitea itself has no limits
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	provider, err := gitea.New(gitea.Config{InstanceURL: front.URL})
	if err != nil {
		t.Fatal(err)
	}
	return vcstest.Fixture{
		Description: gitea.NewDriver().Describe(),
		Provider:    provider,
		App:         vcs.App{ApplicationID: p.clientID, Secret: p.secret},
		RedirectURL: p.registeredRedirect,
		Account:     vcs.Account{ID: strconv.FormatInt(p.id, 10), Name: "Ada Ærø"},
		Workspaces:  []string{p.login, p.org},
		Authorize: func(t *testing.T, authorizeURL string) (back url.Values) {
			t.Helper()
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			away, err := url.Parse(p.registeredRedirect)
			if err != nil {
				t.Fatal(err)
			}
			p.consent(t,
				&http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
					if r.URL.Host == away.Host {
						back = r.URL.Query()
						return http.ErrUseLastResponse
					}
					return nil
				}}, authorizeURL)
			if back == nil {
				t.Fatal("the consent did not come back")
			}
			return back
		},
		AddRepository: p.repository,
		Pushed: func(t *testing.T, r vcstest.Remote) {
			t.Helper()
			// Gitea handles pushes in a separate queue
			for at := (struct{ Empty bool }{true}); at.Empty; time.Sleep(50 * time.Millisecond) {
				p.must(t, p.login, "GET", "/repos/"+r.Name, nil, &at)
			}
		},
		Rename: p.rename,
		Hooks: func(t *testing.T, r vcstest.Remote) (out []vcs.Hook) {
			t.Helper()
			var kept []struct {
				ID     int64
				URL    string
				Secret string
				Active bool
			}
			var text string
			servers.postgres.Query(t, p.database.Database, &text, `SELECT coalesce(json_agg(json_build_object(
				'id', id, 'url', url, 'secret', secret, 'active', is_active) ORDER BY id), '[]')::text FROM webhook WHERE repo_id = `+r.ID)
			if err := json.Unmarshal([]byte(text), &kept); err != nil {
				t.Fatal(err)
			}
			for _, h := range kept {
				out = append(out, vcs.Hook{
					ID:     strconv.FormatInt(h.ID, 10),
					URL:    h.URL,
					Secret: h.Secret,
					Active: h.Active,
				})
			}
			return out
		},
		Statuses:           p.statuses,
		KeptStatus:         func(s vcs.Status) vcs.Status { s.Name, s.Branch = "", ""; return s },
		ExpireAccessTokens: func(*testing.T) { time.Sleep(giteaTokenLife + time.Second) },
		RevokeGrants: func(t *testing.T) {
			p.exec(t, fmt.Sprintf("DELETE FROM oauth2_grant WHERE user_id = %d", p.id))
		},
		Throttle: func(_ *testing.T, on bool) { throttled.Store(on) },
	}
}

// statuses are the newest statuses of a commit, one for each context.
func (p *person) statuses(t *testing.T, r vcstest.Remote, commit string) (out []vcs.Status) {
	t.Helper()
	var combined struct {
		Statuses []struct {
			Context, Status, Description string
			TargetURL                    string `json:"target_url"`
		}
	}
	p.must(t, p.login, "GET", "/repos/"+r.Name+"/commits/"+commit+"/status", nil, &combined)
	states := map[string]vcs.StatusState{
		"pending": vcs.StatusInProgress, "success": vcs.StatusSuccessful, "failure": vcs.StatusFailed,
		"error": vcs.StatusStopped,
	}
	for _, s := range combined.Statuses {
		out = append(out, vcs.Status{
			Key:         s.Context,
			State:       states[s.Status],
			Description: s.Description,
			URL:         s.TargetURL,
		})
	}
	return out
}

// TestRealGitea runs the suite of all drivers against a real Gitea on this machine.
func TestRealGitea(t *testing.T) {
	g := startRealGitea(t)
	t.Run("suite", func(t *testing.T) {
		vcstest.Run(t, func(t *testing.T) vcstest.Fixture {
			return g.person(t, "http://towpath.example:8080/oauth/callback").fixture(t)
		})
	})
	t.Run("a push reaches the databases", func(t *testing.T) { pushAtGitea(t, g) })
}

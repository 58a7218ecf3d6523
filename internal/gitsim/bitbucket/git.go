package bitbucket

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cgi"
	"net/url"
	"os/exec"
	"strings"
)

const maxPushBytes = 256 << 20

// splitGitPath takes "/workspace/repo[.git]/service" apart; ok is false for any other path.
func splitGitPath(path string) (workspace, slug, service string, ok bool) {
	parts := strings.SplitN(strings.TrimPrefix(path, "/"), "/", 3)
	if len(parts) != 3 {
		return "", "", "", false
	}
	switch parts[2] {
	case "info/refs", "git-upload-pack", "git-receive-pack":
		return parts[0], strings.TrimSuffix(parts[1], ".git"), parts[2], true
	}
	return "", "", "", false
}

func isGitRequest(r *http.Request) bool {
	_, _, _, ok := splitGitPath(r.URL.Path)
	return ok
}

// serveGit lets `git http-backend` answer, after the checks that Bitbucket makes.
func (s *Sim) serveGit(w http.ResponseWriter, r *http.Request) {
	workspace, slug, service, _ := splitGitPath(r.URL.Path)
	push := service == "git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	if s.currentFaults().GitDown {
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		return
	}
	to, moved := s.movedTo(workspace, slug)
	if moved {
		workspace, slug = to.Workspace, to.Slug
	}
	repo, actor, status := s.authorizeGit(r, workspace, slug, push)
	if status != http.StatusOK {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="Bitbucket simulator"`)
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	if moved {
		target := url.URL{Path: "/" + repo.FullName() + ".git/" + service, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, target.String(), http.StatusMovedPermanently)
		return
	}
	if service != "git-receive-pack" {
		s.runBackend(w, r, repo, service)
		return
	}
	// http-backend knows no chunked bodies, which git sends for large packs.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPushBytes))
	if err != nil {
		http.Error(w, "push too large", http.StatusRequestEntityTooLarge)
		return
	}
	err = s.receive(repo, actor, true, func(*gitRepo) error {
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		r.TransferEncoding = nil
		s.runBackend(w, r, repo, service)
		return nil
	})
	if err != nil {
		s.opts.Logger.Error("process a push", "repository", repo.FullName(), "error", err)
	}
}

// movedTo finds where the repository is that had a name before.
func (s *Sim) movedTo(workspace, slug string) (Repository, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.state.movedTo(workspace, slug); r != nil {
		return r.clone(), true
	}
	return Repository{}, false
}

func (s *Sim) runBackend(w http.ResponseWriter, r *http.Request, repo Repository, service string) {
	git, err := exec.LookPath("git")
	if err != nil {
		http.Error(w, "git is not installed", http.StatusInternalServerError)
		return
	}
	r = r.Clone(r.Context())
	r.URL = &url.URL{Path: "/" + bareUUID(repo.UUID) + ".git/" + service, RawQuery: r.URL.RawQuery}
	if len(r.TransferEncoding) > 0 {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPushBytes))
		if err != nil {
			http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		r.TransferEncoding = nil
	}
	env := append(gitEnv(), "GIT_PROJECT_ROOT="+s.opts.Dir+"/repositories", "GIT_HTTP_EXPORT_ALL=1",
		"REMOTE_USER=simulator")
	if v := r.Header.Get("Git-Protocol"); v != "" {
		env = append(env, "GIT_PROTOCOL="+v)
	}
	var stderr bytes.Buffer
	backend := &cgi.Handler{Path: git, Args: []string{"http-backend"}, Root: "/", Env: env, Stderr: &stderr}
	backend.ServeHTTP(w, r)
	if stderr.Len() > 0 {
		s.opts.Logger.Debug("git http-backend", "repository", repo.FullName(), "stderr", stderr.String())
	}
}

// authorizeGit returns the repository and who asks, or an HTTP status. A repository that one may
// not see does not exist.
func (s *Sim) authorizeGit(r *http.Request, workspace, slug string, push bool) (Repository, User, int) {
	needs, scope := "read", "repository"
	if push {
		needs, scope = "write", "repository:write"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var user *User
	name, password, given := r.BasicAuth()
	switch {
	case given && name == "x-token-auth":
		t, err := s.accessToken(password)
		if err != nil {
			return Repository{}, User{}, http.StatusUnauthorized
		}
		if !hasScope(t.Scopes, scope) {
			return Repository{}, User{}, http.StatusForbidden
		}
		user = s.state.userByUUID(t.User)
	case given:
		if user = s.state.userByName(name); user == nil || user.Password == "" ||
			!equal(user.Password, password) {
			return Repository{}, User{}, http.StatusUnauthorized
		}
	}
	repo := s.state.repository(workspace, slug)
	has := ""
	if repo != nil {
		has = s.state.permission(repo, user)
	}
	switch {
	case permits(has, needs):
		if user == nil {
			user = &User{DisplayName: "anonymous"}
		}
		return *repo, *user, http.StatusOK
	case user == nil:
		return Repository{}, User{}, http.StatusUnauthorized
	case has == "":
		return Repository{}, User{}, http.StatusNotFound
	}
	return Repository{}, User{}, http.StatusForbidden
}

package gitsim

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cgi"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// maxGitBody is the largest body of a Git request, in bytes.
const maxGitBody = 256 << 20

// GitRequest is a request of Git's smart HTTP protocol.
type GitRequest struct {
	Owner   string
	Name    string // without ".git"
	Service string // "info/refs", "git-upload-pack" or "git-receive-pack"
	Push    bool   // it needs the right to write
}

// ParseGitRequest reads "/owner/name[.git]/service". It returns false for any other path.
func ParseGitRequest(r *http.Request) (GitRequest, bool) {
	const push = "git-receive-pack"
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
	if len(parts) != 3 {
		return GitRequest{}, false
	}
	switch parts[2] {
	case "info/refs", "git-upload-pack", push:
		return GitRequest{
			Owner:   parts[0],
			Name:    strings.TrimSuffix(parts[1], ".git"),
			Service: parts[2],
			Push:    parts[2] == push || r.URL.Query().Get("service") == push,
		}, true
	}
	return GitRequest{}, false
}

// GitAccess is a host's decision about a Git request.
type GitAccess struct {
	Status  int    // http.StatusOK, or the status of the refusal
	MovedTo string // path of the repository, when the request used a former name
	Repo    *Repo
	// Push runs an update and announces it. Its errors go to the log.
	Push func(update func() error) error
}

// GitHandler serves Git over HTTP by `git http-backend`.
type GitHandler struct {
	Realm     string // of Basic authentication
	Logger    *slog.Logger
	Faults    *FaultSwitch
	Authorize func(r *http.Request, git GitRequest) GitAccess
}

// Serve answers a request that [ParseGitRequest] has read.
func (h *GitHandler) Serve(w http.ResponseWriter, r *http.Request, git GitRequest) {
	if h.Faults.Current().GitDown {
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		return
	}
	access := h.Authorize(r, git)
	if access.Status != http.StatusOK {
		if access.Status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Basic realm="+strconv.Quote(h.Realm))
		}
		http.Error(w, http.StatusText(access.Status), access.Status)
		return
	}
	if access.MovedTo != "" {
		target := url.URL{Path: access.MovedTo + "/" + git.Service, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, target.String(), http.StatusMovedPermanently)
		return
	}
	if git.Service != "git-receive-pack" {
		h.runBackend(w, r, access.Repo, git.Service)
		return
	}
	// The whole body is read before the repository is locked: a slow client must not block others.
	if !buffer(w, r) {
		return
	}
	err := access.Push(func() error {
		h.runBackend(w, r, access.Repo, git.Service)
		return nil
	})
	if err != nil {
		h.Logger.Error("process a push", "repository", git.Owner+"/"+git.Name, "error", err)
	}
}

// buffer reads the body, since http-backend takes no chunked bodies, which git sends for large
// packs. It answers for a body that is too large and returns false then.
func buffer(w http.ResponseWriter, r *http.Request) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxGitBody))
	if err != nil {
		http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
	return true
}

func (h *GitHandler) runBackend(w http.ResponseWriter, r *http.Request, repo *Repo, service string) {
	git, err := exec.LookPath("git")
	if err != nil {
		http.Error(w, "git is not installed", http.StatusInternalServerError)
		return
	}
	r = r.Clone(r.Context())
	if len(r.TransferEncoding) > 0 && !buffer(w, r) {
		return
	}
	root, name := filepath.Split(repo.dir)
	r.URL = &url.URL{Path: "/" + name + "/" + service, RawQuery: r.URL.RawQuery}
	filter := strconv.FormatBool(!h.Faults.Current().NoFilter)
	env := append(environ(nil), "GIT_PROJECT_ROOT="+root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=simulator",
		"GIT_CONFIG_COUNT=2",
		"GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0="+filter,
		"GIT_CONFIG_KEY_1=uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_1="+filter)
	if v := r.Header.Get("Git-Protocol"); v != "" {
		env = append(env, "GIT_PROTOCOL="+v)
	}
	var stderr bytes.Buffer
	backend := &cgi.Handler{Path: git, Args: []string{"http-backend"}, Root: "/", Env: env, Stderr: &stderr}
	backend.ServeHTTP(w, r)
	if stderr.Len() > 0 {
		h.Logger.Debug("git http-backend", "repository", name, "stderr", stderr.String())
	}
}

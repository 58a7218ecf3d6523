package gitsim

import (
	"log/slog"
	"net/http"
	"net/url"
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

// GitHandler serves Git over HTTP by `git upload-pack` and `git receive-pack`.
type GitHandler struct {
	Realm     string // of Basic authentication
	Logger    *slog.Logger
	Faults    *FaultSwitch
	Authorize func(r *http.Request, git GitRequest) GitAccess

	advertised advertisements
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
		h.serveService(w, r, access.Repo, git.Service)
		return
	}
	// The whole body is read before the repository is locked: a slow client must not block others.
	if !buffer(w, r) {
		return
	}
	err := access.Push(func() error {
		h.serveService(w, r, access.Repo, git.Service)
		return nil
	})
	if err != nil {
		h.Logger.Error("process a push", "repository", git.Owner+"/"+git.Name, "error", err)
	}
}

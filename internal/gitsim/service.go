package gitsim

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// advertisements are what `git upload-pack` says first in version 2 of the protocol, by its settings.
// They name no refs, so all repositories share them.
type advertisements struct {
	mu     sync.Mutex
	second map[string][]byte
}

// serveService answers a request of the smart protocol by one process of git, without the two more of
// `git http-backend`: https://git-scm.com/docs/http-protocol
func (h *GitHandler) serveService(w http.ResponseWriter, r *http.Request, repo *Repo, path string) {
	service := path
	if path == "info/refs" {
		service = r.URL.Query().Get("service")
	}
	name, known := strings.CutPrefix(service, "git-")
	if !known || name != "upload-pack" && name != "receive-pack" {
		http.Error(w, "the dumb protocol is not supported", http.StatusForbidden)
		return
	}
	w.Header().Set("Cache-Control", "no-cache, max-age=0, must-revalidate")
	if path == "info/refs" {
		w.Header().Set("Content-Type", "application/x-"+service+"-advertisement")
		h.advertise(w, r, repo, name)
		return
	}
	if r.Header.Get("Content-Type") != "application/x-"+service+"-request" {
		http.Error(w, "Unsupported Media Type", http.StatusUnsupportedMediaType)
		return
	}
	body, err := unpacked(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-"+service+"-result")
	_ = h.run(w, r, repo, body, name, "--stateless-rpc") // it is in the log
}

// unpacked is the body of a request, which git compresses when it is long.
func unpacked(r *http.Request) (io.Reader, error) {
	switch r.Header.Get("Content-Encoding") {
	case "gzip", "x-gzip":
		return gzip.NewReader(r.Body)
	}
	return r.Body, nil
}

// advertise tells what a service can do, and the refs unless the client speaks version 2.
func (h *GitHandler) advertise(w http.ResponseWriter, r *http.Request, repo *Repo, name string) {
	second := strings.Contains(r.Header.Get("Git-Protocol"), "version=2")
	switch {
	case second && name == "upload-pack":
		text, err := h.capabilities(r, repo)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(text) // a client that is gone does not matter
		return
	case !second:
		first := "# service=git-" + name + "\n"
		_, _ = fmt.Fprintf(w, "%04x%s0000", len(first)+4, first) // as above
	}
	_ = h.run(w, r, repo, nil, name, "--stateless-rpc", "--advertise-refs") // it is in the log
}

// capabilities are what upload-pack says first in version 2. Only the first request starts git.
func (h *GitHandler) capabilities(r *http.Request, repo *Repo) ([]byte, error) {
	h.advertised.mu.Lock()
	defer h.advertised.mu.Unlock()
	settings := h.filter()
	if text, ok := h.advertised.second[settings]; ok {
		return text, nil
	}
	var said bytes.Buffer
	if err := h.run(&said, r, repo, nil, "upload-pack", "--stateless-rpc", "--advertise-refs"); err != nil {
		return nil, err
	}
	if h.advertised.second == nil {
		h.advertised.second = map[string][]byte{}
	}
	h.advertised.second[settings] = said.Bytes()
	return said.Bytes(), nil
}

// filter is whether clients may leave out objects.
func (h *GitHandler) filter() string { return strconv.FormatBool(!h.Faults.Current().NoFilter) }

// run runs a service in a repository. The log has its failures, and what it says on the side.
func (h *GitHandler) run(w io.Writer, r *http.Request, repo *Repo, in io.Reader, args ...string) error {
	var stderr bytes.Buffer
	git := exec.Command("git", append(args, ".")...)
	git.Dir, git.Stdin, git.Stdout, git.Stderr = repo.dir, in, w, &stderr
	git.Env = append(environ(git.Environ()), "GIT_PROTOCOL="+r.Header.Get("Git-Protocol"),
		"GIT_COMMITTER_NAME=simulator", "GIT_COMMITTER_EMAIL=simulator@example.com", "GIT_CONFIG_COUNT=2",
		"GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0="+h.filter(),
		"GIT_CONFIG_KEY_1=uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_1="+h.filter())
	err := git.Run()
	if err != nil || stderr.Len() > 0 {
		h.Logger.Debug("git "+args[0], "repository", repo.dir, "stderr", stderr.String(), "error", err)
	}
	return err
}

// buffer reads the whole body. It answers for a body that is too large and returns false then.
func buffer(w http.ResponseWriter, r *http.Request) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxGitBody))
	if err != nil {
		http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return true
}

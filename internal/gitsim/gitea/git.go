package gitea

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cgi"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxPushBytes = 64 << 20
	gitTimeout   = 30 * time.Second
	zeroHash     = "0000000000000000000000000000000000000000"
)

func (s *Sim) dir(r Repository) string {
	// by id, so that a rename touches no file
	return filepath.Join(s.opts.Dir, strconv.FormatInt(r.ID, 10)+".git")
}

func gitEnv(environ []string) []string {
	// The settings of the user and of the machine must not change what the simulator does.
	return append(environ, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"LC_ALL=C")
}

// git runs one command in a repository and returns what it printed.
func (s *Sim) git(r Repository, stdin io.Reader, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), gitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir", s.dir(r)}, args...)...)
	cmd.Env, cmd.Stdin = gitEnv(cmd.Environ()), stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// refs are all branches and tags.
func (s *Sim) refs(r Repository) (map[string]string, error) {
	out, err := s.git(r, nil, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
	refs := map[string]string{}
	for line := range strings.Lines(out) {
		if hash, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			refs[name] = hash
		}
	}
	return refs, err
}

// has reports whether an object of a kind is there.
func (s *Sim) has(r Repository, hash, kind string) bool {
	if len(hash) != len(zeroHash) || strings.Trim(hash, "0123456789abcdef") != "" {
		return false
	}
	out, err := s.git(r, nil, "cat-file", "-t", hash)
	return err == nil && strings.TrimSpace(out) == kind
}

func isGit(path string) bool {
	_, _, _, ok := splitGit(path)
	return ok
}

// splitGit takes "/owner/name[.git]/service" apart.
func splitGit(path string) (owner, name, service string, ok bool) {
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

// serveGit lets `git http-backend` answer, after the checks that Gitea makes.
func (s *Sim) serveGit(w http.ResponseWriter, r *http.Request) {
	owner, name, service, _ := splitGit(r.URL.Path)
	if s.currentFaults().GitDown {
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		return
	}
	s.mu.Lock()
	moved := s.byID(s.former[strings.ToLower(owner+"/"+name)])
	s.mu.Unlock()
	if moved != nil {
		to := url.URL{Path: "/" + moved.FullName() + "/" + service, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
		return
	}
	push := service == "git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	repo, login, status := s.authorizeGit(r, owner, name, push)
	if status != http.StatusOK {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="Gitea"`)
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	// http-backend knows no chunked bodies
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPushBytes))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
	if service != "git-receive-pack" {
		s.backend(w, r, repo, service)
		return
	}
	_ = s.push(repo, login, func() error { s.backend(w, r, repo, service); return nil })
}

func (s *Sim) backend(w http.ResponseWriter, r *http.Request, repo Repository, service string) {
	git, err := exec.LookPath("git")
	if err != nil {
		http.Error(w, "git is not installed", http.StatusInternalServerError)
		return
	}
	r = r.Clone(r.Context())
	r.URL = &url.URL{Path: "/" + filepath.Base(s.dir(repo)) + "/" + service, RawQuery: r.URL.RawQuery}
	env := append(gitEnv(nil), "GIT_PROJECT_ROOT="+s.opts.Dir, "GIT_HTTP_EXPORT_ALL=1",
		"REMOTE_USER=simulator")
	if v := r.Header.Get("Git-Protocol"); v != "" {
		env = append(env, "GIT_PROTOCOL="+v)
	}
	filter := strconv.FormatBool(!s.currentFaults().NoFilter)
	env = append(env, "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0="+
		filter,
		"GIT_CONFIG_KEY_1=uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_1="+filter)
	backend := &cgi.Handler{
		Path:   git,
		Args:   []string{"http-backend"},
		Root:   "/",
		Env:    env,
		Stderr: io.Discard,
	}
	backend.ServeHTTP(w, r)
}

// authorizeGit takes a password, or a token as the user name or as the password.
func (s *Sim) authorizeGit(r *http.Request, owner, name string, push bool) (Repository, string, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	login := ""
	user, password, given := r.BasicAuth()
	if given {
		text := password
		if password == "" || password == "x-oauth-basic" {
			text = user
		}
		t, known := s.tokens[text]
		account := s.user(user)
		switch {
		case known && !t.refresh:
			if !t.allows("repository", push) {
				return Repository{}, "", http.StatusForbidden
			}
			login = t.login
		case account != nil && account.Password != "" && account.Password == password:
			login = account.Login
		default:
			return Repository{}, "", http.StatusUnauthorized
		}
	}
	needs := "read"
	if push {
		needs = "write"
	}
	repo := s.repository(owner, name)
	has := ""
	if repo != nil {
		has = s.permission(repo, login)
	}
	switch {
	case permits(has, needs):
		return *repo, login, http.StatusOK
	case login == "":
		return Repository{}, "", http.StatusUnauthorized
	case has == "":
		return Repository{}, "", http.StatusNotFound
	}
	return Repository{}, "", http.StatusForbidden
}

// push runs what moves refs and delivers what it did, a ref at a time.
func (s *Sim) push(repo Repository, login string, update func() error) error {
	s.mu.Lock()
	one := s.pushing[repo.ID]
	if one == nil {
		one = &sync.Mutex{}
		s.pushing[repo.ID] = one
	}
	s.mu.Unlock()
	one.Lock()
	defer one.Unlock()
	before, err := s.refs(repo)
	if err != nil {
		return err
	}
	if err := update(); err != nil {
		return err
	}
	after, err := s.refs(repo)
	if err != nil {
		return err
	}
	s.mu.Lock()
	if r := s.byID(repo.ID); r != nil {
		r.Updated = s.opts.Now().UTC()
	}
	s.mu.Unlock()
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, ref := range slices.Sorted(maps.Keys(all)) {
		if before[ref] != after[ref] {
			s.announce(repo, login, ref, before[ref], after[ref])
		}
	}
	return nil
}

// Commit puts files on a branch, as a push by its owner would, and returns the commit's hash.
func (s *Sim) Commit(id int64, branch string, files map[string]string, message string) (string, error) {
	s.mu.Lock()
	r := s.byID(id)
	s.mu.Unlock()
	if r == nil {
		return "", fmt.Errorf("commit: no repository %d", id)
	}
	changes := map[string][]byte{}
	for path, text := range files {
		changes[path] = []byte(text)
	}
	hash := ""
	err := s.push(*r, r.Owner, func() (err error) {
		hash, err = s.write(*r, branch, "Ada <ada@gitea.example>", message, changes)
		return err
	})
	return hash, err
}

// write makes a commit on top of a branch and returns its hash.
func (s *Sim) write(r Repository, branch, author, message string, files map[string][]byte) (string, error) {
	refs, err := s.refs(r)
	if err != nil {
		return "", err
	}
	ref, now := "refs/heads/"+branch, s.opts.Now().Unix()
	var in bytes.Buffer
	fmt.Fprintf(&in, "commit %s\nmark :1\nauthor %s %d +0000\ncommitter %s %d +0000\n", ref, author, now,
		author, now)
	fmt.Fprintf(&in, "data %d\n%s\n", len(message), message)
	if head := refs[ref]; head != "" {
		fmt.Fprintf(&in, "from %s\n", head)
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&in, "M 100644 inline \"%s\"\ndata %d\n", quote.Replace(path), len(files[path]))
		in.Write(files[path])
		in.WriteByte('\n')
	}
	in.WriteString("\nget-mark :1\ndone\n")
	out, err := s.git(r, &in, "fast-import", "--quiet", "--done", "--date-format=raw")
	return strings.TrimSpace(out), err
}

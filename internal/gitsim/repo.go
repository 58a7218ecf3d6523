package gitsim

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrNoObject is the error for a revision, a path or an object that a repository does not have.
var ErrNoObject = errors.New("no such object")

const (
	gitTimeout    = 30 * time.Second
	blobCacheSize = 64 << 20
)

// ZeroHash is Git's hash of a ref that does not exist.
const ZeroHash = "0000000000000000000000000000000000000000"

// Repo reads and writes one bare repository. It is safe for concurrent use.
//
// Objects come from one long-lived `git cat-file` and stay cached by hash, since they never change.
// A process for each of a few hundred reads would dominate every measurement.
type Repo struct {
	dir  string
	push sync.Mutex // one writer at a time, so that refs before and after belong to one push

	mu        sync.Mutex // guards what follows
	cmd       *exec.Cmd
	in        io.WriteCloser
	out       *bufio.Reader
	commits   map[string]*Commit
	trees     map[string][]TreeEntry
	blobs     map[string][]byte
	blobBytes int
	sizes     map[string]int64
}

func newRepo(dir string) *Repo {
	return &Repo{
		dir:     dir,
		commits: map[string]*Commit{},
		trees:   map[string][]TreeEntry{},
		blobs:   map[string][]byte{},
		sizes:   map[string]int64{},
	}
}

// environ adds settings that keep the Git configuration of the user and the machine out.
func environ(env []string) []string {
	return append(env, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"LC_ALL=C")
}

// Run runs one git command in the repository, for 30 s at most, and returns what it printed. Its
// error has git's own message.
func (g *Repo) Run(stdin io.Reader, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), gitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir", g.dir}, args...)...)
	cmd.Env, cmd.Stdin = environ(cmd.Environ()), stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// repoConfig allows pushes and partial fetches. Automatic maintenance is off, since it would run in
// the middle of a measurement.
const repoConfig = `[http]
	receivepack = true
[gc]
	auto = 0
[receive]
	autogc = false
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[core]
	logAllRefUpdates = false
`

func (g *Repo) init(mainBranch string) error {
	if _, err := g.Run(nil, "init", "-q", "--bare", "--initial-branch="+mainBranch, g.dir); err != nil {
		return err
	}
	config, err := os.OpenFile(filepath.Join(g.dir, "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("configure a bare repository: %w", err)
	}
	_, err = config.WriteString(repoConfig)
	return errors.Join(err, config.Close())
}

// Refs returns the hash of each ref by its full name. It reads the files themselves, since a process
// per request would cost milliseconds.
func (g *Repo) Refs() (map[string]string, error) {
	refs := map[string]string{}
	packed, err := os.ReadFile(filepath.Join(g.dir, "packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read refs: %w", err)
	}
	for line := range strings.Lines(string(packed)) {
		if hash, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && IsHash(hash) {
			refs[name] = hash
		}
	}
	err = filepath.WalkDir(filepath.Join(g.dir, "refs"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".lock") {
			return ignoreMissing(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return ignoreMissing(err)
		}
		name, err := filepath.Rel(g.dir, path)
		if hash := strings.TrimSpace(string(data)); err == nil && IsHash(hash) {
			refs[filepath.ToSlash(name)] = hash
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read refs: %w", err)
	}
	return refs, nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a ref that was deleted during the walk
	}
	return err
}

// Head is a branch with the hash of its latest commit.
type Head struct{ Name, Hash string }

// Branches lists all branches by name.
func (g *Repo) Branches() ([]Head, error) {
	refs, err := g.Refs()
	if err != nil {
		return nil, err
	}
	var found []Head
	for name, hash := range refs {
		if branch, ok := strings.CutPrefix(name, "refs/heads/"); ok {
			found = append(found, Head{Name: branch, Hash: hash})
		}
	}
	slices.SortFunc(found, func(a, b Head) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

// Branch returns the hash of a branch's head, or [ErrNoObject].
func (g *Repo) Branch(name string) (string, error) {
	refs, err := g.Refs()
	if err != nil {
		return "", err
	}
	hash := refs["refs/heads/"+name]
	if hash == "" {
		return "", ErrNoObject
	}
	return hash, nil
}

// Resolve turns a full or abbreviated hash, HEAD, a branch or a tag into a commit's hash. HEAD is
// mainBranch. The error is [ErrNoObject] when nothing fits.
func (g *Repo) Resolve(revision, mainBranch string) (string, error) {
	if len(revision) >= 7 && len(revision) <= 40 && isHex(revision) {
		if c, err := g.Commit(revision); err == nil || !errors.Is(err, ErrNoObject) {
			return c.Hash, err
		}
	}
	refs, err := g.Refs()
	if err != nil {
		return "", err
	}
	if revision == "HEAD" {
		revision = mainBranch
	}
	for _, prefix := range []string{"refs/heads/", "refs/tags/"} {
		if hash := refs[prefix+revision]; hash != "" {
			c, err := g.Commit(hash)
			return c.Hash, err
		}
	}
	return "", ErrNoObject
}

// IsHash reports whether s is a full SHA-1 hash.
func IsHash(s string) bool { return len(s) == 40 && isHex(s) }

func isHex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

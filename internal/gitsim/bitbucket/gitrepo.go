package bitbucket

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
	"strconv"
	"strings"
	"sync"
	"time"
)

var errNoObject = errors.New("no such object")

const (
	gitTimeout    = 30 * time.Second
	blobCacheSize = 64 << 20
)

// gitRepo reads and writes one bare repository. Objects come from one long-lived `git cat-file` and
// are kept by hash: they never change, and a process for each of a few hundred reads would dominate
// every measurement that runs through here.
type gitRepo struct {
	dir  string
	push sync.Mutex // one writer at a time, so that refs before and after belong to one push

	mu        sync.Mutex // guards what follows
	cmd       *exec.Cmd
	in        io.WriteCloser
	out       *bufio.Reader
	commits   map[string]*commit
	trees     map[string][]treeEntry
	blobs     map[string][]byte
	blobBytes int
	sizes     map[string]int64
}

func newGitRepo(dir string) *gitRepo {
	return &gitRepo{
		dir:     dir,
		commits: map[string]*commit{},
		trees:   map[string][]treeEntry{},
		blobs:   map[string][]byte{},
		sizes:   map[string]int64{},
	}
}

func gitEnv() []string {
	// The user's and the machine's configuration must not change what the simulator does.
	return append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0=true")
}

// run runs git in the repository with stdin and returns what it printed.
func (g *gitRepo) run(stdin io.Reader, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), gitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir", g.dir}, args...)...)
	cmd.Env, cmd.Stdin = gitEnv(), stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

func (g *gitRepo) init(mainBranch string) error {
	if _, err := g.run(nil, "init", "-q", "--bare", "--initial-branch="+mainBranch, g.dir); err != nil {
		return err
	}
	config, err := os.OpenFile(filepath.Join(g.dir, "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("configure a bare repository: %w", err)
	}
	// No automatic maintenance: it would run in the middle of a measurement.
	_, err = config.WriteString("[http]\n\treceivepack = true\n[gc]\n\tauto = 0\n[receive]\n\tautogc = " +
		"false\n" +
		"[uploadpack]\n\tallowAnySHA1InWant = true\n\tallowFilter = true\n[core]\n\tlogAllRefUpdates = false\n")
	return errors.Join(err, config.Close())
}

// refs reads all refs from the files themselves; a process per request would cost milliseconds.
func (g *gitRepo) refs() (map[string]string, error) {
	refs := map[string]string{}
	packed, err := os.ReadFile(filepath.Join(g.dir, "packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read refs: %w", err)
	}
	for line := range strings.Lines(string(packed)) {
		if hash, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && isHash(hash) {
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
		if hash := strings.TrimSpace(string(data)); err == nil && isHash(hash) {
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
		return nil // a ref that was deleted while we walked
	}
	return err
}

func (g *gitRepo) branch(name string) (string, error) {
	refs, err := g.refs()
	if err != nil {
		return "", err
	}
	hash := refs["refs/heads/"+name]
	if hash == "" {
		return "", errNoObject
	}
	return hash, nil
}

// resolve turns a full or abbreviated hash, HEAD, a branch or a tag into a commit's hash.
func (g *gitRepo) resolve(revision, mainBranch string) (string, error) {
	if len(revision) >= 7 && len(revision) <= 40 && isHex(revision) {
		if c, err := g.commit(revision); err == nil || !errors.Is(err, errNoObject) {
			return c.Hash, err
		}
	}
	refs, err := g.refs()
	if err != nil {
		return "", err
	}
	if revision == "HEAD" {
		revision = mainBranch
	}
	for _, prefix := range []string{"refs/heads/", "refs/tags/"} {
		if hash := refs[prefix+revision]; hash != "" {
			c, err := g.commit(hash)
			return c.Hash, err
		}
	}
	return "", errNoObject
}

// object asks the long-lived process, starting it when needed. g.mu is held. An `info` has no data.
func (g *gitRepo) object(command, name string) (hash, kind string, size int64, data []byte, err error) {
	for attempt := 0; ; attempt++ {
		if err = g.start(); err == nil {
			hash, kind, size, data, err = g.ask(command, name)
		}
		if err == nil || errors.Is(err, errNoObject) || attempt > 0 {
			return hash, kind, size, data, err
		}
		g.stop() // it may have died; a new one answers or tells why
	}
}

func (g *gitRepo) ask(command, name string) (hash, kind string, size int64, data []byte, err error) {
	fail := func(err error) (string, string, int64, []byte, error) {
		return "", "", 0, nil, fmt.Errorf("read object %s: %w", name, err)
	}
	if _, err := io.WriteString(g.in, command+" "+name+"\n"); err != nil {
		return fail(err)
	}
	header, err := g.out.ReadString('\n')
	if err != nil {
		return fail(err)
	}
	f := strings.Fields(header)
	if len(f) != 3 { // "<name> missing" or "<name> ambiguous"
		return fail(errNoObject)
	}
	if size, err = strconv.ParseInt(f[2], 10, 64); err != nil {
		return fail(err)
	}
	if command == "contents" {
		data = make([]byte, size+1) // with the line feed that ends it
		if _, err := io.ReadFull(g.out, data); err != nil {
			return fail(err)
		}
		data = data[:size]
	}
	return f[0], f[1], size, data, nil
}

func (g *gitRepo) start() error {
	if g.cmd != nil {
		return nil
	}
	cmd := exec.Command("git", "--git-dir", g.dir, "cat-file", "--batch-command")
	cmd.Env = gitEnv()
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	g.cmd = cmd
	g.in = in
	g.out = bufio.NewReaderSize(out, 64<<10)
	return nil
}

func (g *gitRepo) stop() {
	if g.cmd != nil {
		_ = g.in.Close() // it ends by itself at the end of its input
		_ = g.cmd.Wait()
		g.cmd = nil
	}
}

func (g *gitRepo) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stop()
}

func isHash(s string) bool { return len(s) == 40 && isHex(s) }

func isHex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

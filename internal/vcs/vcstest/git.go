package vcstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// workTree is a clone from which a case pushes.
type workTree struct {
	t      *testing.T
	dir    string
	pushed func() // waits until the far side has seen a push
}

func newWorkTree(t *testing.T, pushURL string, pushed func()) *workTree {
	t.Helper()
	w := &workTree{t: t, dir: t.TempDir(), pushed: pushed}
	w.git("init", "--quiet", "--initial-branch=main")
	w.git("remote", "add", "origin", pushURL)
	return w
}

// git runs one command, isolated from the user's own Git settings.
func (w *workTree) git(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_TERMINAL_PROMPT=0", "GIT_AUTHOR_NAME=Ada Ærø", "GIT_AUTHOR_EMAIL=ada@nowhere.example",
		"GIT_COMMITTER_NAME=Ada Ærø", "GIT_COMMITTER_EMAIL=ada@nowhere.example",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *workTree) write(path, contents string) {
	w.t.Helper()
	full := filepath.Join(w.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(contents), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// commit commits everything and returns the hash.
func (w *workTree) commit(message string) string {
	w.t.Helper()
	w.git("add", "--all")
	w.git("commit", "--quiet", "--allow-empty", "--message", message)
	return w.git("rev-parse", "HEAD")
}

func (w *workTree) push(refspecs ...string) {
	w.t.Helper()
	w.git(append([]string{"push", "--quiet", "origin"}, refspecs...)...)
	w.pushed()
}

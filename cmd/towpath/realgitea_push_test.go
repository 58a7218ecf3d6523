//go:build realgitea

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"towpath/internal/vcs"
	"towpath/internal/vcs/vcstest"
)

// pushAtGitea runs the real program from end to end: wizard, consent, link, pushes, statuses, a
// rename.
func pushAtGitea(t *testing.T, g *realGitea) {
	w, err := newWorld(t.Context(), t.TempDir(), sqliteTargets{}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	w.must(t, w.start())
	p := g.person(t, w.info.ConsoleURL+"/oauth/callback")
	remote := p.repository(t, p.login, "shop.db")
	work := &checkout{t: t, dir: t.TempDir()}
	work.git("init", "--quiet", "--initial-branch=main")
	work.git("remote", "add", "origin", remote.PushURL)
	first := work.push(t, "migrations/shop/1__ddl__order.sql",
		"CREATE TABLE \"order\" (id INTEGER PRIMARY KEY);\n")
	w.linkAtGitea(t, p, remote)
	w.head = first
	w.must(t, w.wait("done"))
	w.wantAtGitea(t, p, remote, first, vcs.StatusSuccessful, 3)

	failing := work.push(t, "migrations/shop/2__ddl__line.sql",
		"CREATE TABLE line (id INTEGER PRIMARY KEY,);\n")
	w.head = failing
	w.must(t, w.wait("failed"))
	w.wantAtGitea(t, p, remote, failing, vcs.StatusFailed, 1)

	remote = p.rename(t, remote, "umbenannt")
	work.git("remote", "set-url", "origin", remote.PushURL)
	fixed := work.push(t, "migrations/shop/2__ddl__line.sql", "CREATE TABLE line (id INTEGER PRIMARY KEY);\n")
	w.head = fixed
	w.must(t, w.wait("done"))
	w.wantAtGitea(t, p, remote, fixed, vcs.StatusSuccessful, 3)
	for _, environment := range demoEnvironments {
		rows, err := w.query(environment, sqliteTargets{}.tables()+" ORDER BY name")
		if err != nil || !slices.Contains(rows, "line") || !slices.Contains(rows, "order") {
			t.Errorf("%s has %v, %v", environment, rows, err)
		}
	}
	w.must(t, w.stop(syscall.SIGTERM))
}

// linkAtGitea adds the provider and links the repository, as the wizards do.
func (w *world) linkAtGitea(t *testing.T, p *person, remote vcstest.Remote) {
	t.Helper()
	token := w.api.token
	w.api.token = "" // a person's browser
	defer func() { w.api.token = token }()
	var started struct{ ID, AuthorizeURL, GrantID string }
	var provider, link identified
	var projects items[identified]
	api := func(method, path string, in, out any) {
		t.Helper()
		w.must(t, w.api.call(w.ctx, method, path, in, out))
	}
	api("POST", "/git-provider-verifications", map[string]string{
		"type": "gitea", "instanceUrl": p.url, "displayName": "Our Gitea", "applicationId": p.clientID,
		"secret": p.secret,
	}, &started)
	p.consent(t, w.api.http, started.AuthorizeURL)
	api("POST", "/git-providers", map[string]string{"verificationId": started.ID}, &provider)
	api("GET", "/git-provider-verifications/"+started.ID, nil, &started)
	api("GET", "/projects", nil, &projects)
	api("POST", "/projects/"+projects.Items[0].ID+"/repository-links", map[string]any{
		"grantId": started.GrantID, "repositoryId": remote.ID, "branch": "main",
		"baseDirectory": demoDirectory, "filePathTemplate": demoTemplate, "existingFiles": "run",
	}, &link)
	w.linkID = link.ID
}

// wantAtGitea waits until a commit has a number of statuses in a state.
func (w *world) wantAtGitea(
	t *testing.T, p *person, remote vcstest.Remote, commit string, state vcs.StatusState, count int,
) {
	t.Helper()
	w.must(t, w.until(20*time.Second, func() (bool, string) {
		all := p.statuses(t, remote, commit)
		n := 0
		for _, s := range all {
			if s.State == state {
				n++
			}
		}
		return n == count, fmt.Sprintf("want %d of %s: %+v", count, state, all)
	}))
}

// checkout is a clone from which the test pushes.
type checkout struct {
	t   *testing.T
	dir string
}

func (c *checkout) git(args ...string) string {
	c.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = c.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada",
		"GIT_COMMITTER_EMAIL=ada@example.com",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// push writes a file, commits it and pushes, and returns the commit.
func (c *checkout) push(t *testing.T, path, text string) string {
	t.Helper()
	full := filepath.Join(c.dir, filepath.FromSlash(path))
	if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755),
		os.WriteFile(full, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	c.git("add", "--all")
	c.git("commit", "--quiet", "--message", "Change "+path)
	c.git("push", "--quiet", "origin", "HEAD:main")
	return c.git("rev-parse", "HEAD")
}

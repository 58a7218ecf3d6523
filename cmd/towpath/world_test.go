package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

// world is a real server process with a simulated Bitbucket, seeded through the public API.
type world struct {
	demo
	targets  targets
	ctx      context.Context
	far      *httptest.Server
	args     []string // of towpath serve
	metadata string   // its --metadata-url, "" for SQLite in dir
	log      *os.File
	process  *exec.Cmd
	grant    string
	linkID   string
	head     string      // last pushed to the link's branch
	seen     int         // requests to the provider that were counted
	waits    startable   // what a person has looked at
	schema   string      // that a person has looked at
	peer     *apiClient  // a DBA who writes no files; nil until one is needed
	post     *postOffice // the mail server; nil until a scenario starts one
	mailbox  *mailbox    // the newest receiver of notifications; nil until a scenario adds one
	receiver *receiver   // who is asked for approvals outside; nil until a scenario starts one
	asked    received    // its last request
	outside  *apiClient  // with its API token
}

// newWorld starts the simulator and prepares a server, which start starts. dir holds all its files.
func newWorld(ctx context.Context, dir string, where targets, metadata string) (w *world, err error) {
	w = &world{ctx: ctx, targets: where, metadata: metadata}
	w.dir, w.files, w.demo.log = dir, map[string]string{"README.md": "# Shop database\n"}, slog.New(
		slog.DiscardHandler)
	w.far = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter,
		r *http.Request,
	) {
		w.sim.ServeHTTP(rw, r)
	}))
	w.info.BitbucketURL = "http://localhost:" + w.far.URL[strings.LastIndex(w.far.URL, ":")+1:]
	w.sim, err = bitbucketsim.New(bitbucketsim.Options{
		Dir: filepath.Join(dir, "bitbucket"), BaseURL: w.info.BitbucketURL,
		Limits: bitbucketsim.Limits{RequestsPerHour: -1},
	})
	if err != nil {
		return nil, err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, err
	}
	w.info.ConsoleURL = "http://" + address
	w.args = []string{
		"serve", "--listen", address, "--data", filepath.Join(dir, "data"), "--sqlite-root",
		w.sqliteRoot(),
		"--bitbucket-url", w.info.BitbucketURL, "--bitbucket-api-url", w.sim.APIURL(), "--log-level", "debug",
	}
	if metadata != "" {
		w.args = append(w.args, "--metadata-url", metadata)
	}
	if w.log, err = os.Create(filepath.Join(dir, "server.log")); err != nil {
		return nil, err
	}
	w.api, err = newAPIClient(w.info.ConsoleURL)
	return w, err
}

// start starts the server process and waits until it is ready. The first start seeds the workspace.
func (w *world) start(args ...string) error {
	program, err := exec.LookPath("towpath")
	if err != nil {
		return err
	}
	w.process = exec.Command(program, append(slices.Clone(w.args), args...)...)
	w.process.Stderr = w.log
	out, err := w.process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := w.process.Start(); err != nil {
		return err
	}
	go func() { // the greeting has the setup token on its own line
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if line := strings.TrimSpace(lines.Text()); w.setup == "" && len(line) == 32 {
				w.setup = line
			}
		}
	}()
	if err := w.until(time.Minute, func() (bool, string) {
		resp, err := http.Get(w.info.ConsoleURL + "/readyz")
		if err != nil {
			return false, err.Error()
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusNoContent, resp.Status
	}); err != nil {
		text, _ := os.ReadFile(w.log.Name())
		return fmt.Errorf("the server is not ready: %w\n%s", err, text)
	}
	if w.info.APIToken != "" {
		return nil
	}
	w.info.Email, w.info.Password = "owner@example.com", "correct horse battery"
	w.info.GitUser, w.info.GitPassword = "olive", "pw"
	w.info.Branch, w.info.BaseDirectory, w.info.FilePathTemplate = "main", demoDirectory, w.targets.template()
	for _, step := range []func(context.Context) error{
		w.seedBitbucket, w.seedOwner,
		func(context.Context) error { return w.targets.seed(w) },
	} {
		if err := step(w.ctx); err != nil {
			return err
		}
	}
	w.grant, err = w.connect(w.ctx)
	w.api.token = w.info.APIToken
	return err
}

// stop ends the server process by a signal and waits for it.
func (w *world) stop(signal os.Signal) error {
	if w.process == nil {
		return nil
	}
	process := w.process
	w.process = nil
	if err := process.Process.Signal(signal); err != nil {
		return err
	}
	err := process.Wait()
	if signal == syscall.SIGKILL {
		return nil
	}
	return err
}

func (w *world) close() {
	_ = w.stop(syscall.SIGKILL)
	w.targets.drop(w)
	w.far.CloseClientConnections()
	_ = w.sim.Close()
	w.far.Close()
	_ = w.log.Close()
}

// until polls until cond returns true; its text describes what is missing. It fails when that text
// has not changed for the limit, so that a busy machine gets the time that it needs, and always
// after ten limits.
func (w *world) until(limit time.Duration, cond func() (bool, string)) error {
	began := time.Now()
	last, since := "", began
	for pause := 2 * time.Millisecond; ; pause = min(pause*3/2, 250*time.Millisecond) {
		asked := time.Now()
		ok, text := cond()
		if ok {
			return nil
		}
		now := time.Now()
		if text != last {
			last, since = text, now
		}
		if now.Sub(since) > limit || now.Sub(began) > 10*limit {
			return fmt.Errorf("timed out: %s", text)
		}
		// Many of these wait at once, so on a busy machine a slow answer makes the next question late.
		time.Sleep(max(pause, min(4*now.Sub(asked), 2*time.Second)))
	}
}

// cloneURL is the repository's address with the owner's credentials.
func (w *world) cloneURL() string {
	return strings.Replace(w.info.CloneURL, "://", "://"+w.info.GitUser+":"+w.info.GitPassword+"@", 1)
}

type linkView struct {
	SyncedCommit    string       `json:"syncedCommit"`
	AttentionReason demoReason   `json:"attentionReason"`
	HookState       string       `json:"hookState"`
	WaitsFor        demoReason   `json:"waitsFor"`
	LastError       demoReason   `json:"lastError"`
	Rollout         *demoRollout `json:"rollout"`
	Plan            struct {
		Blocked demoReason `json:"blocked"`
		Items   []planView `json:"items"`
	} `json:"plan"`
}

type planView struct {
	Version     string     `json:"version"`
	Path        string     `json:"path"`
	Environment string     `json:"environment"`
	DatabaseID  string     `json:"databaseId"`
	State       string     `json:"state"`
	Reason      demoReason `json:"reason"`
}

// state is the link's state: "syncing" until it has seen the pushed head and nothing runs, then the
// state of its open rollout, "done" when there is none.
func (w *world) state() (string, linkView) {
	var v linkView
	if err := w.api.call(w.ctx, "GET", "/repository-links/"+w.linkID, nil, &v); err != nil {
		return "unreachable: " + err.Error(), v
	}
	switch {
	case w.head != "" && v.SyncedCommit != w.head && v.AttentionReason.Code == "":
		return "syncing", v
	case v.AttentionReason.Code != "":
		return "attention", v
	case v.Rollout == nil:
		return "done", v
	}
	return v.Rollout.State, v
}

// wait waits for a state of the link.
func (w *world) wait(want string) error {
	return w.until(2*time.Minute, func() (bool, string) {
		got, v := w.state()
		return got == want, fmt.Sprintf("want %s, it is %s: %s %s %s", want, got, v.WaitsFor.Text, v.LastError.Text,
			v.AttentionReason.Text)
	})
}

// statuses lists the build statuses of a commit, "test SUCCESSFUL", in order of creation, without
// that of the SQL review, which comes at its own time.
func (w *world) statuses(commit string) (list []string) {
	for _, s := range w.sim.Statuses(demoRepository, commit) {
		if strings.HasSuffix(s.Name, " review") {
			continue
		}
		list = append(list, s.Name[strings.LastIndex(s.Name, " ")+1:]+" "+s.State)
	}
	return list
}

func (w *world) commit(t testing.TB, files map[string]string) string {
	t.Helper()
	hash, err := w.sim.Commit(demoRepository, "main", files, "change")
	if err != nil {
		t.Fatal(err)
	}
	w.head = hash
	return hash
}

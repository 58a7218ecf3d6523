package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// balancer sends requests to servers in turn. It asks each for /readyz, leaves out those that are not
// ready, and repeats no request: each that a server does not answer counts as failed.
type balancer struct {
	*httptest.Server
	ctx      context.Context // of the test
	mu       sync.Mutex
	servers  []*url.URL
	ready    map[string]bool
	next     int
	requests atomic.Int64
	hooks    atomic.Int64 // of the requests, those of a Git provider
	failures chan string
}

// probeEvery is how often a balancer asks for /readyz.
const probeEvery = 50 * time.Millisecond

func newBalancer(ctx context.Context) *balancer {
	b := &balancer{ctx: ctx, ready: map[string]bool{}, failures: make(chan string, 1000)}
	forward := &httputil.ReverseProxy{
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(b.choose())
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			if r.StatusCode >= http.StatusInternalServerError {
				b.failures <- fmt.Sprintf("%s %s: %s", r.Request.Method, r.Request.URL.Path, r.Status)
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil { // else the client has gone
				b.failures <- fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err)
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" { // for the test's own waits
			if b.choose().Host == nowhere {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		b.requests.Add(1)
		if strings.HasPrefix(r.URL.Path, "/hooks/") {
			b.hooks.Add(1)
		}
		forward.ServeHTTP(w, r)
	}))
	return b
}

// nowhere is the host of requests that no server is ready for.
const nowhere = "nowhere.invalid"

// choose returns the next server that is ready.
func (b *balancer) choose() *url.URL {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.servers {
		b.next++
		if server := b.servers[b.next%len(b.servers)]; b.ready[server.Host] {
			return server
		}
	}
	return &url.URL{Scheme: "http", Host: nowhere}
}

// probe asks a server whether it is ready until it is removed. Each server has a goroutine of its own,
// so that none waits for another's answer.
func (b *balancer) probe(server *url.URL) {
	for {
		ready := isReady(b.ctx, server.String())
		b.mu.Lock()
		there := slices.Contains(b.servers, server)
		b.ready[server.Host] = ready && there
		b.mu.Unlock()
		if !there {
			return
		}
		select {
		case <-b.ctx.Done():
			return
		case <-time.After(probeEvery):
		}
	}
}

func isReady(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", address+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusNoContent
}

// add sends requests to a server too, as soon as it is ready.
func (b *balancer) add(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	server, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	b.servers = append(b.servers, server)
	go b.probe(server)
}

// remove forgets a server that has ended.
func (b *balancer) remove(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.servers = slices.DeleteFunc(b.servers, func(u *url.URL) bool { return u.String() == address })
}

// uses reports whether requests go to a server.
func (b *balancer) uses(address string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready[strings.TrimPrefix(address, "http://")]
}

// TestRoll_failsNoRequest replaces two servers one after the other, behind a balancer, while people
// read, a Git provider delivers, and a change runs.
func TestRoll_failsNoRequest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	metadata := postgresTargets(servers.postgres.Target())
	name, err := metadata.create(ctx, "roll")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(ctx, t.TempDir(), postgresTargets(servers.postgres.Target()), metadata.dsn(name))
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	b := newBalancer(ctx)
	defer b.Close()
	own := w.info.ConsoleURL
	w.args = append(w.args, "--external-url", b.URL, "--drain=3s", "--poll-interval=1h")
	w.info.ConsoleURL = b.URL
	if w.api, err = newAPIClient(b.URL); err != nil {
		t.Fatal(err)
	}
	b.add(own)
	w.must(t, w.start())
	if w.linkID, err = w.link(ctx, w.grant, nil); err != nil {
		t.Fatal(err)
	}
	first := &replica{w: w, dir: w.dir, process: w.process, address: own, log: w.log.Name()}
	second := w.rolled(t, b)

	// A change that takes as long as the test wants, behind one that makes the ledgers.
	w.grow(t, 1)
	w.settled(t, 1)
	for _, environment := range demoEnvironments {
		_, err := w.query(environment, "CREATE TABLE pause (seconds INT)")
		w.must(t, err)
	}
	_, err = w.query("test", "INSERT INTO pause VALUES (600)")
	w.must(t, err)
	w.commit(t, map[string]string{w.path(2): "CREATE TABLE t2 (id INT);\nINSERT INTO t2 VALUES (1);\n" +
		"DO $$ BEGIN WHILE EXISTS (SELECT FROM pause) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$;\n"})
	w.runs(t, "test")

	stop := w.load(t, b)
	for _, old := range []*replica{first, second} {
		w.rolled(t, b)
		old.leave(t, b, metadata.dsn(name))
		w.runs(t, "test") // without waiting for the end of a lease
	}
	stop()
	_, err = w.query("test", "DELETE FROM pause")
	w.must(t, err)
	w.must(t, w.wait("done"))
	for _, environment := range demoEnvironments {
		if rows, err := w.query(environment, "SELECT count(*) FROM t2"); err != nil || !slices.Equal(rows, []string{"1"}) {
			t.Errorf("%s: the change is there %v times, %v", environment, rows, err)
		}
	}
	close(b.failures)
	failed := 0
	for failure := range b.failures {
		failed++
		t.Error(failure)
	}
	if b.requests.Load() < 100 || b.hooks.Load() < 10 {
		t.Errorf("only %d requests, %d of them deliveries", b.requests.Load(), b.hooks.Load())
	}
	t.Logf("%d deliveries", b.hooks.Load())
	fmt.Printf("rolled 2 replicas: %d requests, %d failed\n", b.requests.Load(), failed)
}

// rolled starts one more server and waits until requests go to it.
func (w *world) rolled(t *testing.T, b *balancer) *replica {
	t.Helper()
	r := &replica{w: w, dir: t.TempDir()}
	w.must(t, r.start("--external-url", b.URL, "--drain=3s", "--poll-interval=1h"))
	t.Cleanup(r.kill)
	b.add(r.address)
	w.must(t, w.until(time.Minute, func() (bool, string) {
		return b.uses(r.address), "no request goes to the new server"
	}))
	return r
}

// leave stops a server as a cluster does, and sees that it holds nothing any more.
func (r *replica) leave(t *testing.T, b *balancer, metadata string) {
	t.Helper()
	r.w.must(t, r.process.Process.Signal(syscall.SIGTERM))
	r.w.must(t, r.w.until(10*time.Second, func() (bool, string) {
		return !b.uses(r.address), "the server that stops still says that it is ready"
	}))
	state, err := r.process.Process.Wait()
	if err != nil || !state.Success() {
		t.Errorf("the server ended with %v, %v", state, err)
	}
	b.remove(r.address)
	text, err := os.ReadFile(r.log)
	r.w.must(t, err)
	owner := regexp.MustCompile(`msg=serving .*owner=(\S+)`).FindSubmatch(text)
	if owner == nil {
		t.Fatalf("the log names no owner: %s", text)
	}
	db, err := sql.Open("pgx", metadata)
	r.w.must(t, err)
	defer func() { _ = db.Close() }()
	for _, table := range []string{"job", `"database"`} {
		held := 0
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table+
			" WHERE lease_until IS NOT NULL AND lease_owner LIKE $1 || '%'", string(owner[1])).Scan(&held); err != nil || held > 0 {
			t.Errorf("the server that has ended holds %d rows of %s, %v", held, table, err)
		}
	}
}

// runs waits until the change that pauses runs in a database.
func (w *world) runs(t *testing.T, environment string) {
	t.Helper()
	w.must(t, w.until(time.Minute, func() (bool, string) {
		rows, err := w.query(environment, "SELECT count(*) FROM pg_stat_activity "+
			"WHERE datname = current_database() AND query LIKE 'DO $$%' AND state = 'active'")
		state, v := w.state()
		return slices.Equal(rows, []string{"1"}), fmt.Sprint("the change does not run: ", rows, err, state, v.WaitsFor, v.LastError)
	}))
}

// load sends requests through a balancer until stop is called: several people read, and pushes are
// delivered. It fails the test for each answer that is not a success.
func (w *world) load(t *testing.T, b *balancer) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(w.ctx)
	var all sync.WaitGroup
	head := w.head // the goroutine's own until stop
	for _, path := range []string{"/repository-links/" + w.linkID, "/rollouts", "/projects", "/environments"} {
		all.Go(func() {
			for ctx.Err() == nil {
				err := w.read(ctx, b.URL+"/api/v1"+path)
				if err != nil && ctx.Err() == nil {
					b.failures <- err.Error()
				}
			}
		})
	}
	all.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			before := b.hooks.Load() // a delivery may come before Commit returns
			hash, err := w.sim.Commit(demoRepository, "main", map[string]string{"notes.txt": fmt.Sprint(n)}, "Note")
			if err != nil {
				b.failures <- err.Error()
				return
			}
			head = hash
			_ = w.until(10*time.Second, func() (bool, string) { return ctx.Err() != nil || b.hooks.Load() > before, "" })
		}
	})
	return func() {
		cancel()
		all.Wait()
		w.head = head
	}
}

func (w *world) read(ctx context.Context, address string) error {
	r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+w.info.APIToken)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err = errors.Join(err, response.Body.Close()); err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", address, response.Status)
	}
	return err
}

// TestRoll_olderServerGivesWay upgrades the metadata below a running server, which ends at once and
// refuses to start again.
func TestRoll_olderServerGivesWay(t *testing.T) {
	t.Parallel()
	metadata := postgresTargets(servers.postgres.Target())
	name, err := metadata.create(t.Context(), "older")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(t.Context(), t.TempDir(), sqliteTargets{}, metadata.dsn(name))
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	w.must(t, w.start("--drain=5m"))
	db, err := sql.Open("pgx", metadata.dsn(name))
	w.must(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	w.must(t, err)
	process := w.process
	w.process = nil
	_ = process.Wait() // the error is the exit code
	if code := process.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("the older server ended with %d, want %d", code, exitFailed)
	}
	const words = "schema version 9999, made by a newer Towpath"
	if text, err := os.ReadFile(filepath.Join(w.dir, "server.log")); err != nil || !strings.Contains(string(text), words) {
		t.Errorf("the log does not say %q, %v: %s", words, err, text)
	}
	out, err := exec.CommandContext(t.Context(), "towpath", w.args...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), words) {
		t.Errorf("the older server starts again: %v, %s", err, out)
	}
}

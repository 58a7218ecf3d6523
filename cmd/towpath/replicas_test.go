package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReplicasShareTheWork runs two servers on one PostgreSQL and kills one after the other.
func TestReplicasShareTheWork(t *testing.T) {
	t.Parallel()
	fmt.Println(killReplicas(t, 30, 1500*time.Millisecond))
}

// BenchmarkReplicas is the same at length: 200 pushes, a kill every five seconds.
func BenchmarkReplicas(b *testing.B) {
	fmt.Println(killReplicas(b, 200, 5*time.Second))
}

// killReplicas pushes while two servers run, and kills them in turn. It fails unless every database
// has every migration exactly once, and returns a line of figures.
func killReplicas(t testing.TB, pushes int, every time.Duration) string {
	t.Helper()
	metadata := postgresTargets(servers.postgres.Target())
	name, err := metadata.create(t.Context(), "replicas")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(t.Context(), t.TempDir(), postgresTargets(servers.postgres.Target()),
		metadata.dsn(name))
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if err := w.start("--poll-interval=1s"); err != nil {
		t.Fatal(err)
	}
	if w.linkID, err = w.link(t.Context(), w.grant, nil); err != nil {
		t.Fatal(err)
	}
	second := &replica{w: w, dir: t.TempDir()}
	if err := second.start(); err != nil {
		t.Fatal(err)
	}
	defer second.kill()

	began, killed, kills := time.Now(), time.Now(), 0
	for n := 1; n <= pushes; n++ {
		w.commit(t,
			map[string]string{fmt.Sprintf("migrations/shop/%d__ddl__t.sql",
				n): fmt.Sprintf("CREATE TABLE t%d (id INT);\nINSERT INTO t%d VALUES (1);\n", n, n)})
		time.Sleep(every / 10)
		if time.Since(killed) < every {
			continue
		}
		killed = time.Now()
		kills++
		if kills%2 == 0 {
			second.kill()
			err = second.start()
		} else if err = w.stop(syscall.SIGKILL); err == nil {
			err = w.start("--poll-interval=1s")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.wait("done"); err != nil {
		t.Fatal(err)
	}
	lost, doubled := 0, 0
	for _, environment := range demoEnvironments {
		for n := 1; n <= pushes; n++ {
			rows, err := w.query(environment, fmt.Sprintf("SELECT count(*) FROM t%d", n))
			switch {
			case err != nil || slices.Equal(rows, []string{"0"}):
				lost++
			case !slices.Equal(rows, []string{"1"}):
				doubled++
			}
		}
	}
	if lost > 0 || doubled > 0 {
		t.Errorf("%d lost, %d doubled", lost, doubled)
	}
	return fmt.Sprintf("replicas: %d pushes to %d databases, %d kills in %s, %d lost, %d doubled",
		pushes, len(demoEnvironments), kills, time.Since(began).Round(time.Second), lost, doubled)
}

// replica is a second server on the metadata of a world.
type replica struct {
	w       *world
	dir     string
	process *exec.Cmd
	address string // of the running server
	log     string // its path
}

func (r *replica) start(more ...string) error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return err
	}
	args := slices.Clone(r.w.args)
	for i, arg := range args {
		switch arg {
		case "--listen":
			args[i+1] = address
		case "--data":
			args[i+1] = filepath.Join(r.dir, "data")
		}
	}
	program, err := exec.LookPath("towpath")
	if err != nil {
		return err
	}
	key := filepath.Join(r.w.dir, "data.key")
	args = append(args, "--external-url", r.w.info.ConsoleURL, "--key-file", key, "--poll-interval=1s")
	r.process = exec.Command(program, append(args, more...)...)
	r.address, r.log = "http://"+address, filepath.Join(r.dir, "server.log")
	log, err := os.OpenFile(r.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the process has its own
	r.process.Stdout, r.process.Stderr = log, log
	if err := r.process.Start(); err != nil {
		return err
	}
	return r.w.until(10*time.Second, func() (bool, string) {
		text, _ := os.ReadFile(log.Name())
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil, "the second server does not answer: " + strings.TrimSpace(string(text))
	})
}

func (r *replica) kill() {
	_ = r.process.Process.Kill()
	_ = r.process.Wait()
}

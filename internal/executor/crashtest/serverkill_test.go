package crashtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"towpath"
)

// program is the process of a database server.
type program struct {
	t    *testing.T
	pid  int
	args []string
	dir  string
	uid  uint32
	gid  uint32
	cmd  *exec.Cmd // nil unless it was started here
}

// find reads how a server was started from its pid file.
func find(t *testing.T, w *world) *program {
	t.Helper()
	file := ""
	if w.kind == towpath.EnginePostgres {
		file = filepath.Join(w.query("SHOW data_directory"), "postmaster.pid")
	} else {
		file = w.query("SELECT @@pid_file")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, dir: filepath.Dir(file)}
	first, _, _ := strings.Cut(string(text), "\n")
	if p.pid, err = strconv.Atoi(strings.TrimSpace(first)); err != nil {
		t.Fatal(err)
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	p.args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	info, err := os.Stat(fmt.Sprintf("/proc/%d", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		p.uid, p.gid = stat.Uid, stat.Gid
	}
	// Other tests run without durability; this one tests it. The disk itself does not fail.
	for i, arg := range p.args {
		p.args[i] = strings.NewReplacer("synchronous_commit=off", "synchronous_commit=on", "trx-commit=0",
			"trx-commit=1").Replace(arg)
	}
	return p
}

// kill ends the server and all its processes at once.
func (p *program) kill() {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", p.pid))
	if err != nil {
		p.t.Fatal(err)
	}
	_ = syscall.Kill(p.pid, syscall.SIGKILL)
	for field := range strings.FieldsSeq(string(children)) {
		if pid, err := strconv.Atoi(field); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	if p.cmd != nil {
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// start restarts the server and waits until it answers.
func (p *program) start(w *world) {
	for range 100 {
		p.cmd = exec.Command(p.args[0], p.args[1:]...)
		p.cmd.Dir = p.dir
		if os.Getuid() == 0 {
			p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: p.uid, Gid: p.gid}}
		}
		if err := p.cmd.Start(); err != nil {
			p.t.Fatal(err)
		}
		p.pid = p.cmd.Process.Pid
		ended := make(chan error, 1)
		go func(cmd *exec.Cmd) { ended <- cmd.Wait() }(p.cmd)
		for alive := true; alive; {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			err := w.plain.PingContext(ctx)
			cancel()
			if err == nil {
				p.cmd = nil // it has been waited for
				return
			}
			select {
			case <-ended: // processes of the dead server are still there
				alive = false
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	p.t.Fatal("the server does not start again")
}

// TestServerKilled kills the database server under a run, which resumes when the server is back.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	repeat := map[string]int{"brief": 0, "bounded": 1, "full": 5}[*size]
	total, indeterminate := 0, 0
	for _, e := range engines(towpath.EnginePostgres, towpath.EngineMySQL) {
		w := newWorldOn(t, &killable, e, nil)
		server := find(t, w)
		t.Cleanup(func() { _ = syscall.Kill(server.pid, syscall.SIGKILL) })
		for n, k := range kinds(e) {
			if repeat == 0 && n != 2 {
				continue
			}
			r := refer(t, e, k)
			for range max(repeat, 1) {
				for _, how := range []string{"wait", "flag"} {
					v := tryServer(t, server, e, k, r, how)
					t.Logf("%s, %s, server killed (%s): %s", e, k.name, how, v)
					if total++; v == unknown {
						indeterminate++
					}
				}
			}
		}
		w.close()
	}
	fmt.Printf("server-killed: %d trials, %d unknown\n", total, indeterminate)
}

func tryServer(t *testing.T, server *program, e towpath.EngineType, k kind, r reference, how string) verdict {
	t.Helper()
	w := newWorldOn(t, &killable, e, setups()[e])
	defer w.close()
	w.plan("1", k.script)
	c := w.child()
	c.Place, c.How, c.Nth, c.Flag = "after intent", how, max(1, (k.many+1)/2), filepath.Join(w.dir, "flag")
	cmd, out := w.start(c)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for range 1000 {
		if _, err := os.Stat(c.Flag); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if how == "flag" {
		time.Sleep(jitter(r.took / 3))
	}
	server.kill()
	_ = os.Remove(c.Flag)
	server.start(w)
	if err := <-ended; err != nil {
		t.Errorf("%s, %s: %v: %s", e, k.name, err, out)
	}
	text, reason, _ := strings.Cut(out.String(), "\n")
	s := towpath.TaskState(text)
	end := w.state(k)
	switch {
	case s == towpath.TaskUnknown && k.indeterminate:
		return unknown
	case s == towpath.TaskDone && end == r.end:
		return same
	case s == towpath.TaskDone && end == r.start:
		t.Errorf("%s, %s: lost", e, k.name)
		return lost
	}
	t.Errorf("%s, %s: %s %s\ndata %q, want %q\n%s", e, k.name, s, reason, end.data, r.end.data, end.dump)
	return doubled
}

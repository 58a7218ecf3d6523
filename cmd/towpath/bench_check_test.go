package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"towpath"
	"towpath/internal/sqlparse"
)

// BenchmarkCheck reviews 1,000 files of three statements with the built program, as a person would.
// Beside it stand the bare parse of the same statements and, where its package is installed, squawk.
func BenchmarkCheck(b *testing.B) {
	program, err := filepath.Abs("../../bin/towpath")
	if err != nil {
		b.Fatal(err)
	}
	folder := b.TempDir()
	var texts []sqlparse.Text
	var files []string
	for n := range 1000 {
		statements := []string{
			fmt.Sprintf("CREATE TABLE t%d (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz)", n),
			fmt.Sprintf("CREATE INDEX CONCURRENTLY i%d ON t%[1]d (name)", n),
			fmt.Sprintf("ALTER TABLE t%d ADD COLUMN b int NOT NULL DEFAULT 0", n),
		}
		content := ""
		for _, s := range statements {
			texts = append(texts, sqlparse.Text{Text: s})
			content += s + ";\n"
		}
		files = append(files, filepath.Join(folder, fmt.Sprintf("%04d__change.sql", n)))
		if err := os.WriteFile(files[n], []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	began := time.Now()
	if _, err := sqlparse.Parse(towpath.EnginePostgres, texts); err != nil {
		b.Fatal(err)
	}
	floor := time.Since(began)
	programs := [][]string{{program, "check", folder}}
	others, err := filepath.Glob("../../web/bench/node_modules/@squawk-cli/*/bin/squawk")
	if err != nil {
		b.Fatal(err)
	}
	for _, squawk := range others {
		programs = append(programs, append([]string{squawk}, files...))
	}
	runs := inTurns(b, programs)
	word := "ok"
	if runs[0].took > 300*time.Millisecond {
		word = "short"
	}
	fmt.Printf("bench: check-1000-files %s goal=300 ms %s (bare parse %d ms)\n", runs[0], word,
		floor.Milliseconds())
	for _, squawk := range runs[1:] {
		fmt.Printf("bench: check-1000-files-squawk %s\n", squawk)
	}
}

// usage is what a program has used.
type usage struct {
	took, cpu time.Duration // medians
	peak      int64         // KiB that the largest of its processes had
}

// String formats the figures.
func (r usage) String() string {
	return fmt.Sprintf("%d ms (CPU %d ms, %d MiB)", r.took.Milliseconds(), r.cpu.Milliseconds(), r.peak>>10)
}

// inTurns runs programs eleven times, one after the other, so that other work on the machine meets
// them alike.
func inTurns(b *testing.B, programs [][]string) []usage {
	b.Helper()
	const times = 11
	runs := make([]usage, len(programs))
	took, cpu := make([][]time.Duration, len(programs)), make([][]time.Duration, len(programs))
	for range times {
		for i, args := range programs {
			c := exec.CommandContext(b.Context(), args[0], args[1:]...)
			began := time.Now()
			err := c.Run() // both end with 1 when they find errors
			took[i] = append(took[i], time.Since(began))
			if c.ProcessState == nil || c.ProcessState.ExitCode() > 1 {
				b.Fatalf("run %s: %v", args[0], err)
			}
			cpu[i] = append(cpu[i], c.ProcessState.UserTime()+c.ProcessState.SystemTime())
			if own, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
				runs[i].peak = max(runs[i].peak, own.Maxrss)
			}
		}
	}
	for i := range runs {
		slices.Sort(took[i])
		slices.Sort(cpu[i])
		runs[i].took, runs[i].cpu = took[i][times/2], cpu[i][times/2]
	}
	return runs
}

// BenchmarkReviewMemory measures the memory of the built server and of its parser: at rest, and
// while they review 1,000 files of three statements.
func BenchmarkReviewMemory(b *testing.B) {
	bin, err := filepath.Abs("../../bin")
	if err != nil {
		b.Fatal(err)
	}
	b.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	where := postgresTargets(servers.postgres.Target())
	w, err := newWorld(b.Context(), b.TempDir(), where, "")
	if err != nil {
		b.Fatal(err)
	}
	defer w.close()
	if err := w.start("--log-level=warn"); err != nil {
		b.Fatal(err)
	}
	if w.linkID, err = w.link(b.Context(), w.grant, nil); err != nil {
		b.Fatal(err)
	}
	// signing in takes memory that comes back in minutes only
	if err := errors.Join(w.stop(os.Interrupt), w.start("--log-level=warn")); err != nil {
		b.Fatal(err)
	}
	server := w.process.Process.Pid
	before := residentKiB(b, server)
	w.commit(b, map[string]string{"migrations/shop/1__ddl__t.sql": "CREATE TABLE t (id bigint PRIMARY KEY);\n"})
	if err := w.reviewOf(1); err != nil {
		b.Fatal(err)
	}
	child := parserOf(b, server)
	atRest := residentKiB(b, child)
	files := map[string]string{}
	for n := range 1000 {
		files[fmt.Sprintf("migrations/shop/%d__ddl__t.sql", n+2)] = fmt.Sprintf(
			"CREATE TABLE t%d (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz);\n"+
				"CREATE INDEX i%[1]d ON t%[1]d (name);\nALTER TABLE t%[1]d ADD COLUMN b bigint;\n", n)
	}
	w.commit(b, files)
	if err := w.reviewOf(1000); err != nil { // the files themselves run for minutes
		b.Fatal(err)
	}
	fmt.Printf("bench: review-memory server %d MiB idle, %d MiB at most; "+
		"parser %d MiB at rest, %d MiB at most\n", before>>10, statusKiB(b, server, "VmHWM:")>>10,
		atRest>>10, statusKiB(b, parserOf(b, server), "VmHWM:")>>10)
}

// reviewOf waits for the review of a rollout of so many files.
func (w *world) reviewOf(files int) error {
	return w.until(time.Minute, func() (bool, string) {
		var r reviewView
		id, _, err := w.newestTasks()
		if err == nil {
			err = w.api.call(w.ctx, "GET", "/rollouts/"+id+"/review", nil, &r)
		}
		return err == nil && r.State == "done" && len(r.Files) >= files,
			fmt.Sprintf("the review of %d files is %s: %v", len(r.Files), r.State, err)
	})
}

// parserOf finds the child process that parses for a server.
func parserOf(b *testing.B, server int) int {
	b.Helper()
	all, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", server))
	if err != nil {
		b.Fatal(err)
	}
	for _, of := range all {
		text, err := os.ReadFile(of)
		if err != nil {
			continue // a thread has ended
		}
		for _, child := range strings.Fields(string(text)) {
			command, err := os.ReadFile("/proc/" + child + "/cmdline")
			if err == nil && strings.Contains(string(command), "parse-sql") {
				pid, err := strconv.Atoi(child)
				if err != nil {
					b.Fatal(err)
				}
				return pid
			}
		}
	}
	b.Fatal("no parser runs")
	return 0
}

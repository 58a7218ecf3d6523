package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	took, peak := process(b, program, "check", folder)
	word := "ok"
	if took > 300*time.Millisecond {
		word = "missed"
	}
	fmt.Printf("bench: check-1000-files %d ms goal=300 ms %s (bare parse %d ms, peak memory of a process %d MiB)\n",
		took.Milliseconds(), word, floor.Milliseconds(), peak>>10)
	others, err := filepath.Glob("../../web/bench/node_modules/@squawk-cli/*/bin/squawk")
	if err != nil {
		b.Fatal(err)
	}
	for _, squawk := range others {
		took, peak := process(b, squawk, files...)
		fmt.Printf("bench: check-1000-files-squawk %d ms (peak memory %d MiB)\n", took.Milliseconds(), peak>>10)
	}
}

// process runs a program nine times. It returns the median of its times, and the memory in KiB that
// the largest of its processes had.
func process(b *testing.B, name string, args ...string) (median time.Duration, peak int64) {
	b.Helper()
	var all []time.Duration
	for range 9 {
		c := exec.CommandContext(b.Context(), name, args...)
		began := time.Now()
		err := c.Run() // both end with 1 when they find errors
		all = append(all, time.Since(began))
		if c.ProcessState == nil || c.ProcessState.ExitCode() > 1 {
			b.Fatalf("run %s: %v", name, err)
		}
		if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, usage.Maxrss)
		}
	}
	slices.Sort(all)
	return all[len(all)/2], peak
}

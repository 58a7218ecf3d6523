package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// verdict formats a measure that should not exceed its goal.
func verdict(name string, measured, goal float64, unit string) string {
	word := "ok"
	if measured > goal {
		word = "short"
	}
	return fmt.Sprintf("bench: %s %.1f %s ratio=%.2f goal=1.00 (%.0f %s) %s", name, measured, unit,
		measured/goal, goal, unit, word)
}

// BenchmarkPushToStatement measures, for 100 real git pushes, the time from the end of the push
// until the first database has the change, and prints the costs of a running server.
func BenchmarkPushToStatement(b *testing.B) {
	w, err := newWorld(b.Context(), b.TempDir(), sqliteTargets{}, "")
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
	clone := b.TempDir()
	run := func(args ...string) {
		command := exec.Command("git",
			append([]string{"-C", clone, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
		if out, err := command.CombinedOutput(); err != nil {
			b.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("clone", "-q", w.cloneURL(), ".")
	if err := os.MkdirAll(clone+"/migrations/shop", 0o700); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for n := 1; n <= 100; n++ {
		if err := os.WriteFile(fmt.Sprintf("%s/migrations/shop/%d__ddl__t.sql", clone, n),
			fmt.Appendf(nil, "CREATE TABLE t%d (id INT);\n", n), 0o600); err != nil {
			b.Fatal(err)
		}
		run("add", "-A")
		run("commit", "-qm", "t")
		run("push", "-q", "origin", "HEAD")
		pushed := time.Now()
		for {
			rows, err := w.query("test", "SELECT 1 FROM sqlite_master WHERE name = 't"+strconv.Itoa(n)+"'")
			if err == nil && len(rows) == 1 {
				break
			}
			if time.Since(pushed) > 10*time.Second {
				b.Fatalf("push %d did not arrive: %v", n, err)
			}
			time.Sleep(time.Millisecond)
		}
		took = append(took, time.Since(pushed))
		if err := w.wait("done"); err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(took)
	fmt.Println(verdict("push-to-statement-p50", ms(took[49]), 20, "ms"))
	fmt.Println(verdict("push-to-statement-p99", ms(took[98]), 50, "ms"))
	fmt.Println(verdict("idle-memory", float64(residentKiB(b, w.process.Process.Pid)>>10), 60, "MiB"))
}

// BenchmarkStart measures the time from the process's start to readiness, on fresh data.
func BenchmarkStart(b *testing.B) {
	w, err := newWorld(b.Context(), b.TempDir(), sqliteTargets{}, "")
	if err != nil {
		b.Fatal(err)
	}
	defer w.close()
	if err := w.start(); err != nil { // the first start seeds; the second is measured
		b.Fatal(err)
	}
	if err := w.stop(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := w.start(); err != nil {
		b.Fatal(err)
	}
	fmt.Println(verdict("start-to-ready", ms(time.Since(began)), 50, "ms"))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// residentKiB reads how much memory a process has in RAM.
func residentKiB(b *testing.B, pid int) int { return statusKiB(b, pid, "VmRSS:") }

// statusKiB reads a field of a process's status that is an amount of memory.
func statusKiB(b *testing.B, pid int, field string) int {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		if fields := strings.Fields(string(line)); len(fields) == 3 && fields[0] == field {
			n, err := strconv.Atoi(fields[1])
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	return 0
}

package crashtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"towpath"
)

// largeScript is a script of size bytes, made of INSERTs of about 1 KiB each.
type largeScript struct {
	left int64
	n    int
	line bytes.Buffer
}

// Read implements io.Reader.
func (s *largeScript) Read(p []byte) (int, error) {
	if s.line.Len() == 0 {
		if s.n == 0 {
			s.line.WriteString("CREATE TABLE large (id INT PRIMARY KEY, note VARCHAR(1000));\n")
		}
		if s.left <= 0 {
			return 0, io.EOF
		}
		s.n++
		fmt.Fprintf(&s.line, "INSERT INTO large VALUES (%d, '%s');\n", s.n, strings.Repeat("abcdefghi ", 98))
		s.left -= int64(s.line.Len())
	}
	return s.line.Read(p)
}

// writePeak writes the largest resident memory of the process, libraries included.
// https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
func (c child) writePeak() error {
	if c.Peak == "" {
		return nil
	}
	status, err := os.Open("/proc/self/status")
	if err != nil {
		return err
	}
	defer func() { _ = status.Close() }() // only read
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			return os.WriteFile(c.Peak, []byte(strings.TrimSuffix(strings.TrimSpace(value), " kB")), 0o600)
		}
	}
	return errors.New("the system does not tell VmHWM")
}

// peak runs a process and returns its largest resident memory in MiB.
func (w *world) peak(c child) int {
	w.t.Helper()
	c.Peak = filepath.Join(w.dir, "peak")
	cmd, out := w.start(c)
	if err := cmd.Wait(); err != nil {
		w.t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(c.Peak)
	if err != nil {
		w.t.Fatal(err)
	}
	kib, err := strconv.Atoi(string(text))
	if err != nil {
		w.t.Fatal(err)
	}
	return kib >> 10
}

const (
	largeFile = 100 << 20 // bytes, as long as a file may be
	maxPeak   = 80        // MiB of a process that has nothing else to do
)

// applyLarge applies a large file in a separate process and returns its peak in MiB.
func applyLarge(tb testing.TB, e towpath.EngineType) int {
	tb.Helper()
	w := newWorld(tb, e, nil)
	defer w.close()
	script := &largeScript{left: largeFile}
	w.planText("1", script)
	mib := w.peak(w.child())
	if got := w.query("SELECT count(*) FROM large"); got != strconv.Itoa(script.n) {
		tb.Errorf("%s rows are there, want %d", got, script.n)
	}
	return mib
}

// keepLarge stores a large file in a separate process, as a sync does.
func keepLarge(tb testing.TB) int {
	tb.Helper()
	w := newWorld(tb, towpath.EngineSQLite, nil)
	defer w.close()
	c := w.child()
	c.Keep = largeFile
	return w.peak(c)
}

func TestLargeFile_needsLittleMemory(t *testing.T) {
	t.Parallel()
	if mib := keepLarge(t); mib > maxPeak {
		t.Errorf("storing a file of 100 MiB took %d MiB, want at most %d", mib, maxPeak)
	}
	if mib := applyLarge(t, towpath.EngineSQLite); mib > maxPeak {
		t.Errorf("applying a file of 100 MiB took %d MiB, want at most %d", mib, maxPeak)
	}
}

func BenchmarkLargeFile(b *testing.B) {
	tell := func(what, where string, mib int) {
		word := "ok"
		if mib > maxPeak {
			word = "short"
		}
		fmt.Printf("bench: %s-100mb-memory%s %d MiB goal=%d %s\n", what, where, mib, maxPeak, word)
	}
	for range b.N {
		tell("keep", "", keepLarge(b))
		tell("apply", "", applyLarge(b, towpath.EngineSQLite))
		tell("apply", "-postgres", applyLarge(b, towpath.EnginePostgres))
		tell("apply", "-mysql", applyLarge(b, towpath.EngineMySQL))
	}
}

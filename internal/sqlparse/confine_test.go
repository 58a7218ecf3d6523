package sqlparse_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"towpath/internal/sqlparse"
)

// confinedFlag makes this test's program try something as a child that is confined.
const confinedFlag = "confined"

// confined tries something and returns what comes of it.
func confined(what string) any {
	if err := sqlparse.Confine(); err != nil {
		return err
	}
	switch what {
	case "file":
		_, err := os.ReadFile("/etc/hostname")
		return err
	case "network":
		_, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", "127.0.0.1:9")
		return err
	case "process":
		return exec.CommandContext(context.Background(), "/bin/true").Run()
	case "memory":
		all := [][]byte{}
		for range 64 {
			block := make([]byte, 32<<20)
			for i := 0; i < len(block); i += 4096 {
				block[i] = 1
			}
			all = append(all, block)
		}
		return len(all)
	}
	return "unknown"
}

func TestConfine_leavesNoWayOut(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{
		"file":    "too many open files",
		"network": "too many open files",
		"process": "too many open files",
		"memory":  "out of memory",
	} {
		out, err := exec.CommandContext(t.Context(), program, confinedFlag, what).CombinedOutput()
		if !strings.Contains(string(out), want) {
			t.Errorf("%s: it says %.300s, %v; want %q", what, out, err, want)
		}
	}
}

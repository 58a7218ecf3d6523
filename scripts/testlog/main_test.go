package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRead_givesEachTestItsOwnLines runs tests that end in each way.
func TestRead_givesEachTestItsOwnLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want, not string }{
		"tests that pass": {
			`func TestA(t *testing.T) { t.Log("loud") }`, "ok  \tunlucky\t,1 passed, 0 failed, 0 skipped", "loud",
		},
		"one that fails beside others": {
			`func TestA(t *testing.T) { t.Run("größe", func(t *testing.T) { t.Error("because") }) }
			func TestB(t *testing.T) { t.Log("loud") }`,
			"--- FAIL: TestA/größe (,because,FAIL\tunlucky,1 passed, 2 failed, 0 skipped", "loud",
		},
		"a skipped one": {`func TestA(t *testing.T) { t.Skip("why not") }`, "--- SKIP: TestA (,why not,0 failed, 1 skipped", ""},
		"a panic":       {`func TestA(t *testing.T) { panic("order") }`, "FAIL\tunlucky,panic: order", "ok  "},
		"an early end":  {`func TestA(t *testing.T) { os.Exit(3) }`, "FAIL\tunlucky,0 passed, 1 failed", "ok  "},
		"no program":    {`func TestA(t *testing.T) { x := 1 }`, "declared and not used,FAIL\tunlucky", "ok  "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, text := range map[string]string{
				"go.mod":    "module unlucky\n\ngo 1.26\n",
				"a_test.go": "package unlucky\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nvar _ = os.Exit\n\n" + c.body,
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			run := exec.CommandContext(t.Context(), "go", "test", "-json", "./...")
			run.Dir = dir
			log, _ := run.Output() // the log says how it ended
			s := summary{output: map[[2]string][]string{}}
			var said strings.Builder
			if err := s.read(strings.NewReader(string(log)), &said); err != nil {
				t.Fatal(err)
			}
			for want := range strings.SplitSeq(c.want, ",") {
				if !strings.Contains(said.String(), strings.TrimSpace(want)) {
					t.Errorf("it lacks %q:\n%s", want, said.String())
				}
			}
			if c.not != "" && strings.Contains(said.String(), c.not) {
				t.Errorf("it has %q:\n%s", c.not, said.String())
			}
		})
	}
}

package main

import (
	"strings"
	"testing"
)

const printed = `goos: linux
bench: machine cores 2
bench: machine fdatasync-p50 400µs
bench: version PostgreSQL 17.2
bench: version PostgreSQL 17.2
bench: apply-1000-postgres ratio=2.50 goal=1.05 short (5s, floor 2s)
bench: apply-1000-postgres ratio=1.50 goal=1.05 short (3s, floor 2s)
bench: apply-1000-postgres ratio=2.00 goal=1.05 short (4s, floor 2s)
BenchmarkX	bench: push-to-statement-p50 20.0 ms ratio=0.13 goal=1.00 (150 ms) ok
bench: keep-100mb-memory 31 MiB goal=80 ok
bench: binary 51 MiB
bench: rehearsal of 20 files of one: 2.91 s
bench: rehearsal of 20 files of another: 3.91 s
bench: rehearsal of 20 files of one: 2.93 s
`

func TestPage(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(false, strings.NewReader(printed), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"- cores 2\n- fdatasync p50 400µs\n",
		"## Versions\n\n- PostgreSQL 17.2\n\n## Changes",
		"`apply-1000-postgres` | 2.00 (4s, floor 2s) | 1.05 | short: a file also pays",
		"`push-to-statement-p50` | 20.0 ms | 150 ms | ok |",
		"| `keep-100mb-memory` | 31 MiB | 80 | ok |",
		"| `binary` | 51 MiB |  |  |",
		"| `rehearsal` | of 20 files of one: 2.91 s |  |  |\n| `rehearsal` | of 20 files of another: 3.91 s |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, out.String())
		}
	}
}

// Each beginning must be that of a section, so that no word is about nothing.
func TestWords_areOfSections(t *testing.T) {
	t.Parallel()
	for _, w := range words {
		if title := sectionOf(w.begins); title == sections[len(sections)-1].title {
			t.Errorf("%s is in no section of its own", w.begins)
		}
	}
}

func TestMachine(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(true, strings.NewReader(""), &out); err != nil {
		t.Fatal(err)
	}
	lines, err := read(strings.NewReader(out.String()))
	if err != nil || len(lines) != 7 {
		t.Fatalf("%d lines, %v:\n%s", len(lines), err, out.String())
	}
	for _, l := range lines {
		if l.name == "machine" && measure(l.rest) <= 0 && !strings.Contains(l.rest, "load") && !strings.Contains(l.rest, "system") {
			t.Errorf("%s is nothing", l.rest)
		}
	}
}

package postgres_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/engine"
)

// withoutLedger hides the ledger from pg_dump.
const withoutLedger = "--exclude-schema=towpath_ledger"

// comparePgDump compares the output of pg_dump for a database and for the replay of our dump. It
// may show what our reader misses. The output also runs as a migration.
func comparePgDump(t *testing.T, source, replay engine.Target) {
	t.Helper()
	dump := server.Dump(t, source.Database, withoutLedger)
	want, got := plainDump(dump), plainDump(server.Dump(t, replay.Database, withoutLedger))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pg_dump tells the replay from its source:\n%s", diff)
	}
	runsAsFirstFile(t, dump)
}

// plainDump removes everything except objects: comments, blank lines, and the session's settings
// with their one-time tokens.
func plainDump(text string) (lines []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "--") || strings.HasPrefix(line, `\restrict `) ||
			strings.HasPrefix(line, `\unrestrict `) {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

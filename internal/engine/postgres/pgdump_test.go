package postgres_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/engine"
)

// withoutLedger leaves the ledger out of what pg_dump sees.
const withoutLedger = "--exclude-schema=towpath_ledger"

// comparePgDump lets pg_dump look at a database and at the replay of our dump of it. It sees what
// our reader may not. Its own dump runs as a migration.
func comparePgDump(t *testing.T, source, replay engine.Target) {
	t.Helper()
	dump := server.Dump(t, source.Database, withoutLedger)
	want, got := plainDump(dump), plainDump(server.Dump(t, replay.Database, withoutLedger))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pg_dump tells the replay from its source:\n%s", diff)
	}
	runsAsFirstFile(t, dump)
}

// plainDump leaves out what is no object: comments, blank lines, and the session's settings with
// their one-time tokens.
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

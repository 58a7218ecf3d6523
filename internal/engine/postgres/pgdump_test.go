package postgres_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/engine"
)

// comparePgDump lets pg_dump look at a database and at the replay of our dump of it. It sees what our reader may not.
func comparePgDump(t *testing.T, source, replay engine.Target) {
	t.Helper()
	want, got := plainDump(server.Dump(t, source.Database)), plainDump(server.Dump(t, replay.Database))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pg_dump tells the replay from its source:\n%s", diff)
	}
}

// plainDump leaves out what is no object: comments, blank lines, and the session's settings with their one-time tokens.
func plainDump(text string) (lines []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "--") || strings.HasPrefix(line, `\restrict `) || strings.HasPrefix(line, `\unrestrict `) {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

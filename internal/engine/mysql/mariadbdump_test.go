package mysql_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/engine"
)

// compareMariaDBDump compares the output of mariadb-dump for a database and for the replay of our
// dump. It may show what our reader misses.
func compareMariaDBDump(t *testing.T, source, replay engine.Target) {
	t.Helper()
	want, got := plainDump(server.Dump(t, source.Database),
		source.Database), plainDump(server.Dump(t, replay.Database), replay.Database)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mariadb-dump tells the replay from its source:\n%s", diff)
	}
}

// counter is how far a table has counted, which is its rows' affair: the one thing that a replay
// need not have.
var counter = regexp.MustCompile(`^(\) ENGINE=\S+) AUTO_INCREMENT=\d+`)

// charset is shown by MySQL if somebody wrote it, even when the collation after it implies it.
var charset = regexp.MustCompile(`CHARACTER SET \w+ COLLATE `)

// plainDump removes everything except objects: comments, blank lines, counters, and the database's
// name.
func plainDump(text, database string) (lines []string) {
	for line := range strings.Lines(text) {
		line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "`"+database+"`", "`this`")
		line = counter.ReplaceAllString(line, "$1")
		if server.MySQL {
			line = charset.ReplaceAllString(line, "COLLATE ")
		}
		if strings.Contains(line, "SET collation_connection ") {
			continue // of the session that made a view; no part of a schema
		}
		if line == "" || strings.HasPrefix(line, "--") {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

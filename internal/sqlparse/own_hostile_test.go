package sqlparse_test

import (
	"strings"
	"testing"

	"towpath"
)

// Whatever nests has a bound, so that no text makes the stack grow.
func TestParse_boundsNesting(t *testing.T) {
	t.Parallel()
	const n = 100_000
	for dialect, hostile := range map[towpath.EngineType][]string{
		towpath.EngineMySQL: {
			"SELECT " + strings.Repeat("(", n), "SELECT " + strings.Repeat("NOT ", n), "SELECT " + strings.Repeat("- ", n),
			"SELECT " + strings.Repeat("(SELECT ", n), "SELECT 1 FROM " + strings.Repeat("(", n),
			"SELECT " + strings.Repeat("f(", n), "SELECT " + strings.Repeat("INTERVAL(", n),
			"ALTER TABLE t ADD PARTITION (PARTITION p VALUES IN (" + strings.Repeat("(", n),
		},
		towpath.EngineSQLite: {
			"SELECT " + strings.Repeat("(", n), "SELECT " + strings.Repeat("NOT ", n),
			"SELECT 1 FROM " + strings.Repeat("(", n), "SELECT " + strings.Repeat("f(", n),
		},
	} {
		for _, text := range hostile {
			const why = "the statement is nested too deeply"
			if r := parsed(t, dialect, text); r.NotAnalyzed == nil || r.NotAnalyzed.Why != why {
				t.Errorf("%s: %.60s: %+v, want %q", dialect, text, r, why)
			}
		}
	}
}

package enginetest

import (
	"strings"
	"testing"
)

const needsMark = "-- needs: "

// suited removes from a fixture's script what the server does not support: lines that end with "--
// needs: WORD", or all of it if its first line is one. The fixture decides about the word. It
// reports whether anything is left.
func suited(t *testing.T, f Fixture, script string) (string, bool) {
	t.Helper()
	var kept strings.Builder
	lines := 0
	for line := range strings.Lines(script) {
		text, word, marked := strings.Cut(line, needsMark)
		word = strings.TrimSpace(word)
		switch {
		case !marked || (f.Has != nil && f.Has(word)):
			kept.WriteString(line)
		case strings.TrimSpace(text) == "":
			t.Logf("left out: the server is no %s", word)
			return "", false
		default:
			lines++
		}
	}
	if lines > 0 {
		t.Logf("%d lines left out: %s does not have what they need", lines, t.Name())
	}
	return kept.String(), true
}

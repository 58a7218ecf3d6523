package enginetest

import (
	"slices"
	"strings"
	"testing"

	"towpath/internal/engine"
)

// NamesCase is a text with what it makes, and names that it mentions or does not mention.
type NamesCase struct {
	Script  string
	Makes   string // joined by blanks
	Needs   string // the same; others may be mentioned too
	Without string // names that are not mentioned
}

// RunNames checks what an engine reads from texts.
func RunNames(t *testing.T, e engine.Engine, cases []NamesCase) {
	t.Helper()
	reader, ok := e.(engine.Reader)
	if !ok {
		t.Fatal("the engine reads no names")
	}
	for _, c := range cases {
		got := reader.Names(e.Split(strings.NewReader(c.Script)))
		if makes := strings.Join(got.Makes, " "); makes != c.Makes {
			t.Errorf("%s\nmakes %q, want %q", c.Script, makes, c.Makes)
		}
		for _, name := range strings.Fields(c.Needs) {
			if !slices.Contains(got.Needs, name) {
				t.Errorf("%s\nneeds %q, and lacks %s", c.Script, got.Needs, name)
			}
		}
		for _, name := range strings.Fields(c.Without) {
			if slices.Contains(got.Needs, name) {
				t.Errorf("%s\nneeds %q, with %s", c.Script, got.Needs, name)
			}
		}
	}
}

package enginetest

import (
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// MarkCase is a script and what it does to what a catalogue shows, as "+table a" or "-index b"; "?" stands before what may
// be there, or gone, already, and "everything" is a statement that takes with it what it does not name.
type MarkCase struct{ Name, Script, Want string }

// RunMarks reads the marks of scripts with an engine's dialect.
func RunMarks(t *testing.T, e engine.Engine, cases []MarkCase) {
	t.Helper()
	reader, ok := e.(engine.Reader)
	if !ok {
		t.Fatal("the engine reads no names")
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			marks := reader.Dialect().Marks(e.Split(strings.NewReader(c.Script)))
			if got := wordMarks(marks); got != c.Want {
				t.Errorf("%s\ndoes  %s\nwants %s", c.Script, got, c.Want)
			}
		})
	}
}

func wordMarks(marks []statement.Mark) string {
	words := make([]string, len(marks))
	for i, m := range marks {
		switch {
		case m.Thing == "":
			words[i] = "everything"
			continue
		case m.After == statement.There:
			words[i] = "+" + m.Thing
		default:
			words[i] = "-" + m.Thing
		}
		if m.Before == statement.Unknown {
			words[i] = "?" + words[i]
		}
	}
	return strings.Join(words, ", ")
}

package executor

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// verdict is the state of a statement in flight, as the catalogue shows it.
type verdict int

const (
	undecided  verdict = iota
	notStarted         // or without effect so far: running it is safe
	finished
	leftover // a failed build left something behind: remove it, then run
)

// verifyEffect compares the catalogue before a statement with the catalogue now. No session may
// still run the statement. why explains an undecided verdict.
func verifyEffect(c statement.Change, before, now []engine.Definition) (v verdict, why string) {
	for i, d := range now {
		if d.Broken != "" && (i >= len(before) || before[i].Broken != d.Broken) {
			return leftover, ""
		}
	}
	switch {
	case c.Effect == statement.Repeat:
		return notStarted, ""
	case c.Effect == statement.Opaque || len(c.Objects) == 0 || len(before) != len(c.Objects) || len(now) != len(before):
		return undecided, "the catalogue does not show what it does"
	case slices.Equal(before, now):
		return notStarted, ""
	}
	gone := func(d engine.Definition) bool { return d.Text == "" }
	done := false
	switch c.Effect {
	case statement.Create:
		done = gone(before[0]) && !gone(now[0])
	case statement.Drop:
		done = !slices.ContainsFunc(now, func(d engine.Definition) bool { return !gone(d) })
	case statement.Rename:
		done = gone(now[0]) && now[1].Text != before[1].Text && !gone(now[1])
	case statement.Alter:
		done = !slices.ContainsFunc(now, gone) && shows(c, before[0].Text, now[0].Text)
	}
	if done {
		return finished, ""
	}
	return undecided, "the catalogue has changed, but not as the statement would have it"
}

// shows reports whether a definition changed as the names in an ALTER say. A text that was cut may
// lack the names, so any difference counts there.
func shows(c statement.Change, before, now string) bool {
	if max(len(before), len(now)) > engine.MaxDefinition {
		return true
	}
	for _, name := range c.Gains {
		if count(now, name) <= count(before, name) {
			return false
		}
	}
	for _, name := range c.Losses {
		if n := count(now, name); n > 0 && n >= count(before, name) {
			return false
		}
	}
	return true
}

// count counts whole-word occurrences of a name in a definition, ignoring case.
func count(text, name string) (n int) {
	if name == "" {
		return 0
	}
	text, name = strings.ToLower(text), strings.ToLower(name)
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return n
		}
		start, end := from+at, from+at+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !ofName(before) && !ofName(after) {
			n++
		}
		from = end
	}
}

// ofName reports whether a character can continue an unquoted name.
func ofName(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// missed describes what a statement that reported success failed to do; "" when the catalogue shows
// its effect.
func missed(c statement.Change, before, now []engine.Definition) string {
	switch v, _ := verifyEffect(c, before, now); {
	case v == leftover:
		return "The statement ended, but what it built is broken, and was removed."
	case c.Effect == statement.Create && len(now) > 0 && now[0].Text == "":
		return fmt.Sprintf("The statement ended without an error, but there is no %s %s.", c.Objects[0].Kind, c.Objects[0].Name)
	case c.Effect == statement.Drop && len(now) > 0 && now[0].Text != "" && before[0].Text == now[0].Text:
		return fmt.Sprintf("The statement ended without an error, but the %s %s is still there.", c.Objects[0].Kind, c.Objects[0].Name)
	}
	return ""
}

// states lists both definitions of each object, for a person to compare.
func states(objects []statement.Object, before, now []engine.Definition) (list []towpath.Reason) {
	side := func(list []engine.Definition, i int) string {
		if i >= len(list) || list[i].Text == "" {
			return "(not there)"
		}
		return list[i].Text
	}
	for i, o := range objects {
		list = append(list, towpath.Why(towpath.ReasonObject,
			"object", fmt.Sprintf("%s %s", o.Kind, o.Name), "before", side(before, i), "now", side(now, i)))
	}
	return list
}

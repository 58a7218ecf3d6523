package executor

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

// verdict is the state of a statement in flight, according to the catalog.
type verdict int

const (
	undecided  verdict = iota
	notStarted         // or without effect yet: running it is safe
	finished
	leftover // a failed build left something behind: remove it, then run
)

// observation is a statement's expected change, and its objects before it and now.
type observation struct {
	change schema.Change
	before []engine.Definition // one for each of the change's objects
	now    []engine.Definition
}

// verifyEffect compares the objects before a statement with the current ones. No session may still
// run the statement. why explains an undecided verdict.
func verifyEffect(o observation) (v verdict, why towpath.Doubt) {
	for i, d := range o.now {
		if d.Broken != "" && (i >= len(o.before) || o.before[i].Broken != d.Broken) {
			return leftover, ""
		}
	}
	n := len(o.change.Objects)
	switch {
	case o.change.Effect == schema.Repeat:
		return notStarted, ""
	case o.change.Effect == schema.Opaque || n == 0 || len(o.before) != n || len(o.now) != n:
		return undecided, towpath.DoubtNotShown
	case slices.Equal(o.before, o.now):
		return notStarted, ""
	case o.complete():
		return finished, ""
	}
	return undecided, towpath.DoubtOtherChange
}

// complete reports whether the objects are in the state that the statement creates.
func (o observation) complete() bool {
	gone := func(d engine.Definition) bool { return d.Text == "" }
	before, now := o.before, o.now
	switch o.change.Effect {
	case schema.Create:
		return gone(before[0]) && !gone(now[0])
	case schema.Drop:
		return !slices.ContainsFunc(now, func(d engine.Definition) bool { return !gone(d) })
	case schema.Rename:
		return gone(now[0]) && now[1].Text != before[1].Text && !gone(now[1])
	case schema.Alter:
		return !slices.ContainsFunc(now, gone) && shows(o.change, before[0].Text, now[0].Text)
	}
	return false
}

// shows reports whether a definition changed by the names in an ALTER. A shortened text may lack
// the names, so any difference counts there.
func shows(c schema.Change, before, now string) bool {
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

// ofName reports whether a character can be part of an unquoted name.
func ofName(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// missed is what a statement failed to do although it reported success; zero when the catalog shows
// its effect.
func (o observation) missed() towpath.Reason {
	v, _ := verifyEffect(o)
	if v == leftover {
		return towpath.Why(towpath.ReasonBuildBroken)
	}
	if len(o.now) == 0 {
		return towpath.Reason{}
	}
	object, now := o.change.Objects[0], o.now[0].Text
	name := fmt.Sprintf("%s %s", object.Kind, object.Name)
	switch {
	case o.change.Effect == schema.Create && now == "":
		return towpath.Why(towpath.ReasonNotCreated, "object", name)
	case o.change.Effect == schema.Drop && now != "" && o.before[0].Text == now:
		return towpath.Why(towpath.ReasonNotDropped, "object", name)
	}
	return towpath.Reason{}
}

// states lists both definitions of each object, for a person to compare.
func (o observation) states() (list []towpath.Reason) {
	side := func(list []engine.Definition, i int) string {
		if i >= len(list) || list[i].Text == "" {
			return "(not there)"
		}
		return list[i].Text
	}
	for i, object := range o.change.Objects {
		name := fmt.Sprintf("%s %s", object.Kind, object.Name)
		list = append(list, towpath.Why(towpath.ReasonObject,
			"object", name, "before", side(o.before, i), "now", side(o.now, i)))
	}
	return list
}

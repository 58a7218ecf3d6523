package plan

import (
	"slices"
	"strings"

	"towpath"
	"towpath/internal/schema"
)

// Trace is an object that a file makes or drops, and what a database shows of it.
type Trace struct {
	Object string // as in schema.Mark
	Wanted bool   // whether a database that has the file has the object
	There  bool   // whether the database has it
}

// Fits reports whether the database shows what it would show after the file.
func (t Trace) Fits() bool { return t.Wanted == t.There }

// Reason says what the database shows against the file; zero when it fits.
func (t Trace) Reason() towpath.Reason {
	switch {
	case t.Fits():
		return towpath.Reason{}
	case t.Wanted:
		return towpath.Why(towpath.ReasonMarkLacks, "object", t.Object)
	}
	return towpath.Why(towpath.ReasonMarkHas, "object", t.Object)
}

// Traces compares what one file leaves with the named objects that a database has, ordered by name.
// Objects whose state after the file is not known are left out, so a file without traces shows
// nothing.
func Traces(marks []schema.Mark, objects map[string]bool) (traces []Trace) {
	touches := map[string][]touch{}
	for _, m := range marks {
		if m.Object != "" {
			touches[m.Object] = nil
		}
	}
	for _, m := range marks {
		addTouch(touches, touch{Mark: m})
	}
	for object, list := range touches {
		if after := list[len(list)-1].After; after != schema.Unknown {
			traces = append(traces, Trace{Object: object, Wanted: after == schema.There, There: objects[object]})
		}
	}
	slices.SortFunc(traces, func(a, b Trace) int { return strings.Compare(a.Object, b.Object) })
	return traces
}

// Package schema says what statements do to a catalog, and what a catalog holds, as plain data.
// It decides by its arguments alone.
package schema

// Effect is the kind of thing that a statement does to a catalog.
type Effect string

const (
	Opaque Effect = "opaque" // no catalog shows whether it was done
	Repeat Effect = "repeat" // doing it twice is as good as once
	Create Effect = "create" // its object is there afterwards, and was not before
	Drop   Effect = "drop"   // its objects are gone afterwards
	Alter  Effect = "alter"  // its object's definition differs afterwards
	Rename Effect = "rename" // of each pair of objects the first is gone and the second is there
)

// Object is something that a catalog knows by name.
type Object struct {
	Kind string `json:"kind"` // as in the statement, lower case: table, index, view, …
	// with its schema when the statement says it; quoted only where Parts needs it
	Name string `json:"name"`
	On   string `json:"on,omitempty"` // the table of an index
}

// Change is what a statement does to a catalog, as far as its text tells.
type Change struct {
	Effect  Effect
	Objects []Object
	Gains   []string // names of columns and keys that the definition has afterwards
	Losses  []string // and of those that it has no more
}

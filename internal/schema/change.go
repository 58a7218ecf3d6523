// Package schema describes what statements do to a catalog, and the content of a catalog, as plain
// data. It is pure.
package schema

// Effect is what a statement does to a catalog.
type Effect string

const (
	Opaque Effect = "opaque" // no catalog shows whether it ran
	Repeat Effect = "repeat" // running it twice has the same effect as once
	Create Effect = "create" // its object exists afterwards, and did not before
	Drop   Effect = "drop"   // its objects are gone afterwards
	Alter  Effect = "alter"  // its object's definition differs afterwards
	Rename Effect = "rename" // of each pair of objects the first is gone and the second exists
)

// Object is something that a catalog lists by name.
type Object struct {
	Kind string `json:"kind"` // as in the statement, lower case: table, index, view, …
	// with its schema if the statement has it; quoted only where Parts needs it
	Name string `json:"name"`
	On   string `json:"on,omitempty"` // the table of an index
}

// Change is what a statement does to a catalog, as far as its text shows.
type Change struct {
	Effect  Effect
	Objects []Object
	Gains   []string // names of columns and keys that the definition has afterwards
	Losses  []string // and those that it has no longer
}

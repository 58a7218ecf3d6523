package schema

// Presence is whether a catalog has an object.
type Presence int

const (
	Unknown Presence = iota
	Absent
	There
)

// Mark is the effect of a statement on one object that a catalog shows by name.
type Mark struct {
	// "table customer", "column customer.phone", "index by_name"; "" is everything, in an unknown
	// state
	Object string
	Before Presence // without which the statement would fail
	After  Presence
}

// Footprint is what a catalog shows of a file by name.
type Footprint struct {
	Marks   []Mark
	Columns []string // of the tables that it creates, as objects
	// Whole says that the marks and columns are all that it does. Types and keys are not compared.
	Whole bool
}

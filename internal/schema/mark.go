package schema

// Presence says whether a catalog has a thing.
type Presence int

const (
	Unknown Presence = iota
	Absent
	There
)

// Mark is what a statement does to one thing that a catalog shows by name.
type Mark struct {
	// "table customer", "column customer.phone", "index by_name"; "" is everything, with nothing
	// known of it
	Thing  string
	Before Presence // without which the statement would fail
	After  Presence
}

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

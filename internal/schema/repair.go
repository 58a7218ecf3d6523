package schema

// Repair is the SQL that brings a schema back to an earlier one, as far as it can be written with
// certainty.
type Repair struct {
	Statements []string // in order, without terminators
	Unwritten  []string // the first lines of what differs too, and is not written
	Loses      bool     // whether a statement removes a table or a column, with its rows
}

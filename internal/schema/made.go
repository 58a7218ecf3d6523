package schema

import (
	"slices"
	"strings"
)

// Made is what must exist after a statement. A server may report success although it does not: it
// skips IF NOT EXISTS, accepts a broken index, and replaces the named storage engine.
type Made struct {
	Kind string // table, foreign table, view, materialized view, sequence, trigger, index
	Name string // as in Object
	On   string // the table of an index or a trigger
	Only bool   // of an index: of the parent only, whose partitions follow later
	// by REINDEX: index, table or schema, which Name names; "" when the statement creates something
	Rebuilt string
	Engine  string // the storage engine of the table; "" when the statement names none

	// Columns are the columns of a table, or the keys of an index in order, "" for a key that is
	// not a plain column. They are read where IF NOT EXISTS may skip an object of another shape.
	Columns []string
	Unique  bool // of an index: its keys differ from row to row

	Foreign [][]string // the columns of each foreign key that a table is to have
}

// Differs describes how the existing table or index differs from the statement; "" when it does not
// in what is read. A table may have more columns. same compares names as the server does.
func (m Made) Differs(columns []string, unique bool, same func(a, b string) bool) string {
	var missing []string
	for i, want := range m.Columns {
		among := columns
		if m.Kind == "index" {
			among = columns[min(i, len(columns)):min(i+1, len(columns))]
		}
		if want != "" && !slices.ContainsFunc(among, func(have string) bool { return same(want, have) }) {
			missing = append(missing, want)
		}
	}
	switch {
	case m.Kind == "table" && len(missing) > 0:
		return "it has no column " + strings.Join(missing, ", ")
	case m.Kind != "index" || len(m.Columns) == 0:
		return ""
	case len(missing) > 0 || len(columns) != len(m.Columns):
		return "its columns are (" + strings.Join(columns, ", ") + ")"
	case m.Unique && !unique:
		return "it is not unique"
	case unique && !m.Unique:
		return "it is unique"
	}
	return ""
}

// Conditional is a statement with IF NOT EXISTS. Its text is cut into parts, so that a driver can
// create a similar object under another name and compare the server's descriptions of both.
type Conditional struct {
	// the statement's words in lower case, such as table or materialized view; column for ALTER
	// TABLE
	Kind  string
	Name  string // as in Object; of ALTER TABLE the table
	On    string // the table of an index or a trigger
	Head  string // the text between CREATE and the kind
	Rest  string // the text after the name, or after the table of an index
	Names string // the names of columns in parentheses before Query
	Query string // of a table or a view that is filled by a query

	Columns []Column // of a new table, or those that ALTER TABLE adds if they do not exist
	Adds    []Adding // clauses of ALTER TABLE that add something unless it is there, in order
}

// Adding is a clause of ALTER TABLE.
type Adding struct {
	Kind string // column, key, primary key, constraint; "" for one that cannot be compared
	Name string // "" when the clause does not say it
	Text string // from ADD on, without a place among other columns
}

// Column is a column as a statement defines it.
type Column struct {
	Name string
	Type string // "" when the statement's type cannot be read
	Text string // the definition, with the name

	Collation string   // "" when it is not said
	Source    string   // the expression of a generated column; "" for any other
	Comment   string   // with its quotes
	Checks    []string // their expressions
	Counts    bool     // AUTOINCREMENT
}

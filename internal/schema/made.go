package schema

import (
	"slices"
	"strings"
)

// Made is what a statement says is there when it has ended, although a server may end it well and
// leave something else: it passes over IF NOT EXISTS and over an index that is broken, and takes
// another storage engine than the one that is named.
type Made struct {
	Kind string // table, foreign table, view, materialized view, sequence, trigger, index
	Name string // as in Object
	On   string // the table of an index or a trigger
	Only bool   // of an index: of the parent alone, whose partitions are to follow
	// by REINDEX: index, table or schema, which Name names; "" when the statement makes something
	Rebuilt string
	Engine  string // the storage engine that a table is to have; "" when the statement says nothing

	// Columns are those that a table is to have, or the keys of an index in order, "" for one that
	// is no plain column. They are read where IF NOT EXISTS may pass over a thing of another shape.
	Columns []string
	Unique  bool // of an index: its keys differ from row to row
}

// Differs says in what the table or the index that is there is another than the statement makes; ""
// when in nothing that is read. A table may have more columns. same compares names as the server
// does.
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

// Conditional is a statement that passes over what is there already: IF NOT EXISTS. It is cut into
// parts of its own text, so that a driver can make a like object under another name, and compare
// what the server says of both.
type Conditional struct {
	// the statement's words in lower case, such as table or materialized view; column for ALTER
	// TABLE
	Kind  string
	Name  string // as in Object; of ALTER TABLE the table
	On    string // the table of an index or a trigger
	Head  string // what stands between CREATE and the kind
	Rest  string // what stands behind the name, or behind the table of an index
	Names string // the names of columns in parentheses in front of Query
	Query string // of a table or a view that is filled by one

	Columns []Column // of a new table, or those that ALTER TABLE adds unless they are there
}

// Column is a column as a statement defines it.
type Column struct {
	Name string
	Type string // "" where the statement does not say it in words that can be read
	Text string // the definition, with the name
}

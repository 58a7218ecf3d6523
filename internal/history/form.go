package history

import (
	"slices"
	"strings"
)

// Form is a table as a tool creates it.
type Form struct {
	Tool     string
	Schema   string // the only one that it is in; "" for any
	Table    string
	Columns  []string // that it must have; these are read, and of the optional ones those that exist
	Optional []string // that it may have; a table with any other column is not the tool's
	Unread   []string // that it may have, and that are of no use here
	Order    []string // the columns that bring its rows into the order of their writing
	Bytes    []string // columns with bytes
	Heads    bool     // its migrations are code

	read func([]Row) []Entry
}

// Tools that read a table of the same form.
const (
	toolDbmate = "dbmate"
	toolRails  = "Rails"
)

// railsMark is a table that Rails keeps beside its history.
const railsMark = "ar_internal_metadata"

// Forms returns the forms of all known tables.
func Forms() []Form {
	return slices.Concat(javaForms(), goForms(), nodeForms(), otherForms(), headForms(),
		[]Form{{Table: railsMark, Columns: []string{"key"}, Unread: []string{"value", "created_at", "updated_at"}}})
}

// Names lists the names of all known tables, in lower case.
func Names() (names []string) {
	for _, f := range Forms() {
		names = append(names, strings.ToLower(f.Table))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Fitting returns the forms that a table may have, by its schema, its name and all of its columns. A
// form of one schema goes before those of any.
func Fitting(schema, name string, columns []string) (forms []Form) {
	for _, f := range Forms() {
		switch {
		case !f.fits(schema, name, columns):
		case f.Schema != "":
			return []Form{f}
		default:
			forms = append(forms, f)
		}
	}
	return forms
}

func (f Form) fits(schema, name string, columns []string) bool {
	if !strings.EqualFold(f.Table, name) || (f.Schema != "" && f.Schema != schema) {
		return false
	}
	lower := make([]string, len(columns))
	for i, c := range columns {
		lower[i] = strings.ToLower(c)
	}
	for _, c := range f.Columns {
		if !slices.Contains(lower, c) {
			return false
		}
	}
	for _, c := range lower {
		if !slices.Contains(f.Columns, c) && !slices.Contains(f.Optional, c) && !slices.Contains(f.Unread, c) {
			return false
		}
	}
	return true
}

// Wanted lists the columns to read from a table of this form, as the table names them.
func (f Form) Wanted(columns []string) (wanted []string) {
	for _, c := range columns {
		if lower := strings.ToLower(c); slices.Contains(f.Columns, lower) || slices.Contains(f.Optional, lower) {
			wanted = append(wanted, c)
		}
	}
	return wanted
}

// Grows returns the column whose newest value changes with a new row, as the table names it.
func (f Form) Grows(columns []string) string {
	first := append(slices.Clone(f.Order), f.Columns...)[0]
	for _, c := range columns {
		if strings.EqualFold(c, first) {
			return c
		}
	}
	return ""
}

// narrow decides between tools that share a form by what else the database has.
func narrow(forms []Form, tables []Table) []Form {
	if len(forms) < 2 {
		return forms
	}
	for _, t := range tables {
		if strings.EqualFold(t.Name, railsMark) {
			return slices.DeleteFunc(forms, func(f Form) bool { return f.Tool != toolRails })
		}
	}
	return forms
}

// Package history reads the tables in which other migration tools keep what they have applied. It is
// pure: rows in, entries out.
package history

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// MaxRows is how many rows of a table are read. A table with more is cut, and proves nothing.
const MaxRows = 20_000

// Table is a table that may belong to another tool, as it was read from a database.
type Table struct {
	Schema  string   `json:"schema,omitempty"` // "" in engines without schemas
	Name    string   `json:"table"`
	Columns []string `json:"columns"`          // all of its columns
	Rows    []Row    `json:"rows"`             // in the order of the form that fits
	Cut     bool     `json:"cut,omitempty"`    // there are more rows than were read
	Hidden  bool     `json:"hidden,omitempty"` // the user of the instance may not read it
	Column  string   `json:"-"`                // that grows with its rows
	Mark    string   `json:"-"`                // of the rows, read before them
}

// Place is a table's column that grows with its rows.
type Place struct{ Schema, Table, Column string }

// Row has the texts of a row by the column's name in lower case. A column that is NULL is not in it.
// Bytes are lower hex.
type Row map[string]string

// State is what a history says of a migration.
type State string

const (
	Applied  State = "applied"
	Unknown  State = "unknown"  // it failed, did not finish, or the row cannot be understood
	Undone   State = "undone"   // it was applied, and taken back
	Baseline State = "baseline" // recorded as applied without running
)

// Entry is what a history says of one migration. An older row of the same migration is replaced by
// a newer one.
type Entry struct {
	Version string    // as the tool writes it; "" when it has only a name
	Name    string    // of its file or folder; "" when the history has none
	Sum     Sum       // of its text when it was applied; zero when the history has none
	State   State     // of this migration
	UpTo    bool      // every older version is applied too
	At      time.Time // zero when the history does not say
}

// History is what one table says.
type History struct {
	Tools  []string // more than one when the table does not say which of them wrote it
	Schema string
	Table  string
	// Heads says that the tool's migrations are code, so that no entry has a file of SQL.
	Heads   bool
	Cut     bool // there are more rows than were read: nothing may be concluded
	Hidden  bool // the user of the instance may not read it: nothing is known
	Entries []Entry
	// Fingerprint changes with every row, so that a tool that still writes is noticed.
	Fingerprint string
	// Column grows with the rows, and Mark is their number and its newest value. A cheap query reads
	// them again. "" when they could not be read.
	Column, Mark string
}

// Read returns the histories among tables. A table whose columns are not those of a tool is left
// out: it belongs to an application.
func Read(tables []Table) (list []History) {
	for _, t := range tables {
		forms := Fitting(t.Schema, t.Name, t.Columns)
		if len(forms) == 0 || forms[0].Tool == "" {
			continue // an application's own, or one that only marks a tool
		}
		forms = narrow(forms, tables)
		h := History{
			Schema:      t.Schema,
			Table:       t.Name,
			Heads:       forms[0].Heads,
			Cut:         t.Cut,
			Hidden:      t.Hidden,
			Entries:     forms[0].read(t.Rows),
			Fingerprint: fingerprint(t),
			Column:      t.Column,
			Mark:        t.Mark,
		}
		for _, f := range forms {
			h.Tools = append(h.Tools, f.Tool)
		}
		list = append(list, h)
	}
	return list
}

// Newest is when the history was last written to; zero when it does not say.
func (h History) Newest() (at time.Time) {
	for _, e := range h.Entries {
		if e.At.After(at) {
			at = e.At
		}
	}
	return at
}

func fingerprint(t Table) string {
	text, err := json.Marshal(t)
	if err != nil { // texts and lists always encode
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

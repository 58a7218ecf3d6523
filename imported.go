package towpath

import (
	"encoding/json"
	"time"
)

// HistorySource says where a row of a ledger came from that another migration tool's history proves
// or claims, or that only the catalog speaks for.
type HistorySource struct {
	Tool    string    `json:"tool,omitempty"` // "" for a file that no history names
	Table   string    `json:"table,omitempty"`
	Version string    `json:"version,omitempty"` // as the tool writes it
	Name    string    `json:"name,omitempty"`    // of the file, as the tool writes it
	At      time.Time `json:"at,omitzero"`       // when the tool applied it, if the history says so
	// proved, claimed, edited, contradicted or halfway; without Tool, stands or partly
	Evidence string `json:"evidence"`
}

// Reason says in what way the row was recorded.
func (s HistorySource) Reason() Reason {
	switch {
	case s.Tool == "":
		return Why(ReasonRecordedStanding)
	case s.At.IsZero():
		return Why(ReasonRecordedFrom, "tool", s.Tool, "table", s.Table, "evidence", s.Evidence)
	}
	return Why(ReasonRecordedFromAt, "tool", s.Tool, "table", s.Table, "evidence", s.Evidence,
		"at", s.At.UTC().Format(time.RFC3339))
}

// Source is where an imported row came from; nil for every other row. Anybody may have written the
// row, so its texts are clipped.
func (e LedgerEntry) Source() *HistorySource {
	var intent struct {
		Source *HistorySource `json:"source"`
	}
	if e.Intent == "" || json.Unmarshal([]byte(e.Intent), &intent) != nil || intent.Source == nil {
		return nil
	}
	s := intent.Source
	for _, text := range []*string{&s.Tool, &s.Table, &s.Version, &s.Name, &s.Evidence} {
		*text = Clip(*text)
	}
	return s
}

// AcceptedHistory is another tool's table that a person has accepted for a database. The tool should
// no longer write to it.
type AcceptedHistory struct {
	Tool   string `json:"tool"`
	Schema string `json:"schema,omitempty"` // "" in engines without schemas
	Table  string `json:"table"`
	Column string `json:"column"` // that grows with its rows
	Mark   string `json:"mark"`   // sums up its rows when a person last accepted or acknowledged them
	Seen   string `json:"seen"`   // the mark at the last reading
}

// SeeHistory takes the mark of the accepted table at a reading. "" is a reading that failed, and
// changes nothing.
func (d *Database) SeeHistory(mark string, at time.Time) {
	switch {
	case d.History == nil || mark == "":
		return
	case mark == d.History.Mark:
		d.HistoryWrittenAt = nil
	case d.HistoryWrittenAt == nil:
		d.HistoryWrittenAt = &at
	}
	d.History.Seen = mark
}

// AcceptHistory takes the table as it was last seen for the accepted one.
func (d *Database) AcceptHistory() {
	if d.History != nil && d.HistoryWrittenAt != nil {
		d.History.Mark, d.HistoryWrittenAt = d.History.Seen, nil
	}
}

// HistoryWritten is why somebody should look at the table of another tool; none when it is as it was
// accepted.
func (d Database) HistoryWritten() Reason {
	if d.History == nil || d.HistoryWrittenAt == nil {
		return Reason{}
	}
	return Why(ReasonHistoryWritten, "tool", d.History.Tool, "table", d.History.Table,
		"since", d.HistoryWrittenAt.UTC().Format(time.RFC3339))
}

// ImportedMigration is a migration that another tool has applied to a database, and that the
// database's ledger records.
type ImportedMigration struct {
	Migration        // with the Checksum of what was applied; of the tool's own kind where it is edited
	Commit    string // at which it was compared
	Source    HistorySource
	// Halfway says that the tool did not finish it: a person decides, nothing runs by itself.
	Halfway bool
}

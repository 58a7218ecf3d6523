package executor

import (
	"encoding/json"
	"strconv"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

// journal is the Intent of a migration's row in the ledger until the migration is done. It
// describes the statement after those that the row counts. The row of a
// migration that is done has one if a person should check its result.
type journal struct {
	Statement     int                 `json:"statement"`              // index
	Session       string              `json:"session,omitempty"`      // that runs the statement; "" for none
	Prefix        string              `json:"prefix,omitempty"`       // checksum of the statements before it
	Filling       string              `json:"filling,omitempty"`      // digest of what was put into the file
	Objects       []schema.Object     `json:"objects,omitempty"`      // that it touches
	Before        []engine.Definition `json:"before,omitempty"`       // Objects before it ran
	Indeterminate towpath.Reason      `json:"indeterminate,omitzero"` // why a person must decide
	Looks         []look              `json:"looks,omitempty"`        // at statements that are in
	// of a migration that another tool has applied
	Source *towpath.HistorySource `json:"source,omitempty"`
	Mark   *towpath.Mark          `json:"mark,omitempty"` // of one that a person has marked as applied
	// on whose order a migration was undone: in its row, and in that of the undo
	Undoing *towpath.Undoing `json:"undoing,omitempty"`
}

// look is why a person should look at what a statement has left, although it ended well.
type look struct {
	Line    int    `json:"line"`
	Message string `json:"message"` // redacted, and cut
}

const (
	maxLooks = 20  // in a journal; the log of an attempt has all
	maxLook  = 400 // bytes of one
)

// withLooks is a row of the ledger with what a person should look at.
func withLooks(e towpath.LedgerEntry, looks []look) towpath.LedgerEntry {
	if len(looks) > 0 {
		j, _ := readJournal(e)
		j.Looks = looks
		e.Intent = j.text()
	}
	return e
}

// lookAt is the reason of a task that is done, after the rows that it has in the ledger.
func lookAt(changes []change) (reason towpath.Reason) {
	var causes []towpath.Reason
	for _, c := range changes {
		j, _ := readJournal(c.entry)
		for _, one := range j.Looks {
			causes = append(causes, towpath.Why(towpath.ReasonUncomparedAt,
				"line", strconv.Itoa(one.Line), "message", one.Message))
		}
	}
	if len(causes) == 0 {
		return reason
	}
	return towpath.Why(towpath.ReasonUncompared).From(causes...)
}

func (j journal) text() string {
	text, err := json.Marshal(j)
	if err != nil { // strings and numbers always encode
		panic(err)
	}
	return string(text)
}

// readJournal decodes a row's Intent. ok is false for a row that has none.
func readJournal(e towpath.LedgerEntry) (j journal, ok bool) {
	return j, e.Intent != "" && json.Unmarshal([]byte(e.Intent), &j) == nil
}

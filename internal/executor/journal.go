package executor

import (
	"encoding/json"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

// journal is the Intent of a migration's row in the ledger until the migration is done. It
// describes the statement after those that the row counts.
type journal struct {
	Statement     int                 `json:"statement"`               // index
	Session       string              `json:"session,omitempty"`       // that runs the statement; "" for none
	Prefix        string              `json:"prefix,omitempty"`        // checksum of the statements before it
	Objects       []schema.Object     `json:"objects,omitempty"`       // that it touches
	Before        []engine.Definition `json:"before,omitempty"`        // Objects before it ran
	Indeterminate string              `json:"indeterminate,omitempty"` // why a person must decide
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

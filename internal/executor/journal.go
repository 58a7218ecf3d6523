package executor

import (
	"encoding/json"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// journal is the Intent of a migration's row in the ledger while the migration is not done. It
// describes the statement behind those that the row counts.
type journal struct {
	Statement     int                 `json:"statement"`               // index of the statement in flight
	Session       string              `json:"session,omitempty"`       // server session that runs it; "" when none does
	Prefix        string              `json:"prefix,omitempty"`        // checksum of the statements before it
	Objects       []statement.Object  `json:"objects,omitempty"`       // that it touches
	Before        []engine.Definition `json:"before,omitempty"`        // definitions of Objects before it ran
	Indeterminate string              `json:"indeterminate,omitempty"` // why a person must decide; "" when nobody needs to
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

package towpath

// Extent says how much of a file is in the database after an attempt that did not succeed.
// Attempt.Kept counts the statements that certainly are.
type Extent string

const (
	ExtentUnset     Extent = ""          // the attempt is running or done, or older than this field
	ExtentKept      Extent = "kept"      // those statements and nothing else
	ExtentUntouched Extent = "untouched" // the same as before the attempt, which ran nothing
	ExtentPart      Extent = "part"      // those statements, and possibly part of the next one
	ExtentTables    Extent = "tables"    // those statements, and changes to tables that cannot roll back
	ExtentNext      Extent = "next"      // those statements; the next one is indeterminate
	ExtentUnknown   Extent = "unknown"   // indeterminate
)

// Doubt says why it is unknown whether a statement took effect.
type Doubt string

const (
	DoubtNoRecord    Doubt = "no-record"    // the ledger has no record of the statement
	DoubtTextChanged Doubt = "text-changed" // the file was changed before the statement
	DoubtNoCatalog   Doubt = "no-catalog"   // there is no catalog to read
	DoubtNotShown    Doubt = "not-shown"    // the catalog does not show what the statement does
	DoubtOtherChange Doubt = "other-change" // the catalog has changed in another way
	DoubtDone        Doubt = "done"         // the catalog has changed although the statement was stopped
)

// StatementState is the outcome of one statement of an attempt.
type StatementState string

const (
	StatementDone StatementState = "done"
	// it succeeded and was rolled back with its transaction
	StatementRolledBack StatementState = "rolled-back"
	StatementFailed     StatementState = "failed"
	StatementUnknown    StatementState = "unknown" // indeterminate: it may be in the database
)

// StateOf returns the state of the attempt's statement with the given index, from 0. failed means
// that the statement ended with an error.
func (a Attempt) StateOf(index int, failed bool) StatementState {
	switch {
	case a.State == TaskDone || index < a.Kept:
		return StatementDone
	case a.Extent == ExtentNext || a.Extent == ExtentUnknown:
		return StatementUnknown
	case failed:
		return StatementFailed
	case a.Extent == ExtentKept || a.Extent == ExtentUntouched:
		return StatementRolledBack
	}
	return StatementUnknown // part of it may be in, or it changed a table that cannot roll back
}

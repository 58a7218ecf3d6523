package towpath

import "fmt"

// Extent says how much of a file is in the database after an attempt that did not succeed.
// Attempt.Kept counts the statements that certainly are.
type Extent string

const (
	ExtentUntold    Extent = ""          // the attempt runs or is done, or is older than this field
	ExtentKept      Extent = "kept"      // those statements and nothing else
	ExtentUntouched Extent = "untouched" // the same as before the attempt, which ran nothing
	ExtentPart      Extent = "part"      // those statements, and possibly part of the next one
	ExtentTables    Extent = "tables"    // those statements, and changes to tables that cannot roll back
	ExtentNext      Extent = "next"      // those statements; the next one is indeterminate
	ExtentUnknown   Extent = "unknown"   // indeterminate
)

// InDatabase says in one sentence how much of the file the attempt left in the database; "" when
// that was not recorded.
func (a Attempt) InDatabase() string {
	kept := a.keptWords()
	switch a.Extent {
	case ExtentKept:
		return kept + "."
	case ExtentUntouched:
		return "This attempt changed nothing in the database."
	case ExtentPart:
		if a.Kept == 0 {
			return fmt.Sprintf("A part of statement 1 of %d may be in the database.", a.Total)
		}
		return fmt.Sprintf("%s, and a part of statement %d may be.", kept, a.Kept+1)
	case ExtentTables:
		return "The transaction was rolled back, except in tables without transactions (MyISAM, Aria)."
	case ExtentNext:
		if a.Kept == 0 {
			return fmt.Sprintf("It is not known whether statement 1 of %d is in the database.", a.Total)
		}
		return fmt.Sprintf("%s. It is not known whether statement %d is.", kept, a.Kept+1)
	case ExtentUnknown:
		return "It is not known what of this file is in the database."
	}
	return ""
}

// keptWords names the statements that certainly are in the database.
func (a Attempt) keptWords() string {
	switch {
	case a.Kept == 0:
		return "Nothing of this file is in the database"
	case a.Kept == 1:
		return fmt.Sprintf("Statement 1 of %d is in the database", a.Total)
	case a.Kept == a.Total:
		return fmt.Sprintf("All %d statements are in the database", a.Total)
	}
	return fmt.Sprintf("Statements 1 to %d of %d are in the database", a.Kept, a.Total)
}

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

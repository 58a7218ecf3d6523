package towpath

import "fmt"

// Extent says what of a file is in the database when an attempt of it has ended without success. Attempt.Kept counts the
// statements that are in for certain.
type Extent string

const (
	ExtentUntold    Extent = ""          // the attempt runs or is done, or is older than this record
	ExtentKept      Extent = "kept"      // those statements, and nothing else
	ExtentUntouched Extent = "untouched" // the same as before the attempt, which ran nothing
	ExtentPart      Extent = "part"      // those statements, and perhaps a part of the next one
	ExtentTables    Extent = "tables"    // those statements, and changes in tables that no rollback undoes
	ExtentNext      Extent = "next"      // those statements; whether the next one is in is not known
	ExtentUnknown   Extent = "unknown"   // not known
)

// InDatabase says in one sentence what of the file is in the database since the attempt; "" where nothing is recorded.
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

// keptWords names the statements that are in for certain.
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

// StatementState is what became of one statement of an attempt.
type StatementState string

const (
	StatementDone       StatementState = "done"
	StatementRolledBack StatementState = "rolled-back" // it ended well, and was undone with its transaction
	StatementFailed     StatementState = "failed"
	StatementUnknown    StatementState = "unknown" // whether it is in the database is not known
)

// StateOf is the state of a statement of the attempt, by its index from 0. failed says that it ended with an error.
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
	return StatementUnknown // of a part, or in a table that keeps it
}

package towpath

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Reason says why something is as it is: a code of the closed set below, with what the code leaves open. It is kept and sent as
// data; package wording makes the sentence. The zero Reason is none.
type Reason struct {
	Code   ReasonCode        `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	Causes []Reason          `json:"causes,omitempty"` // what it comes from, or what it sums up
}

// ReasonCode is one of the constants of this file.
type ReasonCode string

const (
	maxCauses = 20       // that a reason keeps
	maxParam  = 12 << 10 // bytes of a param
)

// Why makes a reason. The params are names and values in turn; each value is cut to 12 KiB.
func Why(code ReasonCode, params ...string) Reason {
	r := Reason{Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if r.Params == nil {
			r.Params = make(map[string]string, len(params)/2)
		}
		r.Params[params[i]] = ClipMore(strings.ReplaceAll(params[i+1], "\x00", "\uFFFD"), maxParam, 0)
	}
	return r
}

// maxSkipReason bounds a person's words for skipping, in characters.
const maxSkipReason = 1000

// Skipped is the reason of a person who leaves a migration out. CodeInvalid on the field reason when it says nothing, or too
// much.
func Skipped(text string) (Reason, error) {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > maxSkipReason {
		return Reason{}, Invalid("reason", "Say in 1 to %d characters why the migration is skipped.", maxSkipReason)
	}
	return Why(ReasonSkipped, "text", text), nil
}

// From returns the reason with its causes, of which it keeps the first 20. Zero ones are none.
func (r Reason) From(causes ...Reason) Reason {
	causes = slices.DeleteFunc(slices.Clone(causes), Reason.IsZero)
	if more := len(causes) - maxCauses; more > 0 {
		causes = append(causes[:maxCauses:maxCauses], Why(ReasonMore, "n", strconv.Itoa(more)))
	}
	if r.Causes = causes; len(causes) == 0 {
		r.Causes = nil
	}
	return r
}

// IsZero reports whether there is no reason.
func (r Reason) IsZero() bool { return r.Code == "" }

// String is a reason as logs and tests show it: the code, the params by their names, and the causes in brackets.
func (r Reason) String() string {
	var out strings.Builder
	out.WriteString(string(r.Code))
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		out.WriteString(" " + name + "=" + r.Params[name])
	}
	for _, cause := range r.Causes {
		out.WriteString(" (" + cause.String() + ")")
	}
	return out.String()
}

// Equal reports whether two reasons say the same.
func (r Reason) Equal(other Reason) bool {
	return r.Code == other.Code && maps.Equal(r.Params, other.Params) && slices.EqualFunc(r.Causes, other.Causes, Reason.Equal)
}

// The codes. Each comment says what happened and ends with the params, which package wording's templates use all of. A code
// that has causes says so.
const (
	// ReasonStated is a text of before reasons had codes, or an error in other words than a database's. Params: text.
	ReasonStated ReasonCode = "stated"
	// ReasonMore counts what a list of causes leaves out. Params: n.
	ReasonMore ReasonCode = "more"
)

// Why a path of the repository is no migration.
const (
	// ReasonOutsideBase: the file is outside the link's base directory. Params: base.
	ReasonOutsideBase ReasonCode = "outside-base"
	// ReasonBesideBase: the file is in a folder whose name looks like a slip of the base directory. Params: folder, base.
	ReasonBesideBase ReasonCode = "beside-base"
	// ReasonPathEncoding: the path is not valid UTF-8.
	ReasonPathEncoding ReasonCode = "path-encoding"
	// ReasonPathTooLong: the path has more bytes than the metadata keeps. Params: bytes, limit.
	ReasonPathTooLong ReasonCode = "path-too-long"
	// ReasonVersionTooLong: the version has more characters than a version may have.
	ReasonVersionTooLong ReasonCode = "version-too-long"
	// ReasonNoTemplate: the link has no file path template.
	ReasonNoTemplate ReasonCode = "no-template"
	// ReasonFolders: the folders differ from the template's, and no single one is to blame.
	ReasonFolders ReasonCode = "folders"
	// ReasonEndsWithBlank: the name fits but for a blank at its end.
	ReasonEndsWithBlank ReasonCode = "ends-with-blank"
	// ReasonEnding: the name has another ending than the template. Params: have, want.
	ReasonEnding ReasonCode = "ending"
	// ReasonNoEnding: the name has no ending, and the template has one. Params: want.
	ReasonNoEnding ReasonCode = "no-ending"
	// ReasonInBase: the file is in the base directory itself, and the template has folders. Params: want.
	ReasonInBase ReasonCode = "in-base"
	// ReasonInBaseOpen: the same, where the template has ** and names the least number of folders. Params: want.
	ReasonInBaseOpen ReasonCode = "in-base-open"
	// ReasonDepth: the file has another number of folders above it than the template. Params: have, want.
	ReasonDepth ReasonCode = "depth"
	// ReasonDepthOpen: the same, where the template has ** and names the least number of folders. Params: have, want.
	ReasonDepthOpen ReasonCode = "depth-open"
	// ReasonGoesOn: the name goes on where the template ends. Params: name, rest.
	ReasonGoesOn ReasonCode = "goes-on"
	// ReasonVersionExpected: something else is in the place of the version. Params: word.
	ReasonVersionExpected ReasonCode = "version-expected"
	// ReasonTypeUnknown: the type is none that there is. Params: word.
	ReasonTypeUnknown ReasonCode = "type-unknown"
	// ReasonPartMissing: a placeholder has no text in the name. Params: part, name.
	ReasonPartMissing ReasonCode = "part-missing"
	// ReasonStart: the name does not start as the template does. Params: name, want.
	ReasonStart ReasonCode = "start"
	// ReasonExpectedAfter: the template's text behind a placeholder is not in the name. Params: want, part, name.
	ReasonExpectedAfter ReasonCode = "expected-after"
	// ReasonNotAtCommit: the repository has no such file at the synced commit.
	ReasonNotAtCommit ReasonCode = "not-at-commit"
	// ReasonRepositoryUnread: the repository has not been read yet.
	ReasonRepositoryUnread ReasonCode = "repository-unread"
)

// Why what is at a migration's path cannot run.
const (
	// ReasonSymlink: it is a symbolic link.
	ReasonSymlink ReasonCode = "symlink"
	// ReasonSubmodule: it is a submodule.
	ReasonSubmodule ReasonCode = "submodule"
	// ReasonInLFS: its text is kept in Git LFS.
	ReasonInLFS ReasonCode = "in-lfs"
	// ReasonTooLarge: it is over the limit, and its size is not known. Params: limit.
	ReasonTooLarge ReasonCode = "too-large"
	// ReasonOverLimit: it is over the limit. Params: size, limit.
	ReasonOverLimit ReasonCode = "over-limit"
	// ReasonStatementRefused: the engine's rules refuse a statement. Params: line, column, message.
	ReasonStatementRefused ReasonCode = "statement-refused"
	// ReasonStatementsRefused: they refuse several, all of which the message lists. Params: message.
	ReasonStatementsRefused ReasonCode = "statements-refused"
)

// The state of a file in a plan.
const (
	// ReasonAmbiguous: several databases of one environment fit. Params: n, environment, database.
	ReasonAmbiguous ReasonCode = "ambiguous-database"
	// ReasonNoDatabases: the project has no databases.
	ReasonNoDatabases ReasonCode = "no-databases"
	// ReasonNoDatabase: the project has no database of that name. Params: database, known.
	ReasonNoDatabase ReasonCode = "no-database"
	// ReasonNoEnvironment: there is no environment of that name. Params: environment, known.
	ReasonNoEnvironment ReasonCode = "no-environment"
	// ReasonEmptyEnvironment: the project has no database in that environment. Params: environment.
	ReasonEmptyEnvironment ReasonCode = "empty-environment"
	// ReasonNoDatabaseThere: the project has no database of that name in that environment. Params: database, environment, known.
	ReasonNoDatabaseThere ReasonCode = "no-database-there"
	// ReasonConflict: other files claim to be the same migration. Params: version, type, files.
	ReasonConflict ReasonCode = "conflict"
	// ReasonWaitsForDatabases: databases of earlier stages keep this one waiting. Causes: one ReasonDatabaseStopped each.
	ReasonWaitsForDatabases ReasonCode = "waits-for-databases"
	// ReasonPlanStopped: databases keep the plan from being complete. Causes: one ReasonDatabaseStopped each.
	ReasonPlanStopped ReasonCode = "plan-stopped"
	// ReasonDatabaseStopped: nothing can be said of a database. Params: environment, database. Causes: why.
	ReasonDatabaseStopped ReasonCode = "database-stopped"
	// ReasonWaitsForFile: an earlier file cannot run. Params: path. Causes: why.
	ReasonWaitsForFile ReasonCode = "waits-for-file"
	// ReasonWaitsForBaseline: another link has the file of the same baseline. Params: path, version.
	ReasonWaitsForBaseline ReasonCode = "waits-for-baseline"
	// ReasonNotPassed: the file is stopped in an earlier stage. Params: environment, database. Causes: why.
	ReasonNotPassed ReasonCode = "not-passed"
	// ReasonWillBeRecorded: the file is within the baseline, so it is recorded and not run.
	ReasonWillBeRecorded ReasonCode = "will-be-recorded"
	// ReasonLateRefused: the link refuses files older than what the database has. Params: version.
	ReasonLateRefused ReasonCode = "late-refused"
	// ReasonLateHeld: the link holds files older than what the database has. Params: version.
	ReasonLateHeld ReasonCode = "late-held"
	// ReasonMoved: the database has the text under another version, whose file is gone. Params: version, path.
	ReasonMoved ReasonCode = "moved"
	// ReasonPopulated: the database has tables and no ledger.
	ReasonPopulated ReasonCode = "populated"
	// ReasonForeignBaseline: another link recorded the baseline first. Params: version.
	ReasonForeignBaseline ReasonCode = "foreign-baseline"
	// ReasonEdited: the database has another text of the file.
	ReasonEdited ReasonCode = "edited"
	// ReasonRenamed: the database has the file under another path. Params: path.
	ReasonRenamed ReasonCode = "renamed"
	// ReasonVanished: the database has the file, and the repository does not.
	ReasonVanished ReasonCode = "vanished"
	// ReasonVanishedHalfway: the same of a file that was begun and not finished.
	ReasonVanishedHalfway ReasonCode = "vanished-halfway"
	// ReasonDatabaseMissing: the instance no longer has the database.
	ReasonDatabaseMissing ReasonCode = "database-missing"
	// ReasonLedgerUnreadable: the ledger cannot be read. Params: message.
	ReasonLedgerUnreadable ReasonCode = "ledger-unreadable"
	// ReasonLedgerUnread: the ledger has not been read yet.
	ReasonLedgerUnread ReasonCode = "ledger-unread"
	// ReasonLedgerTampered: other hands have changed the ledger. Params: differs.
	ReasonLedgerTampered ReasonCode = "ledger-tampered"
	// ReasonLedgerRestored: the ledger is an earlier state of itself. Params: differs.
	ReasonLedgerRestored ReasonCode = "ledger-restored"
	// ReasonLedgerCloned: the ledger was written for another database.
	ReasonLedgerCloned ReasonCode = "ledger-cloned"
)

// Why a task ended without running.
const (
	// ReasonSkipped: a person skipped it, in these words. Params: text.
	ReasonSkipped ReasonCode = "skipped"
	// ReasonInLedger: the database's ledger has it already.
	ReasonInLedger ReasonCode = "in-ledger"
	// ReasonFileGone: a commit removed or renamed the file. Params: commit.
	ReasonFileGone ReasonCode = "file-gone"
	// ReasonOtherMigration: since a commit the file is another migration, or of another database. Params: commit.
	ReasonOtherMigration ReasonCode = "other-migration"
	// ReasonFileReplaced: a commit brought another file for the migration. Params: commit, path.
	ReasonFileReplaced ReasonCode = "file-replaced"
	// ReasonRecordChanged: a commit changed what is to be recorded. Params: commit.
	ReasonRecordChanged ReasonCode = "record-changed"
	// ReasonSuperseded: a commit brought another text. Params: commit.
	ReasonSuperseded ReasonCode = "superseded-by"
	// ReasonHasText: the database has the version with the text of a commit. Params: version, commit.
	ReasonHasText ReasonCode = "has-text"
	// ReasonNoLongerAllowed: since a commit it may not run here. Params: commit. Causes: why, if that is known.
	ReasonNoLongerAllowed ReasonCode = "no-longer-allowed"
	// ReasonUnlinked: the repository was unlinked.
	ReasonUnlinked ReasonCode = "unlinked"
	// ReasonRelinked: the repository was unlinked, and another link has the migration.
	ReasonRelinked ReasonCode = "relinked"
	// ReasonUnassignedEarly: the database was taken out of the project.
	ReasonUnassignedEarly ReasonCode = "unassigned-early"
	// ReasonAccepted: a person accepted the text as applied.
	ReasonAccepted ReasonCode = "accepted"
)

// How a run of a task ended.
const (
	// ReasonCancelled: a person cancelled the run.
	ReasonCancelled ReasonCode = "cancelled"
	// ReasonCancelledEarly: a person cancelled it before it began.
	ReasonCancelledEarly ReasonCode = "cancelled-early"
	// ReasonInterrupted: the server was stopped, and nothing was kept.
	ReasonInterrupted ReasonCode = "interrupted"
	// ReasonInterruptedKept: the server was stopped, and rows stay in tables without transactions.
	ReasonInterruptedKept ReasonCode = "interrupted-kept"
	// ReasonRowsMayStay: the run broke, and a statement may have written to a table without transactions. Params: statement, table.
	ReasonRowsMayStay ReasonCode = "rows-may-stay"
	// ReasonServerDied: the server ended during the attempt without a word.
	ReasonServerDied ReasonCode = "server-died"
	// ReasonStatementFailed: the run ended at a place of the file. Params: path, line, column. Causes: how.
	ReasonStatementFailed ReasonCode = "statement-failed"
	// ReasonPartlyKept: a run failed, and something of the file is in the database. Params: extent. Causes: how it failed.
	ReasonPartlyKept ReasonCode = "partly-kept"
	// ReasonDatabaseError: the database said no, in its own words. Params: message.
	ReasonDatabaseError ReasonCode = "database-error"
	// ReasonScriptRefused: the file must not run. Params: message.
	ReasonScriptRefused ReasonCode = "script-refused"
	// ReasonLockTimeout: others held a lock to the last try. Params: tries. Causes: the database's error.
	ReasonLockTimeout ReasonCode = "lock-timeout"
	// ReasonStatementTimeout: a statement took longer than it may. Params: limit. Causes: the database's error.
	ReasonStatementTimeout ReasonCode = "statement-timeout"
	// ReasonTextUnread: the metadata could not be read in the middle of the file.
	ReasonTextUnread ReasonCode = "text-unread"
	// ReasonTextMissing: the server does not keep the file's text.
	ReasonTextMissing ReasonCode = "text-missing"
	// ReasonTextDiffers: the kept text is not the planned one.
	ReasonTextDiffers ReasonCode = "text-differs"
	// ReasonUnassigned: the database left the project before the file ran.
	ReasonUnassigned ReasonCode = "unassigned"
	// ReasonUnassignedRecord: the same before something was recorded.
	ReasonUnassignedRecord ReasonCode = "unassigned-record"
	// ReasonChecksumMismatch: the database has the version with another text. Params: version, path, commit.
	ReasonChecksumMismatch ReasonCode = "checksum-mismatch"
	// ReasonStoppedHalfway: an earlier run stopped half-way, and the file was changed before that place. Params: done, total.
	ReasonStoppedHalfway ReasonCode = "stopped-halfway"
	// ReasonIndeterminate: nobody knows whether a statement is in. Params: statement, total, why. Causes: one ReasonObject for each
	// object of the statement.
	ReasonIndeterminate ReasonCode = "indeterminate"
	// ReasonObject: what the catalogue said of an object before a statement, and what it says now. Params: object, before, now.
	ReasonObject ReasonCode = "object"
	// ReasonCannotResume: a file cannot go on in its middle. Params: statement, why.
	ReasonCannotResume ReasonCode = "cannot-resume"
	// ReasonBeyondEnd: the file has fewer statements than it is to continue after. Params: total, after.
	ReasonBeyondEnd ReasonCode = "beyond-end"
	// ReasonUnconfirmed: the connection broke, and the database cannot be asked yet. Causes: the error.
	ReasonUnconfirmed ReasonCode = "unconfirmed"
	// ReasonSessionAlive: an earlier run's session may be at work and cannot be ended. Params: session, statement, version. Causes:
	// the error.
	ReasonSessionAlive ReasonCode = "session-alive"
	// ReasonForeignVersion: a row of the ledger belongs to another database. Params: version, database.
	ReasonForeignVersion ReasonCode = "foreign-version"
	// ReasonForeignLease: the ledger is kept for another database. Params: database.
	ReasonForeignLease ReasonCode = "foreign-lease"
	// ReasonRunTampered: other hands have changed the ledger, so nothing was run. Params: differs.
	ReasonRunTampered ReasonCode = "run-tampered"
	// ReasonRunRestored: the ledger is an earlier state of itself, so nothing was run. Params: differs.
	ReasonRunRestored ReasonCode = "run-restored"
	// ReasonTamperedCommit: the ledger was changed together with the commit. Causes: what is known of it.
	ReasonTamperedCommit ReasonCode = "tampered-commit"
)

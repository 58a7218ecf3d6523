package towpath

// The codes. Each comment says what happened and ends with the params, all of which the templates
// of package wording use. It names causes when there are any. A param is a name, a number, a path or
// somebody else's words; a time is in RFC 3339, a duration as Go prints it.
const (
	// ReasonNoted is a sentence from before reasons had codes. Params: text.
	ReasonNoted ReasonCode = "noted"
	// ReasonError is an error message that has no code of its own. Params: text.
	ReasonError ReasonCode = "error"
	// ReasonInternal: the server failed; only its log says how.
	ReasonInternal ReasonCode = "internal"
	// ReasonMore counts the causes that a list leaves out. Params: n.
	ReasonMore ReasonCode = "more"
)

// Why a path of the repository is not a migration.
const (
	// ReasonOutsideBase: the file is outside the link's base directory. Params: base.
	ReasonOutsideBase ReasonCode = "outside-base"
	// ReasonBesideBase: the file's folder looks like a typo of the base directory. Params: folder,
	// base.
	ReasonBesideBase ReasonCode = "beside-base"
	// ReasonPathEncoding: the path is not valid UTF-8.
	ReasonPathEncoding ReasonCode = "path-encoding"
	// ReasonPathTooLong: the path has more bytes than the metadata keeps. Params: bytes, limit.
	ReasonPathTooLong ReasonCode = "path-too-long"
	// ReasonVersionTooLong: the version has more characters than a version may have.
	ReasonVersionTooLong ReasonCode = "version-too-long"
	// ReasonExcluded: a pattern of the link excludes the file. Params: pattern.
	ReasonExcluded ReasonCode = "excluded"
	// ReasonNotSQLFiles: the migrations of a tool are no SQL files, so no link can run them. Params:
	// tool.
	ReasonNotSQLFiles ReasonCode = "not-sql-files"
	// ReasonNoTemplate: the link has no file path template.
	ReasonNoTemplate ReasonCode = "no-template"
	// ReasonFolders: the folders do not match the template, and more than one differs.
	ReasonFolders ReasonCode = "folders"
	// ReasonEndsWithBlank: the name would match without the blank at its end.
	ReasonEndsWithBlank ReasonCode = "ends-with-blank"
	// ReasonOtherEngine: the name says an engine that Towpath does not have. Params: engine.
	ReasonOtherEngine ReasonCode = "other-engine"
	// ReasonNoEngineHere: the project has no database of the file's engine. Params: engine.
	ReasonNoEngineHere ReasonCode = "no-engine-here"
	// ReasonEngineUnknown: the name has another word where the engine belongs. Params: engine.
	ReasonEngineUnknown ReasonCode = "engine-unknown"
	// ReasonSpecificFile: the database gets a file for its engine instead. Params: path.
	ReasonSpecificFile ReasonCode = "specific-file"
	// ReasonEndingCase: the file extension is the template's in another case. Params: have, want.
	ReasonEndingCase ReasonCode = "ending-case"
	// ReasonEnding: the file extension is not the template's. Params: have, want.
	ReasonEnding ReasonCode = "ending"
	// ReasonNoEnding: the name has no extension, and the template has one. Params: want.
	ReasonNoEnding ReasonCode = "no-ending"
	// ReasonInBase: the file is directly in the base directory, and the template has folders.
	// Params: want.
	ReasonInBase ReasonCode = "in-base"
	// ReasonInBaseOpen: the same, where the template has ** and requires a minimum of folders.
	// Params: want.
	ReasonInBaseOpen ReasonCode = "in-base-open"
	// ReasonDepth: the file is in a different depth of folders than the template. Params: have,
	// want.
	ReasonDepth ReasonCode = "depth"
	// ReasonDepthOpen: the same, where the template has ** and requires a minimum of folders.
	// Params: have, want.
	ReasonDepthOpen ReasonCode = "depth-open"
	// ReasonGoesOn: the name continues where the template ends. Params: name, rest.
	ReasonGoesOn ReasonCode = "goes-on"
	// ReasonVersionExpected: the name has something else in place of the version. Params: word.
	ReasonVersionExpected ReasonCode = "version-expected"
	// ReasonTypeUnknown: the type does not exist. Params: word.
	ReasonTypeUnknown ReasonCode = "type-unknown"
	// ReasonPartMissing: the name has no text for a placeholder. Params: part, name.
	ReasonPartMissing ReasonCode = "part-missing"
	// ReasonStart: the name starts differently from the template. Params: name, want.
	ReasonStart ReasonCode = "start"
	// ReasonExpectedAfter: the name lacks the template's text after a placeholder. Params: want,
	// part, name.
	ReasonExpectedAfter ReasonCode = "expected-after"
	// ReasonNoRepeatable: it is named as a repeatable file, and the template has no half for those.
	// Params: want.
	ReasonNoRepeatable ReasonCode = "no-repeatable"
	// ReasonNotAtCommit: the repository has no such file at the synced commit.
	ReasonNotAtCommit ReasonCode = "not-at-commit"
	// ReasonRepositoryUnread: the repository has not been read yet.
	ReasonRepositoryUnread ReasonCode = "repository-unread"
)

// Why a file at a migration's path cannot run.
const (
	// ReasonSymlink: it is a symbolic link.
	ReasonSymlink ReasonCode = "symlink"
	// ReasonSubmodule: it is a submodule.
	ReasonSubmodule ReasonCode = "submodule"
	// ReasonInLFS: its content is in Git LFS.
	ReasonInLFS ReasonCode = "in-lfs"
	// ReasonTooLarge: it is over the limit, and its size is unknown. Params: limit.
	ReasonTooLarge ReasonCode = "too-large"
	// ReasonOverLimit: it is over the limit. Params: size, limit.
	ReasonOverLimit ReasonCode = "over-limit"
	// ReasonStatementRefused: the engine's rules refuse a statement. Params: line, column, message.
	ReasonStatementRefused ReasonCode = "statement-refused"
	// ReasonStatementsRefused: they refuse several, all of which are in the message. Params:
	// message.
	ReasonStatementsRefused ReasonCode = "statements-refused"
)

// The state of a file in a plan.
const (
	// ReasonAmbiguous: several databases of one environment match. Params: n, environment,
	// database.
	ReasonAmbiguous ReasonCode = "ambiguous-database"
	// ReasonNoDatabases: the project has no databases.
	ReasonNoDatabases ReasonCode = "no-databases"
	// ReasonNoDatabase: the project has no database of that name. Params: database, known, more.
	ReasonNoDatabase ReasonCode = "no-database"
	// ReasonNoEnvironment: there is no environment of that name. Params: environment, known, more.
	ReasonNoEnvironment ReasonCode = "no-environment"
	// ReasonEmptyEnvironment: the project has no database in that environment. Params: environment.
	ReasonEmptyEnvironment ReasonCode = "empty-environment"
	// ReasonNoDatabaseThere: the project has no database of that name in that environment. Params:
	// database, environment, known, more.
	ReasonNoDatabaseThere ReasonCode = "no-database-there"
	// ReasonConflict: other files claim to be the same migration. Params: version, type. Causes: one
	// ReasonClaimedBy or ReasonClaimedElsewhere each.
	ReasonConflict ReasonCode = "conflict"
	// ReasonClaimedBy: another file of the link claims to be the migration. Params: path.
	ReasonClaimedBy ReasonCode = "claimed-by"
	// ReasonClaimedElsewhere: a file of another repository link does. Params: path.
	ReasonClaimedElsewhere ReasonCode = "claimed-elsewhere"
	// ReasonWaitsForDatabases: databases of earlier stages keep the file waiting. Causes: one
	// ReasonDatabaseStopped each.
	ReasonWaitsForDatabases ReasonCode = "waits-for-databases"
	// ReasonPlanStopped: the plan is incomplete because of some databases. Causes: one
	// ReasonDatabaseStopped each.
	ReasonPlanStopped ReasonCode = "plan-stopped"
	// ReasonDatabaseStopped: the state of a database is not known. Params: environment, database.
	// Causes: why.
	ReasonDatabaseStopped ReasonCode = "database-stopped"
	// ReasonWaitsForFile: an earlier file cannot run. Params: path. Causes: why.
	ReasonWaitsForFile ReasonCode = "waits-for-file"
	// ReasonWaitsForBaseline: another link has the file of the same baseline. Params: path,
	// version.
	ReasonWaitsForBaseline ReasonCode = "waits-for-baseline"
	// ReasonNotPassed: the file is stopped in an earlier stage. Params: environment, database.
	// Causes: why.
	ReasonNotPassed ReasonCode = "not-passed"
	// ReasonSameName: other repeatable files have the same description. Params: name. Causes: one for
	// each, such as ReasonClaimedBy.
	ReasonSameName ReasonCode = "same-name"
	// ReasonRunsAgain: the database has another text of a repeatable file, by the beginnings of their
	// checksums. Params: from, to. Causes: ReasonInNameOrder, or none.
	ReasonRunsAgain ReasonCode = "runs-again"
	// ReasonInNameOrder: repeatable files need each other. Params: n.
	ReasonInNameOrder ReasonCode = "in-name-order"
	// ReasonWillBeRecorded: the file is within the baseline, so it is recorded and not run.
	ReasonWillBeRecorded ReasonCode = "will-be-recorded"
	// ReasonLateRefused: the link refuses files older than what the database has. Params: version.
	ReasonLateRefused ReasonCode = "late-refused"
	// ReasonLateHeld: the link holds files older than what the database has. Params: version.
	ReasonLateHeld ReasonCode = "late-held"
	// ReasonMoved: the database has the same text under another version, whose file no longer
	// exists. Params: version, path.
	ReasonMoved ReasonCode = "moved"
	// ReasonPopulated: the database has tables but no ledger.
	ReasonPopulated ReasonCode = "populated"
	// ReasonForeignBaseline: another link recorded the baseline first. Params: version.
	ReasonForeignBaseline ReasonCode = "foreign-baseline"
	// ReasonEdited: the file was edited after the database applied it.
	ReasonEdited ReasonCode = "edited"
	// ReasonRenamed: the database has the file under another path. Params: path.
	ReasonRenamed ReasonCode = "renamed"
	// ReasonRepeatableGone: the database has a repeatable file, and the repository no longer does.
	ReasonRepeatableGone ReasonCode = "repeatable-gone"
	// ReasonMissing: the database has the file, and the repository no longer does.
	ReasonMissing ReasonCode = "missing"
	// ReasonMissingHalfway: the same for a file that was started and did not finish.
	ReasonMissingHalfway ReasonCode = "missing-halfway"
	// ReasonDatabaseMissing: the instance no longer has the database.
	ReasonDatabaseMissing ReasonCode = "database-missing"
	// ReasonLedgerUnreadable: the ledger cannot be read. Causes: why.
	ReasonLedgerUnreadable ReasonCode = "ledger-unreadable"
	// ReasonTablesUnread: the tables of a database cannot be read. Causes: why.
	ReasonTablesUnread ReasonCode = "tables-unread"
	// ReasonRecordedFrom: it was recorded from another tool's table. Params: tool, table, evidence.
	ReasonRecordedFrom ReasonCode = "recorded-from"
	// ReasonRecordedFromAt: the same, and when the tool applied it. Params: tool, table, evidence, at.
	ReasonRecordedFromAt ReasonCode = "recorded-from-at"
	// ReasonRecordedStanding: it was recorded since the database already had what it makes.
	ReasonRecordedStanding ReasonCode = "recorded-standing"
	// ReasonLedgerUnread: the ledger has not been read yet.
	ReasonLedgerUnread ReasonCode = "ledger-unread"
	// ReasonLedgerTampered: something other than the server has changed the ledger. Causes: how it
	// differs.
	ReasonLedgerTampered ReasonCode = "ledger-tampered"
	// ReasonLedgerRestored: the ledger is an earlier state of itself. Causes: how it differs.
	ReasonLedgerRestored ReasonCode = "ledger-restored"
	// ReasonForeignLedger: the ledger was written for another database.
	ReasonForeignLedger ReasonCode = "foreign-ledger"
)

// How a ledger differs from what the server has written.
const (
	// ReasonTableExtra: the ledger's table has something that the server does not create. Params:
	// part.
	ReasonTableExtra ReasonCode = "ledger-table-extra"
	// ReasonTableDiffers: a part of the table has another definition. Params: part, have, want.
	ReasonTableDiffers ReasonCode = "ledger-table-differs"
	// ReasonTableLacks: the table lacks a part. Params: part.
	ReasonTableLacks ReasonCode = "ledger-table-lacks"
	// ReasonLedgerGone: the ledger has no rows any more.
	ReasonLedgerGone ReasonCode = "ledger-gone"
	// ReasonLedgerForked: the ledger continues differently from what was seen last.
	ReasonLedgerForked ReasonCode = "ledger-forked"
	// ReasonWritesLost: the ledger is as it was some writes ago. Params: n.
	ReasonWritesLost ReasonCode = "ledger-writes-lost"
	// ReasonSealsGone: the ledger was sealed, and no row has a seal any more.
	ReasonSealsGone ReasonCode = "ledger-seals-gone"
	// ReasonNeverSealed: no row has a seal, and it is unknown who wrote them.
	ReasonNeverSealed ReasonCode = "ledger-never-sealed"
	// ReasonSealUnknown: the head row is sealed with a key that the server does not have. Params:
	// key.
	ReasonSealUnknown ReasonCode = "ledger-key-unknown"
	// ReasonHeadUnsealed: the head row has no seal.
	ReasonHeadUnsealed ReasonCode = "ledger-head-unsealed"
	// ReasonHeadGone: the head row is gone.
	ReasonHeadGone ReasonCode = "ledger-head-gone"
	// ReasonHeadChanged: the head row was changed.
	ReasonHeadChanged ReasonCode = "ledger-head-changed"
	// ReasonLeaseGone: the row of the lease is gone.
	ReasonLeaseGone ReasonCode = "ledger-lease-gone"
	// ReasonLeaseChanged: the row of the lease was changed.
	ReasonLeaseChanged ReasonCode = "ledger-lease-changed"
	// ReasonLeaseOlder: the row of the lease is an earlier one.
	ReasonLeaseOlder ReasonCode = "ledger-lease-older"
	// ReasonRowUnsealed: a row has no seal. Params: version, type.
	ReasonRowUnsealed ReasonCode = "ledger-row-unsealed"
	// ReasonRowChanged: a row was changed. Params: version, type.
	ReasonRowChanged ReasonCode = "ledger-row-changed"
	// ReasonRowForeign: a row was written for another database. Params: version, type.
	ReasonRowForeign ReasonCode = "ledger-row-foreign"
	// ReasonRowMisplaced: a row has a number that does not fit. Params: version, type.
	ReasonRowMisplaced ReasonCode = "ledger-row-misplaced"
	// ReasonRowGone: a row is gone. Params: version, type.
	ReasonRowGone ReasonCode = "ledger-row-gone"
	// ReasonRowOlder: a row was put back to an earlier state. Params: version, type.
	ReasonRowOlder ReasonCode = "ledger-row-older"
	// ReasonRowsMissing: the rows are not those that the head row sums up, and it is unknown which
	// ones. Params: have, want.
	ReasonRowsMissing ReasonCode = "ledger-rows-missing"
)

// Why a task ended without running.
const (
	// ReasonSkipped: a person skipped it and said why. Params: text.
	ReasonSkipped ReasonCode = "skipped"
	// ReasonInLedger: the database's ledger already has it.
	ReasonInLedger ReasonCode = "in-ledger"
	// ReasonFileGone: a commit removed or renamed the file. Params: commit.
	ReasonFileGone ReasonCode = "file-gone"
	// ReasonOtherMigration: a commit made the file another migration, or one of another database.
	// Params: commit.
	ReasonOtherMigration ReasonCode = "other-migration"
	// ReasonFileReplaced: a commit brought another file for the migration. Params: commit, path.
	ReasonFileReplaced ReasonCode = "file-replaced"
	// ReasonRecordChanged: a commit changed what was to be recorded. Params: commit.
	ReasonRecordChanged ReasonCode = "record-changed"
	// ReasonSuperseded: a commit changed the text. Params: commit.
	ReasonSuperseded ReasonCode = "superseded-by"
	// ReasonHasText: the database has the version, with the text of a commit. Params: version,
	// commit.
	ReasonHasText ReasonCode = "has-text"
	// ReasonNoLongerAllowed: after a commit it may no longer run here. Params: commit. Causes: why,
	// if known.
	ReasonNoLongerAllowed ReasonCode = "no-longer-allowed"
	// ReasonUnlinked: the repository was unlinked.
	ReasonUnlinked ReasonCode = "unlinked"
	// ReasonRelinked: the repository was unlinked, and another link has the migration.
	ReasonRelinked ReasonCode = "relinked"
	// ReasonUnassignedEarly: the database was removed from the project.
	ReasonUnassignedEarly ReasonCode = "unassigned-early"
	// ReasonAccepted: a person accepted the text as applied.
	ReasonAccepted ReasonCode = "accepted"
)

// How an attempt of a task ended.
const (
	// ReasonCancelled: a person cancelled the attempt.
	ReasonCancelled ReasonCode = "cancelled"
	// ReasonCancelledEarly: a person cancelled it before it started.
	ReasonCancelledEarly ReasonCode = "cancelled-early"
	// ReasonInterrupted: the server was stopped, and everything was rolled back.
	ReasonInterrupted ReasonCode = "interrupted"
	// ReasonInterruptedKept: the server was stopped, and rows remain in tables without
	// transactions.
	ReasonInterruptedKept ReasonCode = "interrupted-kept"
	// ReasonRowsMayStay: the attempt broke off, and a statement may have written to a table without
	// transactions. Params: statement, table.
	ReasonRowsMayStay ReasonCode = "rows-may-stay"
	// ReasonServerDied: the server process died during the attempt.
	ReasonServerDied ReasonCode = "server-died"
	// ReasonStatementFailed: the attempt failed at a place in the file. Params: path, line, column.
	// Causes: how.
	ReasonStatementFailed ReasonCode = "statement-failed"
	// ReasonPartlyKept: an attempt failed, and part of the file is in the database. Params: extent,
	// kept, total. Causes: how it failed.
	ReasonPartlyKept ReasonCode = "partly-kept"
	// ReasonUncompared: it is done, and the database may hold something else than the file says.
	// Causes: one ReasonUncomparedAt for each statement, the first ones.
	ReasonUncompared ReasonCode = "uncompared"
	// ReasonUncomparedAt: one of these statements. Params: line, message.
	ReasonUncomparedAt ReasonCode = "uncompared-at"
	// ReasonNoAnswer: the database did not answer in time.
	ReasonNoAnswer ReasonCode = "no-answer"
	// ReasonLedgerNewer: a newer version of the server has written the ledger. Params: has, known.
	ReasonLedgerNewer ReasonCode = "ledger-newer"
	// ReasonUnchecked: a statement ended, and its effect could not be checked. Causes: why.
	ReasonUnchecked ReasonCode = "unchecked"
	// ReasonUnrecorded: a statement ended, and the ledger could not be written. Causes: why.
	ReasonUnrecorded ReasonCode = "unrecorded"
	// ReasonBuildBroken: a statement built something that is broken, and was removed.
	ReasonBuildBroken ReasonCode = "build-broken"
	// ReasonNotCreated: a statement ended without an error, and did not create its object. Params:
	// object.
	ReasonNotCreated ReasonCode = "not-created"
	// ReasonNotDropped: a statement ended without an error, and did not drop its object. Params:
	// object.
	ReasonNotDropped ReasonCode = "not-dropped"
	// ReasonDatabaseError: the database returned an error. Params: message.
	ReasonDatabaseError ReasonCode = "database-error"
	// ReasonScriptRefused: the file is not allowed to run. Params: message.
	ReasonScriptRefused ReasonCode = "script-refused"
	// ReasonLockTimeout: the lock was held elsewhere until the last try. Params: tries. Causes: the
	// database's error.
	ReasonLockTimeout ReasonCode = "lock-timeout"
	// ReasonStatementTimeout: a statement exceeded its time limit. Params: limit. Causes: the
	// database's error.
	ReasonStatementTimeout ReasonCode = "statement-timeout"
	// ReasonTextUnread: the metadata could not be read while the file ran.
	ReasonTextUnread ReasonCode = "text-unread"
	// ReasonTextMissing: the server does not have the file's text.
	ReasonTextMissing ReasonCode = "text-missing"
	// ReasonTextDiffers: the stored text is not the planned one.
	ReasonTextDiffers ReasonCode = "text-differs"
	// ReasonUnassigned: the database was removed from the project before the file ran.
	ReasonUnassigned ReasonCode = "unassigned"
	// ReasonUnassignedRecord: the same, before something was recorded.
	ReasonUnassignedRecord ReasonCode = "unassigned-record"
	// ReasonChecksumMismatch: the database has the version with another text. Params: version,
	// path, commit.
	ReasonChecksumMismatch ReasonCode = "checksum-mismatch"
	// ReasonStoppedHalfway: an earlier attempt stopped halfway, and the file was changed before
	// that place. Params: done, total.
	ReasonStoppedHalfway ReasonCode = "stopped-halfway"
	// ReasonIndeterminate: it is unknown whether a statement took effect. Params: statement, total,
	// doubt. Causes: one ReasonObject for each object of the statement.
	ReasonIndeterminate ReasonCode = "indeterminate"
	// ReasonStopIndeterminate: the same of a statement that was stopped. Params: statement, total,
	// doubt, message. Causes: as of ReasonIndeterminate.
	ReasonStopIndeterminate ReasonCode = "stop-indeterminate"
	// ReasonObject: what the catalog showed of an object before a statement, and what it shows now.
	// Params: object, before, now.
	ReasonObject ReasonCode = "object"
	// ReasonCannotResume: a file cannot be resumed in the middle, because the session of an
	// earlier statement is gone. Params: statement, line.
	ReasonCannotResume ReasonCode = "cannot-resume"
	// ReasonBeyondEnd: the file has fewer statements than it should resume after. Params: total,
	// after.
	ReasonBeyondEnd ReasonCode = "beyond-end"
	// ReasonUnconfirmed: the connection broke, and the database cannot be asked yet. Causes: the
	// error.
	ReasonUnconfirmed ReasonCode = "unconfirmed"
	// ReasonSessionAlive: an earlier attempt's session may be active and cannot be terminated.
	// Params: session, statement, version. Causes: the error.
	ReasonSessionAlive ReasonCode = "session-alive"
	// ReasonForeignVersion: a row of the ledger belongs to another database. Params: version,
	// database.
	ReasonForeignVersion ReasonCode = "foreign-version"
	// ReasonForeignLease: the ledger belongs to another database. Params: database.
	ReasonForeignLease ReasonCode = "foreign-lease"
	// ReasonRunTampered: something other than the server has changed the ledger, so nothing ran.
	// Causes: how it differs.
	ReasonRunTampered ReasonCode = "run-tampered"
	// ReasonRunRestored: the ledger is an earlier state of itself, so nothing ran. Causes: how it
	// differs.
	ReasonRunRestored ReasonCode = "run-restored"
	// ReasonTamperedCommit: the ledger was changed together with the commit. Causes: what is known
	// of it.
	ReasonTamperedCommit ReasonCode = "tampered-commit"
)

// Why a webhook is not what it should be, and why a delivery was ignored.
const (
	// ReasonOtherRepository: the delivery is about another repository. Params: repository.
	ReasonOtherRepository ReasonCode = "other-repository"
	// ReasonMovesNoBranch: the delivery moves no branch.
	ReasonMovesNoBranch ReasonCode = "moves-no-branch"
	// ReasonOtherBranch: the delivery moves no branch, but other refs. Params: refs, branch.
	ReasonOtherBranch ReasonCode = "other-branch"
	// ReasonPollingChosen: a person chose polling. Params: every.
	ReasonPollingChosen ReasonCode = "polling-chosen"
	// ReasonPollingSet: the server's settings allow no webhooks. Params: every.
	ReasonPollingSet ReasonCode = "polling-set"
	// ReasonUnreachableServer: the provider cannot reach the server's address. Params: provider,
	// url, every.
	ReasonUnreachableServer ReasonCode = "unreachable-server"
	// ReasonHookGone: somebody deleted the webhook at the provider. Params: every.
	ReasonHookGone ReasonCode = "hook-gone"
	// ReasonHookOff: somebody switched the webhook off at the provider.
	ReasonHookOff ReasonCode = "hook-off"
	// ReasonHookSilent: a push came without a delivery. Params: url.
	ReasonHookSilent ReasonCode = "hook-silent"
	// ReasonHookRefused: the provider did not remove the webhook yet. Causes: its answer.
	ReasonHookRefused ReasonCode = "hook-refused"
	// ReasonHookLeft: only a person can remove the webhook. Params: repository, url. Causes: why.
	ReasonHookLeft ReasonCode = "hook-left"
	// ReasonHookAccountGone: the account that made the webhook is no longer connected.
	ReasonHookAccountGone ReasonCode = "hook-account-gone"
	// ReasonHookRepositoryGone: the repository of the webhook cannot be seen any more.
	ReasonHookRepositoryGone ReasonCode = "hook-repository-gone"
)

// What a link waits for, why it needs a person, and what was noted of a commit.
const (
	// ReasonReading: the repository is being read. Params: since.
	ReasonReading ReasonCode = "reading"
	// ReasonReadingFiles: files of the repository are being read. Params: done, total, since.
	ReasonReadingFiles ReasonCode = "reading-files"
	// ReasonReadingPaused: a reading stopped and continues later. Params: done, total, until.
	ReasonReadingPaused ReasonCode = "reading-paused"
	// ReasonReadingHalfway: a reading continues as soon as a worker is free. Params: done, total.
	ReasonReadingHalfway ReasonCode = "reading-halfway"
	// ReasonRepositoryFailing: reading the repository failed several times in a row. Params: n,
	// until.
	ReasonRepositoryFailing ReasonCode = "repository-failing"
	// ReasonTaskUnknown: a task is unknown. Params: version, environment, database. Causes: why.
	ReasonTaskUnknown ReasonCode = "task-unknown"
	// ReasonTaskFailed: a task failed. Params: version, environment, database. Causes: why.
	ReasonTaskFailed ReasonCode = "task-failed"
	// ReasonTaskRunning: a task is running. Params: version, environment, database.
	ReasonTaskRunning ReasonCode = "task-running"
	// ReasonTaskHeld: a task waits for a person. Params: version, environment, database. Causes:
	// why.
	ReasonTaskHeld ReasonCode = "task-held"
	// ReasonSeveral joins reasons that hold at the same time. Causes: these.
	ReasonSeveral ReasonCode = "several"
	// ReasonFileTrouble: a file needs a person. Params: path. Causes: why, and ReasonMoreFiles.
	ReasonFileTrouble ReasonCode = "file-trouble"
	// ReasonFileStands: a file is not in a database as the branch says. Params: path, environment,
	// database. Causes: why.
	ReasonFileStands ReasonCode = "file-stands"
	// ReasonMoreFiles counts further files with trouble. Params: n.
	ReasonMoreFiles ReasonCode = "more-files"
	// ReasonCannotRun: a file has no database to run in. Causes: why.
	ReasonCannotRun ReasonCode = "cannot-run"
	// ReasonWaitsForTampered: something other than the server has changed the ledger that a file
	// needs. Params: environment, database.
	ReasonWaitsForTampered ReasonCode = "waits-for-tampered"
	// ReasonWaitsForRestored: the ledger that a file needs is an earlier state of itself. Params:
	// environment, database.
	ReasonWaitsForRestored ReasonCode = "waits-for-restored"
	// ReasonNotTaken: a file looks like SQL and is not a migration. Causes: why, and the way out.
	ReasonNotTaken ReasonCode = "not-taken"
	// ReasonMoveIntoBase is the way out for a file beside the base directory.
	ReasonMoveIntoBase ReasonCode = "move-into-base"
	// ReasonRenameOrNarrow is the way out for a file of a link without a base directory.
	ReasonRenameOrNarrow ReasonCode = "rename-or-narrow"
	// ReasonRenameOrMove is the way out for a file within the base directory. Params: base.
	ReasonRenameOrMove ReasonCode = "rename-or-move"
	// ReasonGoneButApplied: a commit removed a file that a database has. Params: database.
	ReasonGoneButApplied ReasonCode = "gone-but-applied"
	// ReasonBranchGone: the repository no longer has the link's branch. Params: repository, branch.
	ReasonBranchGone ReasonCode = "branch-gone"
	// ReasonRepositoryGone: the repository is gone, or the link's account can no longer see it.
	// Params: repository.
	ReasonRepositoryGone ReasonCode = "repository-gone"
	// ReasonAccessRevoked: the provider no longer accepts a person's grant. Params: provider,
	// account.
	ReasonAccessRevoked ReasonCode = "access-revoked"
	// ReasonApplicationRefused: the provider no longer accepts the credentials of the OAuth
	// application. Params: provider.
	ReasonApplicationRefused ReasonCode = "application-refused"
)

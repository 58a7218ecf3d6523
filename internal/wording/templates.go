package wording

import "towpath"

// templates has one template for each code, in the order of the codes.
var templates = map[towpath.ReasonCode]string{
	towpath.ReasonNoted:    "{text}",
	towpath.ReasonError:    "{text}",
	towpath.ReasonInternal: "Something went wrong on the server; its log says what.",
	towpath.ReasonMore:     "And {n} more.",

	towpath.ReasonOutsideBase:    "The file is outside the base directory “{base}”.",
	towpath.ReasonBesideBase:     "The file is in “{folder}”, and the base directory is “{base}”.",
	towpath.ReasonPathEncoding:   "Its path is not valid UTF-8.",
	towpath.ReasonPathTooLong:    "The file has a path of {bytes} bytes; the limit is {limit}.",
	towpath.ReasonVersionTooLong: "Its version is too long.",
	towpath.ReasonExcluded:       "The file is excluded by “{pattern}”.",
	towpath.ReasonNotSQLFiles: "These are {tool} migrations, and Towpath runs SQL files only. Export them as SQL, " +
		"or write new ones in SQL in a folder of their own.",
	towpath.ReasonNoTemplate:    "The link has no file path template.",
	towpath.ReasonFolders:       "Its folders do not match the template.",
	towpath.ReasonEndsWithBlank: "Its name ends with a blank.",
	towpath.ReasonOtherEngine:   "The file is for {engine}, which Towpath does not run.",
	towpath.ReasonNoEngineHere:  "The file is for {engine}, and the project has no database of it.",
	towpath.ReasonEngineUnknown: "The name has “{engine}” where an engine belongs; use one such as postgres, mysql or " +
		"sqlite, or leave it out.",
	towpath.ReasonSpecificFile: "The database gets {path} instead, which is for its engine.",
	towpath.ReasonEndingCase: "The file ends with {have}, the template ends with {want}; the link can take " +
		"endings in any case.",
	towpath.ReasonEnding:          "The file ends with {have}, the template ends with {want}.",
	towpath.ReasonNoEnding:        "The file has no extension, the template ends with {want}.",
	towpath.ReasonInBase:          "The file is directly in the base directory, the template has {want:folder}.",
	towpath.ReasonInBaseOpen:      "The file is directly in the base directory, the template has at least {want:folder}.",
	towpath.ReasonDepth:           "The file is {have:folder} deep, the template has {want}.",
	towpath.ReasonDepthOpen:       "The file is {have:folder} deep, the template has at least {want}.",
	towpath.ReasonGoesOn:          "“{name}” goes on with “{rest}” where the template ends.",
	towpath.ReasonVersionExpected: "Expected a version where “{word}” is.",
	towpath.ReasonNoRepeatable: "The file is named as a repeatable one, and the template has no half for those; " +
		"end the template with | {want} to run it.",
	towpath.ReasonTypeUnknown:      "“{word}” is not a type; use ddl, dml, migrate, data, baseline or repeatable.",
	towpath.ReasonPartMissing:      "The {part:place} is missing in “{name}”.",
	towpath.ReasonStart:            "“{name}” does not start with “{want}”.",
	towpath.ReasonExpectedAfter:    "Expected “{want}” after the {part:place} in “{name}”.",
	towpath.ReasonNotAtCommit:      "The file is not in the repository at the synced commit.",
	towpath.ReasonRepositoryUnread: "The repository has not been read yet.",

	towpath.ReasonSymlink:           "The file is a symbolic link; put the file itself here.",
	towpath.ReasonSubmodule:         "The file is a submodule; put the file itself here.",
	towpath.ReasonInLFS:             "The file is kept in Git LFS, so its text is not in the repository; commit the file itself.",
	towpath.ReasonTooLarge:          "The file is too large: the limit is {limit}; split the file.",
	towpath.ReasonOverLimit:         "The file has {size}: the limit is {limit}; split the file.",
	towpath.ReasonStatementRefused:  "The file must not run, {line}:{column}: {message}",
	towpath.ReasonStatementsRefused: "The file has {message}",

	towpath.ReasonAmbiguous: "The file fits {n} databases called “{database}” of environment “{environment}”; remove " +
		"all but one from the project.",
	towpath.ReasonNoDatabases: "The project has no databases yet; give it one.",
	towpath.ReasonNoDatabase: "There is no database “{database}” in this project; its databases are {known:list}; " +
		"rename the file or its folder, or add the database.",
	towpath.ReasonNoEnvironment: "There is no environment “{environment}”; the environments are {known:list}; " +
		"rename the file or its folder.",
	towpath.ReasonEmptyEnvironment: "The project has no database in environment “{environment}”; give it one.",
	towpath.ReasonNoDatabaseThere: "There is no database “{database}” in environment “{environment}”; " +
		"the project's databases there are {known:list}; rename the file or its folder, or add the database.",
	towpath.ReasonConflict: "The file is in conflict: version {version} ({type}) is also claimed by {cause}; " +
		"give one of them another version.",
	towpath.ReasonClaimedBy:         "{path}",
	towpath.ReasonClaimedElsewhere:  "{path} of another repository link",
	towpath.ReasonWaitsForDatabases: "The file waits for {cause}.",
	towpath.ReasonPlanStopped:       "{cause}",
	towpath.ReasonDatabaseStopped:   "{environment}/{database}: {cause}",
	towpath.ReasonWaitsForFile:      "The file waits for “{path}”, which {cause}.",
	towpath.ReasonWaitsForBaseline:  "The file waits for “{path}” of another repository link, which is baseline {version} too.",
	towpath.ReasonNotPassed:         "The file has not passed {environment}/{database}: {cause}.",
	towpath.ReasonSameName: "The file is in conflict: {cause} has the description “{name}” too, and repeatable files " +
		"are told apart by it; rename one of them.",
	towpath.ReasonRunsAgain:      "The file has changed from text {from} to {to}, so it runs again. {Cause}",
	towpath.ReasonInNameOrder:    "The file is one of {n} that need each other, so they run in the order of their names.",
	towpath.ReasonWillBeRecorded: "The file will be recorded as applied, not run.",
	towpath.ReasonNotMarked:      "It was not recorded as applied, because {cause}. Mark it again, or retry it to run the file.",
	towpath.ReasonMarkLacks:      "The database has no {object}",
	towpath.ReasonMarkHas:        "The database still has the {object}",
	towpath.ReasonMarkHalfway:    "Only {done} of {total:statement} of the file ran here",
	towpath.ReasonUndone: "A person has undone the file here; the change history says who and why. " +
		"It does not run again by itself: release it to run it again, change it, or remove it.",
	towpath.ReasonHalfUndone: "An undo of version {version} has done {done} of its {total} statements, so the database " +
		"has a part of the version. Undo it again, and it goes on behind them.",
	towpath.ReasonUndoGoesOn:   "The way back was not tried, since an earlier undo has done {done} of its statements.",
	towpath.ReasonWaitsForUndo: "Version {version} was undone while this waited. The next plan says whether it may run.",
	towpath.ReasonUndoNothing:  "The database has no version that can be undone.",
	towpath.ReasonUndoRecorded: "Version {version} was recorded as applied and did not run here, so it cannot be undone. " +
		"Write a new file that takes its change back.",
	towpath.ReasonNoWayBack:     "The text that was applied has no way back. Write a new file that takes its change back.",
	towpath.ReasonUndoAmbiguous: "“{path}” and “{other}” may both be the way back. Undo the change with a new file.",
	towpath.ReasonUndoTooLarge:  "“{path}” is larger than 1 MiB. Undo the change with a new file.",
	towpath.ReasonUndoCommitGone: "The repository no longer has commit {commit}, which had the way back. " +
		"Undo the change with a new file.",
	towpath.ReasonUndoLater: "{environment}/{database} has version {version}, and later environments are undone first. " +
		"Undo it there.",
	towpath.ReasonUndoUnread: "The ledger of {environment}/{database} cannot be relied on now, and that database may " +
		"have the version. Check its instance first.",
	towpath.ReasonUndoBusy: "The task of {path} is not done in this database. Retry, resolve or skip it first.",
	towpath.ReasonUndoLaterBusy: "A task brings version {version} to {environment}/{database}. " +
		"Wait until it ends, or skip it, then undo there first.",
	towpath.ReasonUndoMoved: "The newest version here is no longer this text of version {version}. " +
		"Skip this task, then look at the database again.",
	towpath.ReasonUndoUnlinked:     "No linked repository has brought “{path}”, so nothing of it can be undone here.",
	towpath.ReasonUndoTriedNowhere: "The way back was not tried, since the project does not rehearse.",
	towpath.ReasonUndoUntried:      "The way back could not be tried: {cause}",
	towpath.ReasonUndoFails: "In a scratch database, step {step} of “back, forth, back again” fails at line {line}: " +
		"{cause}",
	towpath.ReasonUndoDiffers:  "In a scratch database, step {step} of “back, forth, back again” does not restore the schema.",
	towpath.ReasonUndoLedger:   "The ledger of this database is in doubt now. Check its instance, or decide about it, first.",
	towpath.ReasonMovedSchemas: "Other changes made by hand are known in the schemas.",
	towpath.ReasonDriftStart: "The schema of {n:database} in {environment} was changed by hand, or could not be checked: " +
		"{database} first. Accept it on the page of the database, or start the changes anyway.",
	towpath.ReasonSchemaNoBase: "No change has left a schema to compare with. Accept the schema as it is to begin, or " +
		"wait for the next change.",
	towpath.ReasonSchemaUnread:    "The schema was not read yet. Check it now, or wait for the next check.",
	towpath.ReasonRepairedAlready: "The schema was already as this file leaves it, so the file was recorded and did not run.",
	towpath.ReasonRepairMisfit: "The schema is neither the one that this file takes back nor the one that it restores, " +
		"so nothing ran. Skip the file here; if the schema was changed by hand, open another repair on the page of the " +
		"database.",
	towpath.ReasonRepairUnread: "This server keeps no schemas, so it does not know if this repair fits, and nothing " +
		"ran. Start it with --schema-history, then retry.",
	towpath.ReasonNoPullScope: "The account of the link may not open pull requests. Open one from branch {branch} by " +
		"hand, or give the permission “{permission}” to the consumer and connect the account again.",
	towpath.ReasonNoPullRequests: "Towpath cannot open pull requests at this provider. Open one from branch {branch} by hand.",
	towpath.ReasonPullRefused:    "The branch {branch} is there, and its pull request could not be opened: {cause}",
	towpath.ReasonSchemaHalfway:  "“{path}” failed or is unknown here and may have left a part. Decide about it first.",
	towpath.ReasonLateRefused: "The file is older than version {version}, which the database has, and this link refuses late files; " +
		"give it a newer version.",
	towpath.ReasonLateHeld:            "The file is older than version {version}, which the database has; release it to run it now, or skip it.",
	towpath.ReasonManualStart:         "Changes of {environment} start when a person starts them.",
	towpath.ReasonGate:                "Changes of {environment} wait at its gate; the page of the rollout says for what.",
	towpath.ReasonEarlierEnvironments: "The environments before {environment} are not done.",
	towpath.ReasonReviewRuns:          "The SQL review of the files is not done yet.",
	towpath.ReasonReceiverAnswered:    "The receiver answered {status}. Only an answer of 200 to 299 takes the request.",
	towpath.ReasonNoMailServer:        "This server has no mail server. Start it with --smtp-url.",
	towpath.ReasonMailNotTaken:        "The mail server has not taken the mail: {text}",
	towpath.ReasonReceiverUnreached:   "The receiver could not be reached: {text}",
	towpath.ReasonConsentMissing:      "The consent of {n:member} is missing; changes of {environment} wait for it.",
	towpath.ReasonRefused:             "The changes of {environment} were refused: {text}",
	towpath.ReasonWindowClosed:        "Changes of {environment} may start again at {at:minute}.",
	towpath.ReasonWindowNever:         "No window of {environment} opens within 400 days; change its windows.",
	towpath.ReasonScheduled:           "Changes of {environment} start at {at:minute}, as scheduled.",
	towpath.ReasonPausedAll:           "All changes are paused until somebody resumes them. {text}",
	towpath.ReasonPausedDatabase:      "Changes of this database are paused until somebody resumes them. {text}",
	towpath.ReasonPausedRollout:       "This rollout is paused until somebody resumes it. {text}",
	towpath.ReasonStrangeAuthor:       "{author} is no member by address or account, so nobody is left out as this author.",
	towpath.ReasonNoAuthor:            "It is not known who changed “{path}”, so nobody is left out as its author.",
	towpath.ReasonPullReading:         "The approvals of the pull request are read again before the start.",
	towpath.ReasonPullUnread:          "The approvals of the pull request could not be read; Towpath tries again. {text}",
	towpath.ReasonPullPermission: "The account of the link may not read pull requests, so their approvals do not count; " +
		"approve here.",
	towpath.ReasonPullUndo:    "An undo waits, and no pull request shows it; approve here.",
	towpath.ReasonPullMissing: "No pull request is known that was merged as commit {commit}; approve here.",
	towpath.ReasonPullTree: "What was merged is not what the branch of pull request {n} had, so its approvals do not count; " +
		"approve here.",
	towpath.ReasonPullHead: "It is not known since when pull request {n} has its last commit, so its approvals do not " +
		"count; approve here.",
	towpath.ReasonPullPath:       "Pull request {n} does not change “{path}”, so its approvals do not count; approve here.",
	towpath.ReasonPullNone:       "Nobody approved pull request {n}.",
	towpath.ReasonPullStranger:   "{account} approved pull request {n}, and is not known as one member by the account.",
	towpath.ReasonPullAuthor:     "{account} approved pull request {n}, but is an author of it.",
	towpath.ReasonPullRole:       "{account} approved pull request {n}, but has none of the roles that are asked.",
	towpath.ReasonPullOld:        "{account} approved pull request {n} before it got its last commit.",
	towpath.ReasonPullExpired:    "{account} approved pull request {n} more than 7 days ago.",
	towpath.ReasonMovedFiles:     "The files have changed.",
	towpath.ReasonMovedDatabases: "The databases have changed, or have got other changes.",
	towpath.ReasonMovedLimits:    "The limits have changed.",
	towpath.ReasonMovedGate:      "What the environment asks for has changed.",
	towpath.ReasonMovedFindings:  "The findings of the SQL review have changed.",
	towpath.ReasonMovedVariables: "The variables of the environment have changed.",
	towpath.ReasonMovedOrder:     "The order of the files has changed.",
	towpath.ReasonMoved: "The file has the same text as version {version} (“{path}”), which the database has, so " +
		"it would run twice; skip it, or release it to run it again.",
	towpath.ReasonPopulated: "The database has tables but no ledger, so it is unknown which files it has; release what " +
		"should run, and skip the rest.",
	towpath.ReasonForeignBaseline: "The file is within the baseline {version} of this link, but another link recorded that baseline first; " +
		"skip it, or release it to run it.",
	towpath.ReasonEdited: "The file was edited after it was applied; revert it and write a new migration, " +
		"or accept the new text as what the database has.",
	towpath.ReasonRenamed:        "The database got it as “{path}”.",
	towpath.ReasonRepeatableGone: "The file is gone from the repository. What it made stays in the database, and nothing runs.",
	towpath.ReasonMissing:        "The database has it, and its file is gone from the repository; restore the file.",
	towpath.ReasonMissingHalfway: "It was started in the database and did not finish, and its file is gone from the " +
		"repository; restore the file.",
	towpath.ReasonDatabaseMissing:     "The instance no longer has the database; bring it back, or remove it from the project.",
	towpath.ReasonLedgerUnreadable:    "Its ledger cannot be read: {cause}",
	towpath.ReasonTablesUnread:        "Its tables cannot be read: {cause}",
	towpath.ReasonHistoryUnread:       "The tables of other migration tools cannot be read: {cause}",
	towpath.ReasonHistoryCut:          "The table {table} of {tool} has more rows than Towpath reads; choose a baseline.",
	towpath.ReasonHistoryContradicted: "{tool} has {path} as applied, but {cause}; correct that, or confirm it.",
	towpath.ReasonHistoryHidden: "The instance's user may not read the table {table} of {tool}; grant it SELECT there, " +
		"or choose a baseline for the database.",
	towpath.ReasonHistoryHalfway: "{tool} did not finish it, by its table {table}; check what the database has of it, then " +
		"record it as applied or run it again.",
	towpath.ReasonHistoryWritten: "{tool} has written to its table {table} since it was accepted, first seen " +
		"{since:minute}; stop it there, and check what it has changed.",
	towpath.ReasonRecordedFrom:     "Recorded from the table {table} of {tool} ({evidence}).",
	towpath.ReasonRecordedFromAt:   "Recorded from the table {table} of {tool}, which applied it on {at:day} ({evidence}).",
	towpath.ReasonRecordedStanding: "Recorded because the database already had what it makes.",
	towpath.ReasonLedgerUnread:     "Its ledger has not been read yet.",
	towpath.ReasonLedgerTampered: "Its ledger was changed outside Towpath: {cause}; nothing runs there until a workspace " +
		"owner or DBA accepts it.",
	towpath.ReasonLedgerRestored: "Its ledger is an earlier state of itself: {cause}; nothing runs there until a workspace " +
		"owner or DBA accepts it.",
	towpath.ReasonForeignLedger: "Its ledger was written for another database, so it looks like a copy; adopt the ledger " +
		"to let this database continue on its own.",

	towpath.ReasonTableExtra:   "Its table has the {part}, which Towpath does not make.",
	towpath.ReasonTableDiffers: "Its table has the {part} ({have}), which Towpath makes as {want}.",
	towpath.ReasonTableLacks:   "Its table has no {part}.",
	towpath.ReasonLedgerGone: "It is gone: somebody restored an older backup, created the database again, " +
		"or dropped the ledger.",
	towpath.ReasonLedgerForked: "It continues differently from what was seen last: a backup was restored, " +
		"and another server has changed the database since.",
	towpath.ReasonWritesLost:   "It is as it was {n:write} ago: somebody restored a backup or put rows back.",
	towpath.ReasonSealsGone:    "It was sealed, and its seals are gone.",
	towpath.ReasonNeverSealed:  "It has no seals, so nobody can say who wrote it.",
	towpath.ReasonSealUnknown:  "It is sealed with the key {key}, which this server does not have.",
	towpath.ReasonHeadUnsealed: "The head row has no seal.",
	towpath.ReasonHeadGone:     "The head row, which sums up the others, is gone.",
	towpath.ReasonHeadChanged:  "The head row, which sums up the others, was changed.",
	towpath.ReasonLeaseGone:    "The row of the lease is gone.",
	towpath.ReasonLeaseChanged: "The row of the lease was changed.",
	towpath.ReasonLeaseOlder:   "The row of the lease is an earlier one.",
	towpath.ReasonRowUnsealed:  "Version {version} ({type}) has no seal, so Towpath did not write it.",
	towpath.ReasonRowChanged:   "Version {version} ({type}) was changed.",
	towpath.ReasonRowForeign:   "Version {version} ({type}) was written for another database.",
	towpath.ReasonRowMisplaced: "Version {version} ({type}) has a number that does not fit.",
	towpath.ReasonRowGone:      "Version {version} ({type}) is gone.",
	towpath.ReasonRowOlder:     "Version {version} ({type}) was put back to an earlier state.",
	towpath.ReasonRowsMissing: "It has {have:row}, and the head row sums up {want}: " +
		"some are missing or were put back to an earlier state.",

	towpath.ReasonSkipped:         "{text}",
	towpath.ReasonInLedger:        "The ledger of the database already has it.",
	towpath.ReasonFileGone:        "Commit {commit} removed or renamed the file.",
	towpath.ReasonOtherMigration:  "Since commit {commit} the file is no longer this migration of this database.",
	towpath.ReasonFileReplaced:    "Commit {commit} replaced the file with {path}.",
	towpath.ReasonRecordChanged:   "Commit {commit} changed what is to be recorded.",
	towpath.ReasonSuperseded:      "Commit {commit} replaced the text.",
	towpath.ReasonHasText:         "The database has version {version} already, with the text of commit {commit}.",
	towpath.ReasonNoLongerAllowed: "Since commit {commit} it may not run here. {Cause}",
	towpath.ReasonUnlinked:        "The repository was unlinked.",
	towpath.ReasonRelinked:        "The repository was unlinked; another link has the migration now.",
	towpath.ReasonUnassignedEarly: "The database was removed from the project.",
	towpath.ReasonAccepted:        "Somebody accepted the text as applied instead.",

	towpath.ReasonCancelled:      "The task was cancelled.",
	towpath.ReasonCancelledEarly: "The task was cancelled before it started.",
	towpath.ReasonInterrupted:    "The server was stopped. The task runs again when the server is back.",
	towpath.ReasonInterruptedKept: "The server was stopped while the file ran, and tables without transactions kept its " +
		"rows. Remove them before you retry.",
	towpath.ReasonRowsMayStay: "The connection or the server ended while the file ran. Statement {statement} may have " +
		"written to the table {table}, which has no transactions, so a retry could write the same " +
		"rows twice. Look at {table}, then resolve the task: remove the rows and run it again, " +
		"continue after a statement, or mark it as applied.",
	towpath.ReasonServerDied: "The server stopped during this attempt. The next attempt asks the database how far it " +
		"got.",
	towpath.ReasonStatementFailed: "{path}:{line}:{column}: {Cause}",
	towpath.ReasonPartlyKept:      "{Cause} ({extent:extent})",
	towpath.ReasonUncompared:      "It is done, and somebody should look: {Cause}",
	towpath.ReasonUncomparedAt:    "Line {line}: {message}",
	towpath.ReasonNoAnswer:        "The database did not answer in time.",
	towpath.ReasonLedgerNewer: "The ledger in this database has format {has}, written by a newer Towpath. " +
		"This version knows formats up to {known}, and changes nothing here. Upgrade this server.",
	towpath.ReasonUnchecked:        "The statement ended, and its effect could not be checked: {cause}",
	towpath.ReasonUnrecorded:       "The statement ended, and the ledger could not be written: {cause}",
	towpath.ReasonBuildBroken:      "The statement ended, but what it built was broken and has been removed.",
	towpath.ReasonNotCreated:       "The statement ended without an error, but there is no {object}.",
	towpath.ReasonNotDropped:       "The statement ended without an error, but the {object} is still there.",
	towpath.ReasonDatabaseError:    "{message}",
	towpath.ReasonScriptRefused:    "{message}",
	towpath.ReasonLockTimeout:      "Another connection held the lock; given up at try {tries}: {cause}",
	towpath.ReasonStatementTimeout: "The statement was stopped because it did not end within {limit:span}: {cause}",
	towpath.ReasonTextUnread:       "The text of this file could not be read from the server's metadata. Retry the task.",
	towpath.ReasonTextMissing: "The server does not have the text of this file. Synchronize the repository, then retry " +
		"the task.",
	towpath.ReasonTextDiffers:      "The text on the server is not the planned one: its checksum differs. Nothing was run.",
	towpath.ReasonUnassigned:       "The database no longer belongs to this project. Nothing was run.",
	towpath.ReasonUnassignedRecord: "The database no longer belongs to this project. Nothing was recorded.",
	towpath.ReasonChecksumMismatch: "This database has version {version} with another text, applied from {path} at commit " +
		"{commit}. Nothing was run. Accept the new text as applied, or push the change as a new " +
		"version.",
	towpath.ReasonStoppedHalfway: "An earlier attempt stopped halfway: {done} of {total} statements are in the database, " +
		"and the file was changed before that place. Push these statements unchanged, and it " +
		"continues after them. Or look at the database and resolve the task: continue after a " +
		"statement, run all from the start, or mark it as applied.",
	towpath.ReasonIndeterminate: "The server stopped during statement {statement} of {total}, which commits by itself, and " +
		"it is unknown whether it took effect: {doubt:doubt}. Look at the database, then resolve the " +
		"task. Not applied runs it again from this statement, or from the start if the file was " +
		"changed before it. You can also continue after a statement that you name, or mark it as " +
		"applied.",
	towpath.ReasonStopIndeterminate: "Statement {statement} of {total}, which commits by itself, was stopped ({message}), " +
		"and it is unknown whether it took effect: {doubt:doubt}. Look at the database, then " +
		"resolve the task. Not applied runs it again from this statement. You can also continue " +
		"after a statement that you name, or mark it as applied.",
	towpath.ReasonObject: "{object} before:\n{before}\nand now:\n{now}",
	towpath.ReasonCannotResume: "The file cannot resume at statement {statement}: the statement at line {line} keeps " +
		"something in its session, which is gone. Push a file that can run on its own from there, or resolve the task as applied.",
	towpath.ReasonBeyondEnd: "The file has only {total} statements, and was told to continue after statement {after}. " +
		"Nothing was run.",
	towpath.ReasonUnconfirmed: "The connection broke, and the database cannot be asked yet how the attempt ended. " +
		"Towpath asks again soon. ({cause})",
	towpath.ReasonSessionAlive: "The session of an earlier attempt ({session}) may still run statement {statement} of " +
		"version {version}, and could not be terminated: {cause}. Towpath tries again soon.",
	towpath.ReasonForeignVersion: "The ledger in this database belongs to another database (version {version} is recorded " +
		"for one with the id \"{database}\"). Is it a copy? Nothing was run. Adopt the " +
		"ledger to let this database continue on its own.",
	towpath.ReasonForeignLease: "The ledger in this database belongs to another database (it is kept for one with the id " +
		"\"{database}\"). Is it a copy? Nothing was run. Adopt the ledger to let this " +
		"database continue on its own.",
	towpath.ReasonRunTampered: "The ledger in this database was changed outside Towpath: {cause}. Nothing was run. Look " +
		"at the database; a workspace owner or DBA can then accept the ledger on its page.",
	towpath.ReasonRunRestored: "The ledger in this database is an earlier state of itself: {cause}. Nothing was run. " +
		"Look at the database; a workspace owner or DBA can then accept the ledger on its page, " +
		"and what it lacks runs.",
	towpath.ReasonTamperedCommit: "The change was committed, and the ledger was changed with it outside Towpath, so it " +
		"proves nothing. Look at the database. ({cause})",

	towpath.ReasonOtherRepository: "The delivery is about another repository, {repository}.",
	towpath.ReasonMovesNoBranch:   "The delivery moves no branch.",
	towpath.ReasonOtherBranch:     "The delivery moves {refs} and no branch; the link follows the branch {branch}.",
	towpath.ReasonPollingChosen:   "You chose polling. Towpath looks for new commits every {every:pace}.",
	towpath.ReasonPollingSet:      "This server is set to make no webhooks. It looks for new commits every {every:pace}.",
	towpath.ReasonUnreachableServer: "{provider} cannot reach {url} from the Internet, so there is no webhook. " +
		"Towpath looks for new commits every {every:pace} instead.",
	towpath.ReasonHookGone: "The webhook is gone from the repository. Towpath still finds pushes by polling, every {every:pace}. " +
		"Repair the webhook to get them at once.",
	towpath.ReasonHookOff: "The webhook is switched off at the provider. Towpath still finds pushes by polling. " +
		"Repair the webhook to switch it on.",
	towpath.ReasonHookSilent: "The provider has the webhook, but the last push came without a delivery. " +
		"Check that it can reach {url}; the repository's webhook page shows what it tried.",
	towpath.ReasonHookRefused:        "The webhook could not be removed yet, and Towpath keeps trying. {Cause}",
	towpath.ReasonHookLeft:           "{Cause} Remove the webhook {url} yourself, in the settings of {repository}.",
	towpath.ReasonHookAccountGone:    "The account that made the webhook is no longer connected.",
	towpath.ReasonHookRepositoryGone: "The repository is gone, or the account that made the webhook can no longer see it.",

	towpath.ReasonReading:           "Reading the repository since {since:clock}.",
	towpath.ReasonReadingFiles:      "Reading {done} of {total:file} since {since:clock}.",
	towpath.ReasonReadingPaused:     "{done} of {total:file} have been read. Reading continues at {until:clock}.",
	towpath.ReasonReadingHalfway:    "{done} of {total:file} have been read. Reading continues soon.",
	towpath.ReasonRepositoryFailing: "Reading the repository failed {n:time} in a row. The next try is at {until:clock}.",
	towpath.ReasonTaskUnknown:       "It is unknown whether version {version} was applied in {environment}/{database}. {Cause}",
	towpath.ReasonTaskFailed: "Version {version} failed in {environment}/{database}: {cause}. " +
		"Push a corrected file, or retry or skip the task.",
	towpath.ReasonTaskRunning: "Version {version} is running in {environment}/{database}.",
	towpath.ReasonTaskHeld:    "Version {version} is held in {environment}/{database} and waits for a person. {Cause}",
	towpath.ReasonSeveral:     "{Cause}",
	towpath.ReasonFileTrouble: "{path} {cause}.",
	towpath.ReasonFileStands:  "{path} in {environment}/{database}: {cause}.",
	towpath.ReasonMoreFiles:   "And {n:more file}.",
	towpath.ReasonCannotRun:   "The file cannot run: {cause}.",
	towpath.ReasonWaitsForTampered: "The file waits: the ledger of {environment}/{database} was changed outside Towpath. " +
		"Look at it on the database's page, then accept it.",
	towpath.ReasonWaitsForRestored: "The file waits: the ledger of {environment}/{database} is an earlier state of itself. " +
		"Look at it on the database's page, then accept it.",
	towpath.ReasonNotTaken:       "The file is not taken: {cause}.",
	towpath.ReasonMoveIntoBase:   "Move it there.",
	towpath.ReasonRenameOrNarrow: "Rename it, or give the link a base directory without it.",
	towpath.ReasonRenameOrMove:   "Rename it, or move it out of {base}.",
	towpath.ReasonGoneButApplied: "The file is gone, but {database} has it: restore the file.",
	towpath.ReasonBranchGone: "{repository} no longer has the branch {branch}. " +
		"Push it again, or choose another branch.",
	towpath.ReasonRepositoryGone: "{repository} is gone, or the link's account can no longer see it. " +
		"Give the account access again, or let another administrator take over.",
	towpath.ReasonAccessRevoked: "{provider} no longer accepts the access that {account} gave. " +
		"{account} can connect the account again, or another administrator of the repository can take over.",
	towpath.ReasonApplicationRefused: "{provider} no longer accepts the credentials of the OAuth application. " +
		"A workspace owner can replace the secret under Settings, GitOps.",

	towpath.ReasonReviewUnread:   "{environment}/{database} could not be read: {message}",
	towpath.ReasonReviewParser:   "The SQL could not be parsed: {message}",
	towpath.ReasonReviewBlind:    "The review does not know what {environment}/{database} held: a file ran there first.",
	towpath.ReasonPolicyEncoding: "The file is not UTF-8.",
	towpath.ReasonReviewSlow:     "The review took longer than {limit:span}; the rollout is reviewed without that limit.",
	towpath.ReasonReviewLater:    "A preview reviews the first {n:file}; the others are reviewed when they are planned.",
	towpath.ReasonReviewErrors:   "{n:error} in SQL review: {cause}",
	towpath.ReasonReviewWarnings: "{n:warning} in SQL review: {cause}",
	towpath.ReasonReviewBoth:     "{n:error} and {warnings:warning} in SQL review: {cause}",
	towpath.ReasonReviewFinding:  "{rule} at {path}:{line}",
	towpath.ReasonReviewClean:    "No errors and no warnings in SQL review",
	towpath.ReasonNotReviewed:    "Not reviewed: {cause}",

	towpath.ReasonBranchDeleted:  "The branch was deleted.",
	towpath.ReasonBranchMerged:   "{branch} has all that the branch changes.",
	towpath.ReasonBranchDeclined: "Pull request {n} was declined.",
	towpath.ReasonBranchEmptied:  "The branch changes no migration of {branch} any more.",
	towpath.ReasonBranchOld:      "Nobody has committed to the branch since {since:day}. Push to it to have it reviewed.",
	towpath.ReasonBranchTooLarge: "The branch changes more than {limit:migration}. " +
		"Split it to have it reviewed.",
	towpath.ReasonBranchUnread:      "The branch could not be read. Towpath keeps trying. {Cause}",
	towpath.ReasonBranchSlow:        "The review takes longer than {limit:span}. Towpath keeps trying.",
	towpath.ReasonBranchSuperseded:  "Superseded by {commit}",
	towpath.ReasonBranchReviewing:   "Reviewing {n:file}",
	towpath.ReasonBranchNotReviewed: "Not reviewed: {cause}. Look at the review in Towpath, or push again.",
	towpath.ReasonBranchCounts:      "{errors:error}, {warnings:warning}",
	towpath.ReasonBranchUnknown:     "Not reviewed",
	towpath.ReasonBranchFiles:       "{n:file} in Towpath",
	towpath.ReasonBranchNowhere:     "None",
	towpath.ReasonBranchDrift:       "The ledger of {environment}/{database} was changed outside Towpath.",
	towpath.ReasonBranchNoDrift:     "None in the ledgers",
	towpath.ReasonBranchMore:        "{n:more finding} did not fit here. The review in Towpath has them.",

	towpath.ReasonNotRehearsed:    "Not rehearsed: {cause}.",
	towpath.ReasonRehearsalOff:    "Rehearsals are off. Turn them on in the project's settings.",
	towpath.ReasonRehearsalWanted: "The rehearsal has not ended yet.",
	towpath.ReasonRehearsalSlow:   "The rehearsal took longer than {limit:span}. Push again to try it again.",
	towpath.ReasonFileNotFilled:   "{path}, line {line}: {message}",
	towpath.ReasonRehearsalMoved: "{environment}/{database} was changed at that time. " +
		"Push again to have the files rehearsed.",
	towpath.ReasonRehearsalEngine: "The instance {instance} for rehearsals is of another kind than the database. " +
		"Choose another one in the project's settings.",
	towpath.ReasonRehearsalSchema: "The schema of {environment}/{database} could not be made in a scratch database: {message}",
	towpath.ReasonBaselineNowhere: "The file was not tried, since the project does not rehearse. Turn on rehearsals in the " +
		"project's settings, and make the file again.",
	towpath.ReasonBaselineUntried:    "The file could not be tried: {cause}",
	towpath.ReasonBaselineFails:      "In a scratch database on {instance} the file fails at line {line}: {cause}",
	towpath.ReasonBaselineDiffers:    "In a scratch database on {instance} the file makes another schema.",
	towpath.ReasonRehearsalElsewhere: "The review in Towpath says why.",
	towpath.ReasonRehearsalStopped:   "The rehearsal stopped at {path}.",
	towpath.ReasonRehearsalLock:      "{mode} on {table}",
	towpath.ReasonRehearsalLocks:     "{mode} on {table}, and locks on {n:more table}",
	towpath.ReasonRehearsalLockAll:   "{mode} on the whole database",
	towpath.ReasonRehearsalNoLock:    "None that keeps others out",
	towpath.ReasonRehearsalHeld:      "{held} in the rehearsal, where tables are nearly empty",
	towpath.ReasonReviewLargest:      "{table} has {rows:about} rows{bytes:size} in {environment}",
	towpath.ReasonRehearsalRows:      "{n:row} in the rehearsal, where tables are nearly empty",
	towpath.ReasonRehearsalRewrites:  "{tables:list}",
	towpath.ReasonRehearsalNoRewrite: "None",
	towpath.ReasonRehearsalUnseen:    "Of {n:statement} not everything could be observed.",
	towpath.ReasonRehearsalUntried:   "Not tried",

	towpath.ReasonMergeClear: "Nothing speaks against merging now.",
	towpath.ReasonMergeEdits: "{path} is edited, and {environment}/{database} has it already. " +
		"Restore it, and add a new file.",
	towpath.ReasonMergeRemoves: "{path} is removed, and {environment}/{database} has it already. " +
		"Restore it.",
	towpath.ReasonMergeSameName: "{path} is a repeatable file with the description “{name}”, as {other} is. Rename one of them.",
	towpath.ReasonMergeConflict: "{path} has version {version}, as {other} does. Give it another version.",
	towpath.ReasonMergeSameVersion: "{path} has version {version}, as a file of {branch} does. " +
		"Give one of them another version.",
	towpath.ReasonMergeLate: "{path} is late: version {version} is older than {newest}. " +
		"Give it a newer version, or release it after the merge.",
	towpath.ReasonMergeLateOnce:    "{path} is late once {branch} is merged, which has version {newest}. Merge this branch first.",
	towpath.ReasonMergeSameObjects: "{branch} changes {object} too. Look at both before you merge.",

	towpath.ReasonProviderSays:         "It says: {message}",
	towpath.ReasonProviderUnauthorized: "The provider no longer accepts the account's access. Connect the account again. {Cause}",
	towpath.ReasonProviderPermission: "The permission {permissions} is missing. " +
		"Add it to the OAuth application, then connect your account again. {Cause}",
	towpath.ReasonProviderRefused:      "The provider refused the request. {Cause}",
	towpath.ReasonProviderNotFound:     "The provider does not have it, or your account cannot see it. {Cause}",
	towpath.ReasonProviderLimited:      "The provider's rate limit is used up. Try again later. {Cause}",
	towpath.ReasonProviderLimitedUntil: "The provider's rate limit is used up until {until:clock}. {Cause}",
	towpath.ReasonProviderChanged: "The provider has removed a part of its API that this needs. " +
		"Look for a newer version of Towpath. {Cause}",
	towpath.ReasonProviderUnavailable: "The provider does not answer as it should. Try again in a minute.",

	towpath.ReasonSignInDenied: "You did not grant access at {provider}. " +
		"Press Next again and choose Grant access.",
	towpath.ReasonSignInError:       "{provider} answered with an error: {message}",
	towpath.ReasonSignInWithoutCode: "{provider} sent you back without a code. Press Next again.",
	towpath.ReasonSignInInvalid: "{provider} no longer accepts this sign-in. " +
		"It took too long, or the {label} of the {app} is not {url}. Check it and press Next again.",
	towpath.ReasonSignInExpired: "Nothing came back within ten minutes. " +
		"Most often the application's callback URL is not {url}. Check it and press Next again.",
	towpath.ReasonSignInForbidden: "{provider} refused the account. {Cause}",
	towpath.ReasonSignInUnanswered: "{provider} does not answer as it should. " +
		"Nothing is lost: press Next again in a minute.",
	towpath.ReasonSignInUnkept: "The sign-in worked, but Towpath could not store its outcome. Press Next again.",
	towpath.ReasonCredentialsWrong: "{provider} does not accept the {id} and {secret}. " +
		"Copy both again from the page of the {app}.",
	towpath.ReasonCallbackMissing:   "The {app} has no {label}. Set it to {url}.",
	towpath.ReasonPermissionMissing: "The {app} lacks {permissions}. Add what is missing, save, and press Next again.",
	towpath.ReasonSecretUnreadable: "The server could not read its own secret. " +
		"Its key file may have changed: ask whoever runs the server.",
	towpath.ReasonProviderUnsupported: "This server does not support Git providers of the type {type}.",
}

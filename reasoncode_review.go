package towpath

// What the SQL review could not do, and what it says on a commit.
const (
	// ReasonReviewUnread: a database could not be read for the review. Params: environment,
	// database, message.
	ReasonReviewUnread ReasonCode = "review-unread"
	// ReasonReviewParser: no parser could be had. Params: message.
	ReasonReviewParser ReasonCode = "review-parser"
	// ReasonReviewBlind: a file had begun to run before the database was read. Params: environment,
	// database.
	ReasonReviewBlind ReasonCode = "review-blind"
	// ReasonPolicyEncoding: the file towpath.yaml is not UTF-8.
	ReasonPolicyEncoding ReasonCode = "policy-encoding"
	// ReasonReviewSlow: the review of a preview took too long. Params: limit.
	ReasonReviewSlow ReasonCode = "review-slow"
	// ReasonReviewLater: a preview does not read the file. Params: n.
	ReasonReviewLater ReasonCode = "review-later"
	// ReasonReviewErrors: the review has found errors. Params: n. Causes: one ReasonReviewFinding,
	// and ReasonMore.
	ReasonReviewErrors ReasonCode = "review-errors"
	// ReasonReviewWarnings: the review has found warnings alone. Params: n. Causes: as above.
	ReasonReviewWarnings ReasonCode = "review-warnings"
	// ReasonReviewBoth: the review has found errors and warnings. Params: n, warnings. Causes: as
	// above.
	ReasonReviewBoth ReasonCode = "review-both"
	// ReasonReviewFinding: a finding. Params: rule, path, line.
	ReasonReviewFinding ReasonCode = "review-finding"
	// ReasonReviewClean: the review has found neither errors nor warnings.
	ReasonReviewClean ReasonCode = "review-clean"
	// ReasonNotReviewed: some files were not reviewed. Causes: why.
	ReasonNotReviewed ReasonCode = "not-reviewed"
)

// How the review of a branch ended, and how the branch stands to others.
const (
	// ReasonBranchDeleted: the branch was deleted.
	ReasonBranchDeleted ReasonCode = "branch-deleted"
	// ReasonBranchMerged: the link's branch has all that the branch changes. Params: branch.
	ReasonBranchMerged ReasonCode = "branch-merged"
	// ReasonBranchDeclined: the pull request of the branch was declined. Params: n.
	ReasonBranchDeclined ReasonCode = "branch-declined"
	// ReasonBranchEmptied: the branch no longer changes a migration. Params: branch.
	ReasonBranchEmptied ReasonCode = "branch-emptied"
	// ReasonBranchOld: nobody has committed to the branch for long. Params: since.
	ReasonBranchOld ReasonCode = "branch-old"
	// ReasonBranchTooLarge: the branch changes too many migrations. Params: limit.
	ReasonBranchTooLarge ReasonCode = "branch-too-large"
	// ReasonBranchUnread: the branch could not be read. Causes: why.
	ReasonBranchUnread ReasonCode = "branch-unread"
	// ReasonBranchSlow: the review of a branch takes too long. Params: limit.
	ReasonBranchSlow ReasonCode = "branch-slow"
	// ReasonMergeClear: nothing speaks against merging the branch now.
	ReasonMergeClear ReasonCode = "merge-clear"
	// ReasonMergeEdits: the branch edits a file that a database has. Params: path, environment,
	// database.
	ReasonMergeEdits ReasonCode = "merge-edits"
	// ReasonMergeRemoves: the branch removes a file that a database has. Params: path, environment,
	// database.
	ReasonMergeRemoves ReasonCode = "merge-removes"
	// ReasonMergeSameName: the link's branch has another repeatable file of the description. Params: path,
	// name, other.
	ReasonMergeSameName ReasonCode = "merge-same-name"
	// ReasonMergeConflict: the link's branch has another file of the version. Params: path, version,
	// other.
	ReasonMergeConflict ReasonCode = "merge-conflict"
	// ReasonMergeSameVersion: another branch has a file of the version. Params: path, version, branch.
	ReasonMergeSameVersion ReasonCode = "merge-same-version"
	// ReasonMergeLate: the link's branch has a newer version. Params: path, version, newest.
	ReasonMergeLate ReasonCode = "merge-late"
	// ReasonMergeLateOnce: another branch has a newer version. Params: path, newest, branch.
	ReasonMergeLateOnce ReasonCode = "merge-late-once"
	// ReasonMergeSameObjects: another branch changes the same object. Params: object, branch.
	ReasonMergeSameObjects ReasonCode = "merge-same-objects"
	// ReasonBranchSuperseded: the branch has a newer head. Params: commit.
	ReasonBranchSuperseded ReasonCode = "branch-superseded"
	// ReasonBranchReviewing: the files of a branch are being reviewed. Params: n.
	ReasonBranchReviewing ReasonCode = "branch-reviewing"
	// ReasonBranchNotReviewed: a branch was not reviewed. Causes: why.
	ReasonBranchNotReviewed ReasonCode = "branch-not-reviewed"
	// ReasonBranchCounts: what the review of a branch has found. Params: errors, warnings.
	ReasonBranchCounts ReasonCode = "branch-counts"
	// ReasonBranchUnknown: nothing is known of a branch, as it was not reviewed.
	ReasonBranchUnknown ReasonCode = "branch-unknown"
	// ReasonBranchFiles: how many migrations a branch changes. Params: n.
	ReasonBranchFiles ReasonCode = "branch-files"
	// ReasonBranchNowhere: no database takes the files of a branch.
	ReasonBranchNowhere ReasonCode = "branch-nowhere"
	// ReasonBranchDrift: a database's ledger is not what Towpath wrote. Params: environment,
	// database.
	ReasonBranchDrift ReasonCode = "branch-drift"
	// ReasonBranchNoDrift: all ledgers are as Towpath wrote them.
	ReasonBranchNoDrift ReasonCode = "branch-no-drift"
	// ReasonBranchMore: a report has no room for all findings. Params: n.
	ReasonBranchMore ReasonCode = "branch-more"
)

// What a rehearsal has measured, or why there was none.
const (
	// ReasonNotRehearsed: the files of a branch were not run on a server. Causes: why.
	ReasonNotRehearsed ReasonCode = "not-rehearsed"
	// ReasonRehearsalOff: the project has rehearsals off.
	ReasonRehearsalOff ReasonCode = "rehearsal-off"
	// ReasonRehearsalWanted: the rehearsal has not ended.
	ReasonRehearsalWanted ReasonCode = "rehearsal-wanted"
	// ReasonRehearsalSlow: the rehearsal took too long. Params: limit.
	ReasonRehearsalSlow ReasonCode = "rehearsal-slow"
	// ReasonFileNotFilled: a file has a placeholder without a value. Params: path, line, message.
	ReasonFileNotFilled ReasonCode = "file-not-filled"
	// ReasonRehearsalMoved: the database was changed meanwhile. Params: environment, database.
	ReasonRehearsalMoved ReasonCode = "rehearsal-moved"
	// ReasonRehearsalEngine: the instance for rehearsals is of another kind. Params: instance.
	ReasonRehearsalEngine ReasonCode = "rehearsal-engine"
	// ReasonRehearsalSchema: the schema could not be made in a scratch database. Params: environment,
	// database, message.
	ReasonRehearsalSchema ReasonCode = "rehearsal-schema"
	// ReasonBaselineNowhere: nobody has said where the schema of a database may be tried as a file.
	ReasonBaselineNowhere ReasonCode = "baseline-nowhere"
	// ReasonBaselineUntried: it could not be tried. Causes: why.
	ReasonBaselineUntried ReasonCode = "baseline-untried"
	// ReasonBaselineFails: it failed in a scratch database. Params: instance, line. Causes: why.
	ReasonBaselineFails ReasonCode = "baseline-fails"
	// ReasonBaselineDiffers: it made another schema there. Params: instance.
	ReasonBaselineDiffers ReasonCode = "baseline-differs"
	// ReasonRehearsalElsewhere: why there was no rehearsal is only said in Towpath.
	ReasonRehearsalElsewhere ReasonCode = "rehearsal-elsewhere"
	// ReasonRehearsalStopped: a rehearsal ended at a file. Params: path.
	ReasonRehearsalStopped ReasonCode = "rehearsal-stopped"
	// ReasonRehearsalLock: the strongest lock. Params: mode, table.
	ReasonRehearsalLock ReasonCode = "rehearsal-lock"
	// ReasonRehearsalLocks: the strongest lock of several. Params: mode, table, n.
	ReasonRehearsalLocks ReasonCode = "rehearsal-locks"
	// ReasonRehearsalLockAll: a lock of the whole database. Params: mode.
	ReasonRehearsalLockAll ReasonCode = "rehearsal-lock-all"
	// ReasonRehearsalNoLock: no lock on a table that was there.
	ReasonRehearsalNoLock ReasonCode = "rehearsal-no-lock"
	// ReasonRehearsalHeld: how long the longest lock was held. Params: held.
	ReasonRehearsalHeld ReasonCode = "rehearsal-held"
	// ReasonReviewLargest: the largest table that the files change, as it is in an environment. Params:
	// table, rows, bytes, environment.
	ReasonReviewLargest ReasonCode = "review-largest"
	// ReasonRehearsalRows: how many rows the files changed. Params: n.
	ReasonRehearsalRows ReasonCode = "rehearsal-rows"
	// ReasonRehearsalRewrites: the tables that were written again. Params: tables, more.
	ReasonRehearsalRewrites ReasonCode = "rehearsal-rewrites"
	// ReasonRehearsalNoRewrite: no table was written again.
	ReasonRehearsalNoRewrite ReasonCode = "rehearsal-no-rewrite"
	// ReasonRehearsalUnseen: not everything could be observed. Params: n.
	ReasonRehearsalUnseen ReasonCode = "rehearsal-unseen"
	// ReasonRehearsalUntried: nobody has tried the way back.
	ReasonRehearsalUntried ReasonCode = "rehearsal-untried"
)
